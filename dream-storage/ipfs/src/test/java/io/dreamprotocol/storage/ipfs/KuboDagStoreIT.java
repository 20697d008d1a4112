package io.dreamprotocol.storage.ipfs;

import static io.dreamprotocol.storage.ipfs.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders, CARs, publication and house-keeping in a real node. */
class KuboDagStoreIT {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;

    @TempDir
    private static Path scratch;

    private static Kubo kubo;
    private static KuboBlobStore store;

    private final Map<Cid, byte[]> blocks = new HashMap<>();
    private final BlockSource source = cid -> Optional.ofNullable(blocks.get(cid));

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
    void aFolderThatFailsOnTheWayIsNotKept() {
        StoppedException stop = new StoppedException(ErrorCode.CANCELLED, "enough");
        List<Cid> before = store.pins();
        assertThatThrownBy(() -> store.putFolder(folder, read -> {
                    if (read > CHUNK) {
                        throw stop;
                    }
                }))
                .isSameAs(stop);
        assertThat(store.pins()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void publishingSendsWhatIsMissing() throws IOException {
        Cid root = cut();
        List<Long> first = new ArrayList<>();
        store.publish(root, source, first::add);
        assertThat(store.pins()).contains(root);
        // The empty folder is in every node.
        long all = blocks.values().stream()
                .mapToLong(block -> block.length)
                .filter(size -> size != 4)
                .sum();
        assertThat(first).last().isEqualTo(all);

        Cid leaf = Cid.of(Cid.Codec.RAW, Files.readAllBytes(folder.resolve("small")));
        store.unpin(root);
        store.pin(UnixFsFolder.resolve(root, "sub", source));
        store.collectGarbage(deleted -> {});
        assertThat(store.has(leaf)).isFalse();
        List<Long> second = new ArrayList<>();
        store.publish(root, source, second::add);
        assertThat(second).last().isEqualTo((long) blocks.get(root).length + blocks.get(leaf).length);
        List<Long> third = new ArrayList<>();
        store.publish(root, source, third::add);
        assertThat(third).isEmpty();
    }

    @Test
    void whatIsNotWholeOrDamagedIsNotPublished() throws IOException {
        Cid root = cut();
        Cid leaf = Cid.of(Cid.Codec.RAW, Files.readAllBytes(folder.resolve("small")));
        byte[] block = blocks.remove(leaf);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.publish(root, source, sent -> {}));
        blocks.put(leaf, new byte[] {1});
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.publish(root, source, sent -> {}));
        assertThat(store.pins()).doesNotContain(root);
        blocks.put(leaf, block);
        store.publish(root, source, sent -> {});
        assertThat(store.pins()).contains(root);
    }

    @Test
    void aCarIsCheckedHereBeforeItIsKeptThere() throws IOException {
        Cid root = cut();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Dag.writeCar(root, source, out);
        byte[] car = out.toByteArray();
        assertFails(ErrorCode.MALFORMED_DATA, () -> store.importCar(new ByteArrayInputStream(Arrays.copyOf(car, 500))));
        byte[] damaged = car.clone();
        damaged[car.length - 1] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.importCar(new ByteArrayInputStream(damaged)));
        assertThat(store.pins()).doesNotContain(root);
        assertThat(store.importCar(new ByteArrayInputStream(car))).isEqualTo(root);
        assertThat(store.pins()).contains(root);
    }

    @Test
    void aCarThatLacksBlocksIsNotKept() throws IOException {
        Cid root = cut();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new CarWriter(out, List.of(root)).accept(root, ByteBuffer.wrap(blocks.get(root)));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.importCar(new ByteArrayInputStream(out.toByteArray())));
        assertThat(store.pins()).doesNotContain(root);
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

    private Cid cut() throws IOException {
        return UnixFsFolder.write(folder, (cid, block) -> {
            byte[] bytes = new byte[block.remaining()];
            block.get(bytes);
            blocks.put(cid, bytes);
        });
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random().nextBytes(bytes);
        return bytes;
    }
}
