package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nodes may do wrong, and what comes of it. */
class KuboClientTest {
    private static final Cid CID = Cid.of(Cid.Codec.RAW, SampleStream.bytes(100));
    private static final String OK = "HTTP/1.1 200 OK\nConnection: close\n";
    private static final String CHUNKED = OK + "Trailer: X-Stream-Error\nTransfer-Encoding: chunked\n\n";

    private final List<AutoCloseable> open = new ArrayList<>();
    private ScriptedServer server;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @Test
    void aFileIsSentWholeAndNamedHere() throws IOException {
        Cid cid = UnixFsFile.cidOf(SampleStream.bytes(600_000));
        KuboClient client = client(exchange -> {
            assertThat(exchange.body()).hasSizeGreaterThan(600_000);
            exchange.reply(200, hash(cid));
        });
        assertThat(client.add(new SampleStream(600_000), sent -> {})).isEqualTo(cid);
        assertThat(server.requests.getFirst())
                .startsWith("/api/v0/add?cid-version=1&raw-leaves=true")
                .contains("chunker=size-262144", "max-file-links=174", "pin=true");
    }

    @Test
    void anotherCidThanTheFilesIsALie() {
        KuboClient client = client(exchange -> exchange.reply(200, hash(CID)));
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> client.add(new SampleStream(600_000), sent -> {}));
    }

    @Test
    void whatIsNoCidIsALie() {
        for (String answer : List.of("", "{}", "[]", "{\"Hash\":5}", "{\"Hash\":\"Qm\"}", "{", "{}{}", "\u0000")) {
            KuboClient client = client(exchange -> exchange.reply(200, answer));
            assertFails(ErrorCode.REMOTE_MISMATCH, () -> client.add(new SampleStream(10), sent -> {}));
        }
    }

    @Test
    void anAnswerBeforeTheFilesEndIsALie() {
        KuboClient client = client(exchange -> {
            exchange.readSome(100);
            String answer = hash(UnixFsFile.cidOf(SampleStream.bytes(50)));
            exchange.send(OK + "Content-Length: " + answer.length() + "\n\n" + answer);
        });
        assertThatThrownBy(() -> client.add(new SampleStream(50_000_000), sent -> {}))
                .hasMessageMatching(".*(wrongly|Cannot complete).*");
    }

    @Test
    void aNodeThatDiesDuringAddIsAskedOnce() {
        for (int afterBytes : new int[] {0, 100, 700_000}) {
            KuboClient client = client(exchange -> exchange.readSome(afterBytes));
            assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.add(new SampleStream(50_000_000), sent -> {}));
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aNodeThatDiesBeforeItAnswersHasAcknowledgedNothing() {
        String answer = hash(UnixFsFile.cidOf(SampleStream.bytes(10)));
        for (String part : List.of("", "HTTP/1.1 200 OK\n", OK + "\n", CHUNKED, CHUNKED + chunk(answer))) {
            KuboClient client = client(exchange -> {
                exchange.body();
                exchange.send(part);
            });
            assertThatThrownBy(() -> client.add(new SampleStream(10), sent -> {}))
                    .as(part)
                    .hasMessageContaining("Kubo at 127.0.0.1");
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void anErrorBehindTheAnswerIsAnError() {
        String answer = hash(UnixFsFile.cidOf(SampleStream.bytes(10)));
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.send(CHUNKED + chunk(answer) + "0\nX-Stream-Error: the disk broke\n\n");
        });
        assertThatThrownBy(() -> client.add(new SampleStream(10), sent -> {}))
                .hasMessageEndingWith("did not complete the call add: the disk broke");
    }

    @Test
    void anErrorWithinTheAnswerIsAnError() {
        KuboClient client = client(exchange ->
                exchange.reply(200, "{\"Message\":\"it \\u001b[31m\\nbroke\",\"Code\":0,\"Type\":\"error\"}"));
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.add(new SampleStream(10), sent -> {}));
    }

    @Test
    void aFullDiskIsNamed() {
        KuboClient client = client(exchange -> exchange.reply(500, error("write /x: no space left on device")));
        assertFails(ErrorCode.STORE_FULL, () -> client.add(new SampleStream(10), sent -> {}));
    }

    @Test
    void contentThatFailsIsNotBlamedOnTheNode() {
        IOException cause = new IOException("the line broke");
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.reply(200, hash(CID));
        });
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw cause;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw cause;
            }
        };
        assertThatThrownBy(() -> client.add(failing, sent -> {})).isSameAs(cause);
        assertThatThrownBy(() -> client.importCar(failing)).isSameAs(cause);
    }

    @Test
    void aBlockOfOtherBytesIsNotGivenOut() {
        KuboBlobStore store = store(exchange -> exchange.reply(200, SampleStream.bytes(99)));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(CID));
    }

    @Test
    void aBlockWithoutEndIsCutOff() {
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.send(OK + "\n");
            while (true) {
                exchange.send(new byte[100_000]);
            }
        });
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> client.block(CID));
    }

    @Test
    void aLineWithoutEndIsCutOff() {
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.send(OK + "\n{\"Version\":\"");
            while (true) {
                exchange.send(new byte[100_000]);
            }
        });
        assertFails(ErrorCode.REMOTE_MISMATCH, client::version);
        assertFails(ErrorCode.REMOTE_MISMATCH, client::pins);
    }

    @Test
    void readingIsRepeatedWhenTheLineBreaks() {
        KuboClient client = client(exchange -> {
            if (exchange.number == 1) {
                return;
            }
            if (exchange.number == 2) {
                exchange.body();
                exchange.send(OK + "Content-Length: 100\n\nbroken");
                return;
            }
            exchange.reply(200, SampleStream.bytes(100));
        });
        assertThat(client.block(CID)).hasValue(SampleStream.bytes(100));
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void readingIsRepeatedTwiceAtMost() {
        KuboClient client = client(exchange -> {});
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.block(CID));
        assertThat(server.requests).hasSize(3);
    }

    @Test
    void publishingIsNotRepeated() {
        KuboClient client = client(exchange -> {});
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.publish("self", CID, Duration.ofHours(1)));
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void silenceIsNamed() {
        KuboClient client = client(exchange -> server.closing.await());
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.block(CID));
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.add(new SampleStream(10), sent -> {}));
        assertThat(server.requests).hasSize(2);
    }

    @Test
    void aNodeThatTakesNoMoreBytesIsNamed() {
        KuboClient client = client(exchange -> server.closing.await());
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.add(new SampleStream(100_000_000), sent -> {}));
    }

    @Test
    void bytesThatComeTooSlowlyEndAtTheDeadline() {
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.send(OK + "Content-Length: 1000\n\n");
            while (true) {
                exchange.send(new byte[1]);
                Thread.sleep(50);
            }
        });
        assertFails(ErrorCode.DEADLINE_EXCEEDED, () -> client.block(CID));
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void aRedirectIsNotFollowed() {
        KuboClient client = client(exchange -> {
            exchange.body();
            exchange.send("HTTP/1.1 307 X\nConnection: close\nLocation: /api/v0/block/get\nContent-Length: 0\n\n");
        });
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> client.block(CID));
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void otherServersAreNamed() {
        assertFails(
                ErrorCode.REMOTE_MISMATCH,
                () -> client(exchange -> exchange.reply(404, "x")).version());
        assertFails(
                ErrorCode.REMOTE_REFUSED,
                () -> client(exchange -> exchange.reply(403, "x")).version());
        assertFails(
                ErrorCode.REMOTE_UNAVAILABLE,
                () -> client(exchange -> exchange.reply(502, "x")).version());
        assertFails(
                ErrorCode.REMOTE_UNAVAILABLE,
                () -> client(exchange -> exchange.reply(500, "x")).version());
        assertFails(
                ErrorCode.REMOTE_UNAVAILABLE,
                () -> client(exchange -> exchange.send("SSH-2.0\n")).version());
        assertFails(
                ErrorCode.REMOTE_MISMATCH,
                () -> client(exchange -> exchange.reply(200, "<html>")).version());
    }

    @Test
    void aNodeThatDoesNotRunIsNamed() throws IOException {
        URI nobody;
        try (ScriptedServer gone = new ScriptedServer(exchange -> {})) {
            nobody = gone.address();
        }
        try (KuboClient client = new KuboClient(settings(nobody))) {
            assertFails(ErrorCode.REMOTE_UNAVAILABLE, client::version);
            assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> client.add(new SampleStream(10), sent -> {}));
        }
    }

    @Test
    void anInterruptedThreadStops() {
        KuboClient client = client(exchange -> exchange.reply(200, SampleStream.bytes(100)));
        Thread.currentThread().interrupt();
        assertFails(ErrorCode.CANCELLED, () -> client.block(CID));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aSearchHasALimitAndCanBeLeftOut() throws IOException {
        KuboClient client = client(exchange -> exchange.reply(500, error("context deadline exceeded")));
        assertThat(client.block(CID)).isEmpty();
        assertThat(server.requests.getFirst()).endsWith("&timeout=30000ms");
        try (KuboClient local = new KuboClient(settings(server.address()).withSearchTimeout(Duration.ZERO))) {
            local.block(CID);
        }
        assertThat(server.requests.getLast()).endsWith("&offline=true");
    }

    private KuboClient client(ScriptedServer.Script script) {
        try {
            server = new ScriptedServer(script);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        KuboClient client = new KuboClient(settings(server.address()));
        open.add(server);
        open.add(client);
        return client;
    }

    private KuboBlobStore store(ScriptedServer.Script script) {
        client(script);
        KuboBlobStore store = new KuboBlobStore(settings(server.address()));
        open.add(store);
        return store;
    }

    private static KuboSettings settings(URI api) {
        return new KuboSettings(
                api,
                Duration.ofSeconds(5),
                Duration.ofMillis(400),
                Duration.ofMillis(2_000),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30));
    }

    private static String hash(Cid cid) {
        return "{\"Name\":\"blob\",\"Hash\":\"" + cid + "\",\"Size\":\"1\"}";
    }

    private static String error(String message) {
        return "{\"Message\":\"" + message + "\",\"Code\":0,\"Type\":\"error\"}";
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\n" + text + "\n";
    }
}
