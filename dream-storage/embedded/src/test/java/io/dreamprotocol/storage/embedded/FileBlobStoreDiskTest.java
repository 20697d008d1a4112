package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Puts the store on a real file system of one megabyte, which takes the right to mount one. */
class FileBlobStoreDiskTest {
    @TempDir
    private Path disk;

    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
        assumeTrue(mounted, "this user may not mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    @Test
    void aFullDiskIsNamedAndNothingHalfWrittenStays() throws IOException {
        Path folder = disk.resolve("blobs");
        try (BlobStore store = FileBlobStore.open(folder)) {
            byte[] small = SampleStream.bytes(1000);
            Cid cid = store.put(small);
            for (int size : new int[] {1_500_000, 10_000_000}) {
                assertFails(ErrorCode.STORE_FULL, store, size);
            }
            Files.write(disk.resolve("filler"), new byte[900_000]);
            assertFails(ErrorCode.STORE_FULL, store, 200_000);

            assertThat(store.read(cid, 1000)).isEqualTo(small);
            assertThat(StoreChecks.blockFiles(folder)).hasSize(1);

            Files.delete(disk.resolve("filler"));
            byte[] fits = SampleStream.bytes(600_000);
            assertThat(store.read(store.put(fits), fits.length)).isEqualTo(fits);
        }
        StoreChecks.assertNothingHalfWritten(folder);
    }

    @Test
    void aDiskThatIsFullFromTheStartIsNamed() throws IOException {
        Files.write(disk.resolve("filler"), new byte[1 << 20]);
        try (BlobStore store = FileBlobStore.open(disk.resolve("blobs"))) {
            assertFails(ErrorCode.STORE_FULL, store, 10);
        }
    }

    @Test
    void aDiskThatCanOnlyBeReadIsReadAndNamed() throws Exception {
        Path folder = disk.resolve("blobs");
        byte[] content = SampleStream.bytes(300_000);
        Cid cid;
        try (BlobStore store = FileBlobStore.open(folder)) {
            cid = store.put(content);
        }
        Files.createDirectories(folder.resolve("tmp/w-dead-1"));
        assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();

        for (Path at : List.of(folder, disk.resolve("new/blobs"))) {
            try (BlobStore store = FileBlobStore.open(at)) {
                assertFails(ErrorCode.STORE_READ_ONLY, store, 10);
            }
        }
        try (BlobStore store = FileBlobStore.open(folder)) {
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
    }

    @Test
    void aFullDiskStopsEveryImportAndCanStillBeCollected(@TempDir Path elsewhere) throws IOException {
        byte[] kept = SampleStream.bytes(200_000);
        byte[] garbage = random(300_000);
        Path files = Files.createDirectory(elsewhere.resolve("files"));
        for (int i = 0; i < 40; i++) {
            Files.write(files.resolve("file " + i), random(3_000));
        }
        Path folder = disk.resolve("blobs");
        for (BlobWrite.PackSizes sizes : List.of(BlobWrite.PackSizes.USUAL, PackedBlobStoreContractTest.ALWAYS)) {
            Folders.delete(folder);
            try (FileBlobStore store = FileBlobStore.open(folder, Long.MAX_VALUE, sizes)) {
                Cid cid = store.put(kept);
                store.pin(cid);
                store.put(garbage);
                fill();
                Set<Cid> before = StoreChecks.blocks(folder);
                byte[] block = random(20_000);
                assertFull(() -> store.put(random(100_000)));
                assertFull(() -> store.put(random(700_000)));
                assertFull(() -> store.putBlock(Cid.of(Cid.Codec.RAW, block), block));
                assertFull(() -> store.putFolder(files, read -> {}));
                assertFull(() -> store.importCar(new ByteArrayInputStream(carOf(random(400_000)))));
                assertThat(StoreChecks.blocks(folder)).isEqualTo(before);

                assertThat(store.collectGarbage(StoreWorkload.NO_GRACE).bytes()).isGreaterThanOrEqualTo(300_000);
                assertThat(store.read(cid, kept.length)).isEqualTo(kept);
                Cid folderCid = store.putFolder(files, read -> {});
                assertThat(store.pins()).contains(folderCid);
                assertThat(store.verify()).isEmpty();
            }
            StoreChecks.assertNothingHalfWritten(folder);
            Files.delete(disk.resolve("filler"));
        }
    }

    @Test
    void aPackThatCannotBeMadeSmallerOnAFullDiskStaysWhole() throws IOException {
        Path folder = disk.resolve("blobs");
        byte[] content = random(600_000);
        try (FileBlobStore store = FileBlobStore.open(folder, Long.MAX_VALUE, new BlobWrite.PackSizes(1, 1, 1 << 20))) {
            Cid whole = store.put(content);
            Cid part = Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, UnixFsFile.CHUNK_BYTES));
            store.pin(part);
            fill();
            assertFull(() -> store.collectGarbage(StoreWorkload.NO_GRACE));
            assertThat(store.read(whole, content.length)).isEqualTo(content);
            Files.delete(disk.resolve("filler"));
            store.collectGarbage(StoreWorkload.NO_GRACE);
            assertThat(store.bytes()).isEqualTo(UnixFsFile.CHUNK_BYTES);
            assertThat(store.verify()).isEmpty();
        }
        StoreChecks.assertNothingHalfWritten(folder);
    }

    /** Takes the last byte of the disk. */
    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
            for (int size = 1 << 16; size > 0; size /= 2) {
                writeWhatFits(out, new byte[size]);
            }
        }
    }

    private static void writeWhatFits(OutputStream out, byte[] piece) {
        try {
            for (int i = 0; i < 1_000; i++) {
                out.write(piece);
            }
        } catch (IOException e) {
            // It is full.
        }
    }

    private static byte[] carOf(byte[] content) throws IOException {
        Map<Cid, byte[]> blocks = new HashMap<>();
        Cid root = UnixFsFile.write(new ByteArrayInputStream(content), (cid, block) -> {
            byte[] bytes = new byte[block.remaining()];
            block.get(bytes);
            blocks.put(cid, bytes);
        });
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        Dag.writeCar(root, cid -> Optional.ofNullable(blocks.get(cid)), car);
        return car.toByteArray();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static void assertFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.STORE_FULL))
                .hasMessageNotContaining("\n");
    }

    private static void assertFails(ErrorCode code, BlobStore store, int size) {
        assertThatThrownBy(() -> store.put(new SampleStream(size)))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such command here
        }
    }
}
