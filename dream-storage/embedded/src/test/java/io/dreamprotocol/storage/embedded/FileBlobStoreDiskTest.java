package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
