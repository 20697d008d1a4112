package io.dreamprotocol.storage.ipfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real node does besides the contract of its kind of store. */
class KuboDagStoreIT {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;

    @TempDir
    private static Path scratch;

    private static Kubo kubo;
    private static KuboBlobStore store;

    @TempDir
    Path folder;

    @BeforeAll
    static void startKubo() throws Exception {
        kubo = Kubo.start(scratch.resolve("repository"));
        store = new KuboBlobStore(KuboSettings.of(kubo.api()));
    }

    @AfterAll
    static void stopKubo() {
        if (kubo != null) {
            store.close();
            kubo.close();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(folder.resolve("sub/empty"));
        Files.write(folder.resolve("sub/large"), random(5 * CHUNK + 1));
        Files.write(folder.resolve("small"), random(100));
    }

    @Test
    void aFolderIsStoredAsKuboItselfWould() throws Exception {
        List<Long> read = new ArrayList<>();
        Cid cid = store.putFolder(folder, read::add);
        String expected = kubo.run(
                        "add", "-r", "-Q", "-n", "-H", "--cid-version=1", "--max-file-links=174", folder.toString())
                .getLast();
        assertThat(cid).hasToString(expected);
        assertThat(read).isSorted().last().isEqualTo(5L * CHUNK + 101);
        assertThat(store.pins()).contains(cid);
        Path copy = scratch.resolve("copy-" + cid);
        UnixFsFolder.extract(cid, copy, 10_000_000, store);
        assertThat(copy.resolve("sub/large")).hasSameBinaryContentAs(folder.resolve("sub/large"));
        assertThat(UnixFsFolder.resolve(cid, "sub/large", store))
                .isEqualTo(UnixFsFile.cidOf(Files.readAllBytes(folder.resolve("sub/large"))));
    }

    @Test
    void whatWouldBeCollectedIsTold() throws IOException {
        store.collectGarbage(deleted -> {});
        assertThat(store.findGarbage()).isEqualTo(new DagStore.Garbage(0, 0));
        Cid cid = store.put(random(1_000));
        // The node leaves a folder of its own making behind.
        DagStore.Garbage before = store.findGarbage();
        assertThat(before.bytes()).isLessThan(1_000);
        store.unpin(cid);
        assertThat(store.findGarbage()).isEqualTo(new DagStore.Garbage(before.blocks() + 1, before.bytes() + 1_000));
        List<Long> deleted = new ArrayList<>();
        DagStore.Garbage collected = store.collectGarbage(deleted::add);
        assertThat(collected.blocks()).isEqualTo(before.blocks() + 1);
        assertThat(collected.bytes()).isGreaterThanOrEqualTo(1_000);
        assertThat(deleted).hasSize((int) collected.blocks());
        assertThat(store.has(cid)).isFalse();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random().nextBytes(bytes);
        return bytes;
    }
}
