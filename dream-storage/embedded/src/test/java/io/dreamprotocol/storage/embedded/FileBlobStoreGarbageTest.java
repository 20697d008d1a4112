package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins, garbage collection, quota, verification and repair; CARs and folders. */
class FileBlobStoreGarbageTest {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;
    private static final Duration NONE = Duration.ofSeconds(-1);
    private static final int KILLS = Integer.getInteger("dream.kills", 5);

    @TempDir
    private Path folder;

    private FileBlobStore store;

    @BeforeEach
    void open() {
        store = open("blobs");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void onlyWhatNoPinKeepsIsDeleted() {
        byte[] kept = random(2 * CHUNK);
        byte[] sharing = Arrays.copyOf(kept, 2 * CHUNK + 1000);
        Cid pinned = store.put(kept);
        Cid dropped = store.put(sharing);
        Cid small = store.put(random(10));
        store.pin(pinned);
        store.pin(pinned);

        // The second blob's own leaf and root, and the small one.
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(3);
        assertThat(store.read(pinned, kept.length)).isEqualTo(kept);
        assertThat(store.has(dropped)).isFalse();
        assertThat(store.has(small)).isFalse();
        assertThat(store.collectGarbage(NONE)).isEqualTo(new DagStore.Garbage(0, 0));
        assertThat(store.put(sharing)).isEqualTo(dropped);
        assertThat(store.read(dropped, sharing.length)).isEqualTo(sharing);
    }

    @Test
    void pinsOutliveTheStoreUntilTheyAreTakenBack() {
        Cid cid = store.put(random(10));
        assertThat(store.pins()).isEmpty();
        store.pin(cid);
        try (FileBlobStore other = open("blobs")) {
            assertThat(other.pins()).containsExactly(cid);
            other.unpin(cid);
            other.unpin(cid);
        }
        assertThat(store.pins()).isEmpty();
        assertThat(store.collectGarbage(NONE)).isEqualTo(new DagStore.Garbage(1, 10));
    }

    @Test
    void whatIsYoungStays() throws IOException {
        Cid cid = store.put(new SampleStream(3 * CHUNK));
        assertThat(store.collectGarbage(Duration.ofHours(1)).blocks()).isZero();
        assertThat(store.verify()).isEmpty();
        assertThat(store.has(cid)).isTrue();
    }

    @Test
    void aBlobStoredAgainIsYoungAgainAndKeepsAllItsBlocks() throws IOException {
        Cid cid = store.put(new SampleStream(3 * CHUNK));
        blobs().age();
        store.put(new SampleStream(3 * CHUNK));
        blobs().age(Cid.of(Cid.Codec.RAW, SampleStream.bytes(CHUNK)));
        assertThat(store.collectGarbage(Duration.ofHours(1)).blocks()).isZero();
        assertThat(store.read(cid, 3 * CHUNK)).hasSize(3 * CHUNK);
    }

    @Test
    void aCollectionInTheMiddleOfAPutTakesNothingFromIt() throws IOException {
        byte[] content = random(5 * CHUNK + 3);
        for (boolean storedBefore : new boolean[] {false, true}) {
            if (storedBefore) {
                assertThat(store.has(UnixFsFile.cidOf(content))).isTrue();
            }
            InputStream collecting = new FilterInputStream(new ByteArrayInputStream(content)) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    store.collectGarbage(NONE);
                    return super.read(target, offset, length);
                }
            };
            Cid cid = store.put(collecting);
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
        assertThat(store.verify()).isEmpty();
    }

