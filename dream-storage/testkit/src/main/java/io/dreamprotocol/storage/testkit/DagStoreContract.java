package io.dreamprotocol.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
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
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every store of folders and other trees does: a backend's test class extends this one and says how its store is opened.
 *
 * <p>Source: the Javadoc of {@link DagStore}.
 */
public abstract class DagStoreContract {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<Cid, byte[]> blocks = new HashMap<>();
    private final BlockSource source = cid -> Optional.ofNullable(blocks.get(cid));
    private final byte[] small = random(100);
    private final byte[] large = random(5 * CHUNK + 1);

    @TempDir
    private Path scratch;

    private Path folder;
    private DagStore store;

    /** For backends' test classes. */
    protected DagStoreContract() {}

    /**
     * Opens the store under test, which may hold blocks of other tests.
     *
     * @return an open store; the test closes it
     */
    protected abstract DagStore open();

    /**
     * Makes all that is stored so old that garbage collection does not spare it for being young. The default does nothing, for stores
     * that spare nothing young.
     *
     * @throws IOException if that fails
     */
    protected void makeOld() throws IOException {}

    @BeforeEach
    void begin() throws IOException {
        store = open();
        folder = scratch.resolve("folder");
        Files.createDirectories(folder.resolve("sub"));
        Files.write(folder.resolve("sub/large"), large);
        Files.write(folder.resolve("small"), small);
    }

    @AfterEach
    void end() {
        store.close();
    }

    /** Makes the test's folder into blocks that the store does not have yet. */
    private Cid cut() throws IOException {
        return UnixFsFolder.write(folder, (cid, block) -> {
            byte[] bytes = new byte[block.remaining()];
            block.get(bytes);
            blocks.put(cid, bytes);
        });
    }

    private byte[] block(Cid cid) {
        return source.block(cid).orElseThrow();
    }

    private long bytes() {
        return blocks.values().stream().mapToLong(block -> block.length).sum();
    }

