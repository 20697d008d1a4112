package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What gateways may do wrong, and that it costs nothing but time. */
class GatewayBlobSourceTest {
    private static final byte[] CONTENT = SampleStream.bytes(3 * UnixFsFile.CHUNK_BYTES + 5);
    private static final Cid CID = UnixFsFile.cidOf(CONTENT);
    private static final String OK = "HTTP/1.1 200 OK\nConnection: close\n";
    private static final FakeGateway HONEST = new FakeGateway(CONTENT);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<DreamException> faults = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        over.countDown();
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private record Fault(String what, ErrorCode code, ScriptedServer.Script script) {}

    private Stream<Fault> faults() {
        return Stream.of(
                new Fault("lies", ErrorCode.REMOTE_MISMATCH, exchange -> exchange.reply(200, "something else")),
                new Fault("stalls", ErrorCode.REMOTE_UNAVAILABLE, exchange -> over.await()),
                new Fault("stalls within", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {
                    exchange.send(OK + "Content-Length: 1000\n\nx");
                    over.await();
                }),
                new Fault("breaks off", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {
                    exchange.send(OK + "Content-Length: 1000\n\n");
                    exchange.send(Arrays.copyOf(HONEST.answer(exchange.target), 50));
                }),
                new Fault("sends without end", ErrorCode.REMOTE_MISMATCH, exchange -> {
                    exchange.send(OK + "\n");
                    while (true) {
                        exchange.send(new byte[100_000]);
                    }
                }),
                new Fault("sends a head without end", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {
                    exchange.send(OK);
                    while (true) {
                        exchange.send("X-Header: " + "x".repeat(10_000) + "\n");
                    }
                }),
                new Fault(
                        "redirects to this machine",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> redirect(exchange, victim() + exchange.target)),
                new Fault(
                        "redirects to this machine by name",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> redirect(exchange, "http://localhost:" + victim().getPort() + exchange.target)),
                new Fault(
                        "redirects to a cloud's secrets",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> redirect(exchange, "http://169.254.169.254/latest/meta-data/")),
                new Fault(
                        "redirects to the same network",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> redirect(exchange, "http://[::ffff:10.0.0.1]/")),
                new Fault(
                        "redirects in circles",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> redirect(exchange, exchange.target)),
                new Fault(
                        "redirects to nowhere", ErrorCode.REMOTE_MISMATCH, exchange -> redirect(exchange, "ftp://x/")),
                new Fault("is broken", ErrorCode.REMOTE_UNAVAILABLE, exchange -> exchange.reply(502, "")),
                new Fault("is no server", ErrorCode.REMOTE_UNAVAILABLE, exchange -> exchange.send("SSH-2.0\n")),
                new Fault("hangs up", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {}));
    }

