package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call against a real node. */
class KuboClientIT {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;

    @TempDir
    private static Path folder;

    private static Kubo kubo;
    private KuboClient client;

    @BeforeAll
    static void startKubo() throws Exception {
        kubo = Kubo.start(folder.resolve("repository"));
    }

    @AfterAll
    static void stopKubo() {
        if (kubo != null) {
            kubo.close();
        }
    }

    @BeforeEach
    void connect() throws IOException {
        client = kubo.client();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void theNodeSaysItsVersion() {
        assertThat(client.version()).isEqualTo("0.42.0");
    }

    @Test
    void progressGoesUpToTheSize() throws IOException {
        List<Long> sent = new ArrayList<>();
        client.add(new SampleStream(2 * CHUNK + 10), sent::add);
        assertThat(sent).containsExactly((long) CHUNK, 2L * CHUNK, 2L * CHUNK + 10);
    }

    @Test
    void addedFilesReadBackAndArePinned() throws IOException {
        byte[] content = random(CHUNK + 10);
        Cid cid = add(content);
        assertThat(client.isPinned(cid)).isTrue();
        assertThat(client.pins()).contains(cid);
        try (InputStream in = client.cat(cid)) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void theNodesOwnSettingsDoNotChangeACid() throws Exception {
        kubo.run("config", "Import.UnixFSChunker", "size-1048576");
        kubo.run("config", "--json", "Import.UnixFSFileMaxLinks", "1024");
        kubo.run("config", "--json", "Import.UnixFSRawLeaves", "false");
        try {
            byte[] content = random(3 * CHUNK);
            assertThat(add(content)).isEqualTo(UnixFsFile.cidOf(content));
        } finally {
            kubo.run("config", "--json", "Import", "{}");
        }
    }

    @Test
    void blocksGoInAndOut() {
        byte[] block = random(1000);
        Cid cid = client.putBlock(Cid.Codec.RAW, block);
        assertThat(cid).isEqualTo(Cid.of(Cid.Codec.RAW, block));
        assertThat(client.block(cid)).hasValue(block);
        assertThat(client.blockSize(cid)).isEqualTo(OptionalLong.of(1000));
        Cid missing = Cid.of(Cid.Codec.RAW, random(10));
        assertThat(client.block(missing)).isEmpty();
        assertThat(client.blockSize(missing)).isEmpty();
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.cat(missing));
    }

    @Test
    void aCarGoesOutAndInAgain() throws IOException {
        byte[] content = random(2 * CHUNK);
        Cid cid = add(content);
        byte[] car;
        try (InputStream in = client.exportCar(cid)) {
            car = in.readAllBytes();
        }
        client.unpin(cid);
        client.collectGarbage();
        assertThat(client.blockSize(cid)).isEmpty();

        assertFails(
                ErrorCode.REMOTE_UNAVAILABLE,
                () -> client.importCar(new ByteArrayInputStream(Arrays.copyOf(car, car.length - 7))));
        assertThat(client.isPinned(cid)).isFalse();
        assertThat(client.importCar(new ByteArrayInputStream(car))).containsExactly(cid);
        assertThat(client.isPinned(cid)).isTrue();
        try (InputStream in = client.cat(cid)) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void anExportOfADamagedFileFailsAtItsEnd() throws IOException {
        byte[] content = random(2 * CHUNK);
        Cid cid = add(content);
        Files.delete(kubo.fileOf(Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK))));
        try (InputStream in = client.exportCar(cid)) {
            assertFails(ErrorCode.BLOB_NOT_FOUND, in::readAllBytes);
        }
    }

    @Test
    void garbageIsWhatNoPinKeeps() throws IOException {
        Cid kept = add(random(500));
        Cid dropped = add(random(500));
        client.unpin(dropped);
        client.unpin(dropped);
        assertThat(client.isPinned(dropped)).isFalse();
        assertThat(client.collectGarbage()).isPositive();
        assertThat(client.blockSize(kept)).isPresent();
        assertThat(client.blockSize(dropped)).isEmpty();
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> client.pin(dropped));
        client.pin(kept);
        assertThat(client.repository().blocks()).isPositive();
        assertThat(client.repository().bytes()).isPositive();
    }

    @Test
    void aNameMeansWhatWasPublishedLast() throws IOException {
        Cid first = add(random(10));
        Cid second = add(random(10));
        String name = client.publish("self", first, Duration.ofHours(1));
        assertThat(client.resolve(name)).isEqualTo(first);
        assertThat(client.publish("self", second, Duration.ofHours(1))).isEqualTo(name);
        assertThat(client.resolve(name)).isEqualTo(second);
        assertFails(
                ErrorCode.BLOB_NOT_FOUND,
                () -> client.resolve("k51qzi5uqu5dilgf7gorsh9vcqqq4myo6jd4zmqkuy9pxyxi5fua3uf7axph4y"));
    }

    @Test
    void aNodeThatDiesDuringAddHasAcknowledgedNothing(@TempDir Path own) throws Exception {
        try (Kubo mortal = Kubo.start(own.resolve("repository"));
                KuboBlobStore store = new KuboBlobStore(KuboSettings.of(mortal.api()))) {
            byte[] content = random(20 * CHUNK);
            Cid before = store.put(Arrays.copyOf(content, CHUNK));
            InputStream deadly = new ByteArrayInputStream(content) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    if (pos == 10 * CHUNK) {
                        try {
                            mortal.kill();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return super.read(target, offset, length);
                }
            };
            assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> store.put(deadly));

            mortal.startDaemon();
            try (KuboBlobStore again = new KuboBlobStore(KuboSettings.of(mortal.api()))) {
                assertThat(again.has(UnixFsFile.cidOf(content))).isFalse();
                assertThat(again.read(before, CHUNK)).isEqualTo(Arrays.copyOf(content, CHUNK));
                assertThat(again.read(again.put(content), content.length)).isEqualTo(content);
            }
        }
    }

    private Cid add(byte[] content) throws IOException {
        return client.add(new ByteArrayInputStream(content), sent -> {});
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