    private byte[] car(Cid root) throws IOException {
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        Dag.writeCar(root, source, car);
        return car.toByteArray();
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    @Test
    void aFolderComesBackWhole() throws IOException {
        List<Long> read = new ArrayList<>();
        Cid cid = store.putFolder(folder, read::add);
        assertThat(cid).isEqualTo(cut());
        assertThat(read).isSorted().contains((long) small.length + large.length);
        assertThat(store.pins()).contains(cid);
        Path copy = scratch.resolve("copy");
        UnixFsFolder.extract(cid, copy, 10_000_000, store);
        assertThat(copy.resolve("sub/large")).hasBinaryContent(large);
        assertThat(copy.resolve("small")).hasBinaryContent(small);
        Cid file = UnixFsFolder.resolve(cid, "sub/large", store);
        assertThat(store.read(file, large.length)).isEqualTo(large);
    }

    @Test
    void aFolderWhoseListenerEndsTheCallIsNotKept() throws IOException {
        StoppedException stop = new StoppedException(ErrorCode.CANCELLED, "enough");
        assertThatThrownBy(() -> store.putFolder(folder, read -> {
                    if (read > CHUNK) {
                        throw stop;
                    }
                }))
                .isSameAs(stop);
        assertThat(store.pins()).doesNotContain(cut());
    }

    @Test
    void publishingSendsWhatIsMissing() throws IOException {
        Cid root = cut();
        List<Long> first = new ArrayList<>();
        store.publish(root, source, first::add);
        assertThat(store.pins()).contains(root);
        assertThat(first).isSorted().contains(bytes());

        Cid leaf = Cid.of(Cid.Codec.RAW, small);
        Cid sub = UnixFsFolder.resolve(root, "sub", source);
        store.pin(sub);
        store.unpin(root);
        makeOld();
        store.collectGarbage(deleted -> {});
        assertThat(store.has(leaf)).isFalse();
        List<Long> second = new ArrayList<>();
        store.publish(root, source, second::add);
        assertThat(second).isSorted().contains((long) block(root).length + small.length);
        assertThat(store.read(leaf, small.length)).isEqualTo(small);

        List<Long> third = new ArrayList<>();
        store.publish(root, source, third::add);
        assertThat(third).allMatch(sent -> sent == 0);
        store.withdraw(root);
        assertThat(store.pins()).doesNotContain(root).contains(sub);
    }

    @Test
    void whatIsNotWholeOrDamagedIsNotPublished() throws IOException {
        Cid root = cut();
        Cid leaf = Cid.of(Cid.Codec.RAW, small);
        blocks.remove(leaf);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.publish(root, source, sent -> {}));
        blocks.put(leaf, new byte[] {1});
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.publish(root, source, sent -> {}));
        assertThat(store.pins()).doesNotContain(root);
        blocks.put(leaf, small);
        store.publish(root, source, sent -> {});
        assertThat(store.pins()).contains(root);
    }

    @Test
    void aPublicationWhoseListenerEndsTheCallGoesOnLater() throws IOException {
        Cid root = cut();
        StoppedException stop = new StoppedException(ErrorCode.CANCELLED, "enough");
        assertThatThrownBy(() -> store.publish(root, source, sent -> {
                    if (sent > 2 * CHUNK) {
                        throw stop;
                    }
                }))
                .isSameAs(stop);
        assertThat(store.pins()).doesNotContain(root);
        store.publish(root, source, sent -> {});
        UnixFsFolder.extract(root, scratch.resolve("copy"), 10_000_000, store);
    }

    @Test
    void aCarIsTakenWholeOrNotAtAll() throws IOException {
        Cid root = cut();
        byte[] car = car(root);
        assertFails(ErrorCode.MALFORMED_DATA, () -> store.importCar(stream(Arrays.copyOf(car, 500))));
        byte[] damaged = car.clone();
        damaged[car.length - 1] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.importCar(stream(damaged)));
        IOException broken = new IOException("it broke");
        InputStream failing = new FilterInputStream(stream(Arrays.copyOf(car, car.length / 2))) {
            @Override
            public int read() throws IOException {
                return given(super.read());
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return given(super.read(target, offset, length));
            }

            private int given(int read) throws IOException {
                if (read < 0) {
                    throw broken;
                }
                return read;
            }
        };
        assertThatThrownBy(() -> store.importCar(failing)).isSameAs(broken);
        assertThat(store.pins()).doesNotContain(root);
        assertThat(store.importCar(stream(car))).isEqualTo(root);
        assertThat(store.pins()).contains(root);
        assertThat(store.importCar(stream(car))).isEqualTo(root);
        UnixFsFolder.extract(root, scratch.resolve("copy"), 10_000_000, store);
    }

    @Test
    void aCarThatLacksBlocksOrARootIsRefused() throws IOException {
        Cid root = cut();
        ByteArrayOutputStream alone = new ByteArrayOutputStream();
        new CarWriter(alone, List.of(root)).accept(root, ByteBuffer.wrap(block(root)));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.importCar(stream(alone.toByteArray())));
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        new CarWriter(two, List.of(root, Cid.of(Cid.Codec.RAW, small)));
        assertFails(ErrorCode.MALFORMED_DATA, () -> store.importCar(stream(two.toByteArray())));
        assertThat(store.pins()).doesNotContain(root);
    }

    @Test
    void whatIsExportedIsImported() throws IOException {
        Cid cid = store.putFolder(folder, read -> {});
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        Dag.writeCar(cid, store, car);
        cut();
        assertThat(car.toByteArray()).isEqualTo(car(cid));
    }

    @Test
    void collectionSparesWhatIsPinned() throws IOException {
        Cid kept = store.put(random(1_000));
        store.keep(kept);
        Cid pinned = store.putFolder(folder, read -> {});
        Cid released = store.put(random(1_001));
        store.keep(released);
        store.release(released);
        Cid unpinned = store.put(large);
        store.pin(unpinned);
        store.pin(unpinned);
        store.unpin(unpinned);
        store.unpin(unpinned);
        Cid gone = store.put(random(CHUNK + 1));
        store.pin(gone);
        store.unpin(gone);
        assertThat(store.pins()).contains(kept, pinned).doesNotContain(released, unpinned, gone);
        makeOld();

        DagStore.Garbage found = store.findGarbage();
        assertThat(found.blocks()).isGreaterThanOrEqualTo(4);
        assertThat(found.bytes()).isGreaterThan(CHUNK + 1_001);
        List<Long> progress = new ArrayList<>();
        DagStore.Garbage collected = store.collectGarbage(progress::add);

        assertThat(collected.blocks()).isEqualTo(found.blocks());
        assertThat(progress).isSorted().hasSize((int) found.blocks());
        assertThat(collected.bytes()).isGreaterThan(CHUNK + 1_001);
        assertThat(store.findGarbage()).isEqualTo(new DagStore.Garbage(0, 0));
        assertThat(store.has(released)).isFalse();
        assertThat(store.has(gone)).isFalse();
        assertThat(store.has(kept)).isTrue();
        // It is a part of the folder too.
        assertThat(store.read(unpinned, large.length)).isEqualTo(large);
        UnixFsFolder.extract(pinned, scratch.resolve("copy"), 10_000_000, store);
    }

    @Test
    void whatIsNotHereIsNotPinned() throws IOException {
        Cid root = cut();
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.pin(root));
        assertThat(store.pins()).doesNotContain(root);
        store.unpin(root);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