    @TestFactory
    Stream<DynamicTest> aGatewayThatFailsIsNamedAndSurvived() {
        return faults().map(fault -> DynamicTest.dynamicTest(fault.what, () -> {
            faults.clear();
            try (GatewayBlobSource alone = source(fault.script)) {
                assertFails(fault.code, () -> alone.open(CID));
            }
            assertThat(faults).hasSize(1).allMatch(e -> e.code() == fault.code);
            try (GatewayBlobSource both = source(fault.script, HONEST)) {
                assertThat(both.read(CID, CONTENT.length)).isEqualTo(CONTENT);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> aCarThatFailsIsMadeUpForBlockByBlock() {
        byte[] car = HONEST.answer("/ipfs/" + CID + "?format=car");
        byte[] damaged = car.clone();
        damaged[car.length - 10] ^= 1;
        Stream<Fault> ofCars = Stream.of(
                new Fault("has a damaged block", ErrorCode.REMOTE_MISMATCH, exchange -> exchange.reply(200, damaged)),
                new Fault(
                        "ends early",
                        ErrorCode.REMOTE_MISMATCH,
                        exchange -> exchange.reply(200, Arrays.copyOf(car, car.length - 10))),
                new Fault("breaks off", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {
                    exchange.send(OK + "Content-Length: " + car.length + "\n\n");
                    exchange.send(Arrays.copyOf(car, 500_000));
                }),
                new Fault("stalls", ErrorCode.REMOTE_UNAVAILABLE, exchange -> {
                    exchange.send(OK + "Content-Length: " + car.length + "\n\n");
                    exchange.send(Arrays.copyOf(car, 500_000));
                    over.await();
                }),
                new Fault("is refused", ErrorCode.REMOTE_UNAVAILABLE, exchange -> exchange.reply(406, "")),
                new Fault("is not found", ErrorCode.REMOTE_UNAVAILABLE, exchange -> exchange.reply(404, "")),
                new Fault("redirects", ErrorCode.REMOTE_MISMATCH, exchange -> redirect(exchange, "ftp://x/")),
                new Fault("is a page", ErrorCode.REMOTE_MISMATCH, exchange -> exchange.reply(200, "<html>")));
        return ofCars.map(fault -> DynamicTest.dynamicTest(fault.what, () -> {
            faults.clear();
            try (GatewayBlobSource source = source(exchange -> {
                if (exchange.target.endsWith("format=car")) {
                    fault.script.answer(exchange);
                } else {
                    HONEST.answer(exchange);
                }
            })) {
                assertThat(source.read(CID, CONTENT.length)).isEqualTo(CONTENT);
                assertThat(faults).hasSize(1).allMatch(e -> e.code() == fault.code);
                assertThat(faults.getFirst()).hasMessageContaining("127.0.0.1:");
            }
        }));
    }

    @Test
    void aCarOfOtherBlocksWithoutEndIsLeft() throws IOException {
        byte[] content = SampleStream.bytes(40 * UnixFsFile.CHUNK_BYTES);
        FakeGateway honest = new FakeGateway(content);
        byte[] other = {1, 2, 3};
        ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        CarWriter writer = new CarWriter(beginning, List.of());
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        writer.accept(Cid.of(Cid.Codec.RAW, other), ByteBuffer.wrap(other));
        new CarWriter(again, List.of());
        int header = again.size();
        try (GatewayBlobSource source = source(exchange -> {
            if (exchange.target.endsWith("format=car")) {
                exchange.send(OK + "\n");
                exchange.send(beginning.toByteArray());
                while (true) {
                    exchange.send(Arrays.copyOfRange(beginning.toByteArray(), header, beginning.size()));
                }
            }
            honest.answer(exchange);
        })) {
            assertThat(source.read(UnixFsFile.cidOf(content), content.length)).isEqualTo(content);
            assertThat(faults).hasSize(1).allMatch(e -> e.code() == ErrorCode.REMOTE_MISMATCH);
        }
    }

    @Test
    void aFileComesInTwoAnswers() throws IOException {
        ScriptedServer server = new ScriptedServer(HONEST);
        open.add(server);
        try (GatewayBlobSource source = sourceOf(List.of(server.address()))) {
            assertThat(source.read(CID, CONTENT.length)).isEqualTo(CONTENT);
        }
        assertThat(server.requests).containsExactly("/ipfs/" + CID + "?format=raw", "/ipfs/" + CID + "?format=car");
        assertThat(faults).isEmpty();
    }

    @Test
    void repeatedContentIsReadFromACarThatHasItOnce() throws IOException {
        byte[] zeros = new byte[5 * UnixFsFile.CHUNK_BYTES];
        zeros[4 * UnixFsFile.CHUNK_BYTES] = 1;
        try (GatewayBlobSource source = source(new FakeGateway(zeros))) {
            assertThat(source.read(UnixFsFile.cidOf(zeros), zeros.length)).isEqualTo(zeros);
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void aBlobThatNoGatewayFindsIsNotFound() {
        Cid missing = Cid.of(Cid.Codec.RAW, new byte[] {9});
        GatewayBlobSource source = source(HONEST, HONEST);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> source.open(missing));
        assertThat(source.block(missing)).isEmpty();
        assertThat(faults).isEmpty();
    }

    @Test
    void oneThatHasTheBlockIsEnough() {
        ScriptedServer.Script empty = exchange -> exchange.reply(404, "");
        assertThat(source(empty, empty, HONEST, empty).read(CID, CONTENT.length))
                .isEqualTo(CONTENT);
    }

    @Test
    void aLiarBesideOneThatDoesNotFindItIsNamed() {
        GatewayBlobSource source = source(exchange -> exchange.reply(404, ""), exchange -> exchange.reply(200, "lie"));
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> source.open(CID));
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> source.block(CID));
    }

    @Test
    void aGatewayMayTurnBadWithinAFile() throws IOException {
        CountDownLatch turned = new CountDownLatch(1);
        try (GatewayBlobSource source = source(
                exchange -> {
                    if (turned.getCount() == 0 || exchange.target.endsWith("car")) {
                        exchange.reply(200, "lie");
                    } else {
                        HONEST.answer(exchange);
                    }
                },
                exchange -> {
                    if (turned.getCount() == 0) {
                        HONEST.answer(exchange);
                    } else {
                        exchange.reply(404, "");
                    }
                })) {
            try (InputStream in = source.open(CID)) {
                turned.countDown();
                assertThat(in.readAllBytes()).isEqualTo(CONTENT);
            }
        }
        assertThat(faults).hasSize(2).allMatch(e -> e.code() == ErrorCode.REMOTE_MISMATCH);
    }

    @Test
    void aRedirectWithinTheGatewayIsFollowed() {
        GatewayBlobSource source = source(exchange -> {
            if (exchange.target.startsWith("/ipfs/")) {
                redirect(exchange, "/moved" + exchange.target);
            } else {
                byte[] answer = HONEST.answer(exchange.target.substring("/moved".length()));
                exchange.reply(200, answer);
            }
        });
        assertThat(source.read(CID, CONTENT.length)).isEqualTo(CONTENT);
    }

    @Test
    void anInterruptedThreadStops() {
        GatewayBlobSource source = source(exchange -> over.await());
        Thread.currentThread().interrupt();
        assertFails(ErrorCode.CANCELLED, () -> source.open(CID));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aClosedSourceIsAMistakeToUse() {
        GatewayBlobSource source = source(HONEST);
        source.close();
        source.close();
        assertThatThrownBy(() -> source.open(CID)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> source.block(CID)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void settingsAreChecked() {
        assertFails(ErrorCode.INVALID_CONFIGURATION, () -> GatewaySettings.of(List.of()));
        assertFails(
                ErrorCode.INVALID_CONFIGURATION,
                () -> GatewaySettings.of(Collections.nCopies(17, URI.create("http://a.example"))));
        assertFails(
                ErrorCode.INVALID_CONFIGURATION, () -> GatewaySettings.of(List.of(URI.create("http://u:p@a.example"))));
    }

    /** A service on this machine that a gateway would like us to speak to. */
    private URI victim() throws IOException {
        ScriptedServer victim = new ScriptedServer(HONEST);
        open.add(victim);
        return victim.address();
    }

    private static void redirect(ScriptedServer.Exchange exchange, String location) throws IOException {
        exchange.send("HTTP/1.1 302 X\nConnection: close\nContent-Length: 0\nLocation: " + location + "\n\n");
    }

    private GatewayBlobSource source(ScriptedServer.Script... scripts) {
        List<URI> addresses = new ArrayList<>();
        for (ScriptedServer.Script script : scripts) {
            try {
                ScriptedServer server = new ScriptedServer(script);
                open.add(server);
                addresses.add(server.address());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return sourceOf(addresses);
    }

    private GatewayBlobSource sourceOf(List<URI> addresses) {
        GatewaySettings settings = new GatewaySettings(
                addresses,
                Duration.ofSeconds(5),
                Duration.ofMillis(400),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofMillis(100));
        GatewayBlobSource source = new GatewayBlobSource(settings, (gateway, fault) -> {
            assertThat(fault).hasMessageContaining(gateway.getHost() + ":" + gateway.getPort());
            faults.add(fault);
        });
        open.add(source);
        return source;
    }
}