    @Test
    void whatIsNotWholeIsNotPinned() throws IOException {
        byte[] content = random(2 * CHUNK);
        Cid cid = UnixFsFile.cidOf(content);
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.pin(cid));
        store.put(content);
        blobs().remove(leaf(content));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.pin(cid));
        assertThat(store.pins()).isEmpty();
    }

    @Test
    void nothingIsDeletedWhileAPinIsNotWhole() throws IOException {
        byte[] content = random(2 * CHUNK);
        Cid pinned = store.put(content);
        Cid other = store.put(random(10));
        store.pin(pinned);
        blobs().damage(pinned);
        assertFails(ErrorCode.STORE_CORRUPT, () -> store.collectGarbage(NONE));
        assertThat(store.has(other)).isTrue();
        store.put(content);
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(1);
    }

    @Test
    void aFileAmongThePinsThatIsNoneIsNamed() throws IOException {
        store.pin(store.put(random(10)));
        Files.createFile(folder.resolve("blobs/pins/note.txt"));
        assertFails(ErrorCode.STORE_CORRUPT, store::pins);
        assertFails(ErrorCode.STORE_CORRUPT, () -> store.collectGarbage(NONE));
    }

    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        store.put(random(10));
        Path foreign = Files.createFile(folder.resolve("blobs/a/README"));
        store.collectGarbage(NONE);
        assertThat(foreign).exists();
    }

    @Test
    void anEmptyFolderHasNothingToCollect() {
        assertThat(store.collectGarbage(NONE)).isEqualTo(new DagStore.Garbage(0, 0));
        assertThat(store.verify()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aQuotaIsKept() throws IOException {
        try (FileBlobStore limited = FileBlobStore.open(folder.resolve("blobs"), 3 * CHUNK, sizes())) {
            byte[] content = random(2 * CHUNK);
            Cid cid = limited.put(content);
            assertThat(limited.put(content)).isEqualTo(cid);
            assertFails(ErrorCode.STORE_FULL, () -> limited.put(random(CHUNK)));
            assertFails(ErrorCode.STORE_FULL, () -> limited.put(new SampleStream(100L * CHUNK)));
            limited.put(random(CHUNK / 2));
            assertThat(limited.bytes()).isLessThanOrEqualTo(3 * CHUNK);
            limited.pin(cid);
            limited.collectGarbage(NONE);
            limited.put(random(CHUNK / 2));
            assertThat(limited.read(cid, content.length)).isEqualTo(content);
        }
        StoreChecks.assertNothingHalfWritten(folder.resolve("blobs"));
    }

    @Test
    void verificationFindsWhatIsDamagedAndMissingAndRepairFetchesIt() throws IOException {
        byte[] content = random(3 * CHUNK);
        Cid cid = store.put(content);
        Cid other = store.put(random(100));
        store.pin(cid);
        assertThat(store.verify()).isEmpty();
        blobs().damage(other);
        blobs().remove(leaf(content));
        assertThat(store.verify()).containsExactlyInAnyOrder(other, leaf(content));
        blobs().remove(cid);
        assertThat(store.verify()).containsExactlyInAnyOrder(other, cid);

        try (FileBlobStore healthy = open("healthy")) {
            healthy.put(content);
            assertThat(store.repair(healthy)).containsExactly(other);
        }
        assertThat(store.read(cid, content.length)).isEqualTo(content);
        assertThat(store.repair(block -> Optional.of(new byte[] {1}))).containsExactly(other);
    }

    @Test
    void foldersAndCarsGoFromStoreToStore() throws IOException {
        Path from = folder.resolve("from");
        Files.createDirectories(from.resolve("sub"));
        Files.write(from.resolve("sub/large"), random(2 * CHUNK));
        Files.writeString(from.resolve("small"), "red");
        Cid cid = store.putFolder(from, read -> {});
        store.pin(cid);
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        Dag.writeCar(cid, store, car);

        try (FileBlobStore other = open("other")) {
            byte[] part = Arrays.copyOf(car.toByteArray(), car.size() - 1);
            assertFails(ErrorCode.MALFORMED_DATA, () -> other.importCar(new ByteArrayInputStream(part)));
            assertThat(other.bytes()).isZero();
            assertThat(other.importCar(new ByteArrayInputStream(car.toByteArray())))
                    .isEqualTo(cid);
            UnixFsFolder.extract(cid, folder.resolve("to"), 1_000_000, other);
        }
        assertThat(folder.resolve("to/sub/large")).hasSameBinaryContentAs(from.resolve("sub/large"));
        assertThat(folder.resolve("to/small")).hasContent("red");
    }

    @Test
    void aCarThatLacksABlockIsNotStored() throws IOException {
        byte[] content = random(2 * CHUNK);
        Cid cid = store.put(content);
        for (Cid lacking : List.of(leaf(content), cid)) {
            ByteArrayOutputStream car = new ByteArrayOutputStream();
            CarWriter writer = new CarWriter(car, List.of(cid));
            Dag.walk(cid, store, below -> {
                if (!below.equals(lacking)) {
                    try {
                        writer.accept(below, ByteBuffer.wrap(store.block(below).orElseThrow()));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return true;
            });
            try (FileBlobStore other = open("other")) {
                assertFails(
                        ErrorCode.BLOB_NOT_FOUND, () -> other.importCar(new ByteArrayInputStream(car.toByteArray())));
                assertThat(other.bytes()).isZero();
            }
        }
    }

    @Test
    void threadsStorePinAndCollectAtOnce() throws Exception {
        List<Callable<List<byte[]>>> tasks = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(() -> {
                List<byte[]> pinned = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    byte[] content = random(i % 3 == 0 ? 2 * CHUNK : 5_000);
                    BlobPinner.putAndPin(store, content);
                    pinned.add(content);
                    store.put(random(3_000));
                    if (i % 4 == 0) {
                        store.collectGarbage(NONE);
                    }
                }
                return pinned;
            });
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            for (Future<List<byte[]>> future : executor.invokeAll(tasks)) {
                for (byte[] content : future.get()) {
                    assertThat(store.read(UnixFsFile.cidOf(content), content.length))
                            .isEqualTo(content);
                }
            }
        }
        assertThat(store.verify()).isEmpty();
    }

    @Test
    void killsAndCollectionsLoseNothingPinned() throws Exception {
        SplittableRandom random = new SplittableRandom();
        List<String> pinned = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = ChildJvm.start(
                    BlobPinner.class, folder.resolve("blobs").toString(), Long.toString(1_000_000L * kill));
            try (BufferedReader out = process.inputReader()) {
                int most = 1 + random.nextInt(15);
                String line = out.readLine();
                for (int i = 0; line != null; i++) {
                    pinned.add(line);
                    store.collectGarbage(NONE);
                    if (i == most) {
                        process.toHandle().destroyForcibly();
                    }
                    line = out.readLine();
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            store.collectGarbage(NONE);
        }
        assertThat(store.verify()).isEmpty();
        for (String line : pinned.stream().filter(line -> line.length() > 60).toList()) {
            byte[] content = BlobPutter.content(Long.parseLong(line.substring(0, line.indexOf(' '))));
            Cid cid = Cid.parse(line.substring(line.indexOf(' ') + 1));
            assertThat(store.pins()).contains(cid);
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
        assertThat(pinned).hasSizeGreaterThanOrEqualTo(KILLS);
    }

    /** When blocks become a pack. */
    BlobWrite.PackSizes sizes() {
        return BlobWrite.PackSizes.USUAL;
    }

    private FileBlobStore open(String name) {
        return FileBlobStore.open(folder.resolve(name), Long.MAX_VALUE, sizes());
    }

    private Tampering blobs() {
        return new Tampering(folder.resolve("blobs"));
    }

    private static Cid leaf(byte[] content) {
        return Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
