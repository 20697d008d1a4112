package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node may do wrong with folders, CARs, pins and garbage, and what comes of it. */
class HostileNodeTest {
    private static final Cid CID = Cid.of(Cid.Codec.RAW, SampleStream.bytes(100));
    private static final BlockSource SOURCE = cid -> Optional.of(SampleStream.bytes(100));
    private static final String NOT_PINNED = "path 'x' is not pinned";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private ScriptedServer server;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private KuboBlobStore store(ScriptedServer.Script script) throws IOException {
        server = new ScriptedServer(script);
        open.add(server);
        KuboBlobStore store = new KuboBlobStore(KuboSettings.of(server.address()));
        open.add(store);
        return store;
    }

    private static String error(String message) {
        return "{\"Message\":\"" + message + "\",\"Code\":0,\"Type\":\"error\"}";
    }

    private static String root(Cid cid) {
        return "{\"Root\":{\"Cid\":{\"/\":\"" + cid + "\"},\"PinErrorMsg\":\"\"}}\n";
    }

    /** A node that has nothing, and answers an import as given. */
    private KuboBlobStore importing(int status, String answer) throws IOException {
        return store(exchange -> {
            if (exchange.target.startsWith("/api/v0/dag/import")) {
                exchange.body();
                exchange.reply(status, answer);
            } else if (exchange.target.startsWith("/api/v0/pin/ls")) {
                exchange.reply(500, error(NOT_PINNED));
            } else {
                exchange.reply(500, error("block was not found locally (offline): ipld: could not find x"));
            }
        });
    }

    @Test
    void anotherRootThanTheOneSentIsALie() throws IOException {
        Cid other = Cid.of(Cid.Codec.RAW, new byte[] {1});
        for (String answer : List.of("", "{}", "[]", root(other), root(CID) + root(other), "{\"Root\":{}}")) {
            KuboBlobStore store = importing(200, answer);
            assertFails(ErrorCode.REMOTE_MISMATCH, () -> store.publish(CID, SOURCE, sent -> {}));
        }
        KuboBlobStore honest = importing(200, root(CID));
        honest.publish(CID, SOURCE, sent -> {});
        assertThat(server.requests.getLast()).startsWith("/api/v0/dag/import?pin-roots=true");
    }

    @Test
    void whyANodeDoesNotTakeBlocksIsNamed() throws IOException {
        Files.write(folder.resolve("file"), SampleStream.bytes(100));
        KuboBlobStore full = importing(500, error("write /x: no space left on device"));
        assertFails(ErrorCode.STORE_FULL, () -> full.putFolder(folder, read -> {}));
        KuboBlobStore incomplete = importing(
                200, "{\"Root\":{\"Cid\":{\"/\":\"" + CID + "\"},\"PinErrorMsg\":\"block was not found locally\"}}");
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> incomplete.putFolder(folder, read -> {}));
        KuboBlobStore forbidden = importing(403, "no");
        assertFails(ErrorCode.REMOTE_REFUSED, () -> forbidden.putFolder(folder, read -> {}));
        KuboBlobStore moved = importing(301, "");
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> moved.putFolder(folder, read -> {}));
    }

    @Test
    void aNodeThatDiesDuringAnImportIsAskedOnce() throws IOException {
        Files.write(folder.resolve("file"), SampleStream.bytes(20_000_000));
        for (int afterBytes : new int[] {0, 100, 700_000}) {
            KuboBlobStore store = store(exchange -> exchange.readSome(afterBytes));
            assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> store.putFolder(folder, read -> {}));
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void aListenerThatEndsAnImportIsNotBlamedOnTheNode() throws IOException {
        Files.write(folder.resolve("file"), SampleStream.bytes(100));
        StoppedException stop = new StoppedException(ErrorCode.CANCELLED, "enough");
        KuboBlobStore store = importing(200, root(CID));
        assertThatThrownBy(() -> store.putFolder(folder, read -> {
                    throw stop;
                }))
                .isSameAs(stop);
        assertFails(ErrorCode.MALFORMED_DATA, () -> store.importCar(new ByteArrayInputStream(new byte[] {1, 2, 3})));
    }

    @Test
    void blocksOfOtherKindsAreNotCountedAsGarbage() throws IOException {
        KuboBlobStore store = store(exchange -> {
            if (exchange.target.startsWith("/api/v0/refs/local")) {
                exchange.reply(
                        200,
                        "{\"Ref\":\"" + CID
                                + "\",\"Err\":\"\"}\n{\"Ref\":\"bafk2bzaceany\",\"Err\":\"\"}\n{\"Ref\":5}\n");
            } else if (exchange.target.startsWith("/api/v0/pin/ls")) {
                exchange.reply(200, "");
            } else if (exchange.target.startsWith("/api/v0/files/stat")) {
                exchange.reply(200, "{\"Hash\":\"" + Cid.of(Cid.Codec.RAW, new byte[0]) + "\"}");
            } else {
                exchange.reply(200, "{\"Size\":100}");
            }
        });
        assertThat(store.findGarbage()).isEqualTo(new DagStore.Garbage(1, 100));
    }

    @Test
    void aListWithoutEndIsCutOff() throws IOException {
        KuboBlobStore store = store(exchange -> {
            exchange.body();
            exchange.send("HTTP/1.1 200 OK\nConnection: close\n\n");
            String lines = ("{\"Ref\":\"" + CID + "\"}\n").repeat(10_000);
            while (true) {
                exchange.send(lines);
            }
        });
        assertFails(ErrorCode.REMOTE_MISMATCH, store::findGarbage);
    }

    @Test
    void aRepositoryThatGrowsWhileItIsCollectedHasFreedNothing() throws IOException {
        int[] size = {1_000};
        KuboBlobStore store = store(exchange -> {
            if (exchange.target.startsWith("/api/v0/repo/stat")) {
                size[0] += 1_000;
                exchange.reply(200, "{\"RepoSize\":" + size[0] + ",\"StorageMax\":10000000,\"NumObjects\":1}");
            } else {
                exchange.reply(200, "{\"Key\":{\"/\":\"" + CID + "\"}}\n");
            }
        });
        assertThat(store.collectGarbage(deleted -> {})).isEqualTo(new DagStore.Garbage(1, 0));
    }
}
