package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsOptions;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;

    @TempDir
    private Path parent;

    @Test
    void openingAndLookingCreatesNothing() {
        Path folder = parent.resolve("data/blobs");
        try (BlobStore store = FileBlobStore.open(folder)) {
            assertThat(store.has(UnixFsFile.cidOf(new byte[1]))).isFalse();
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aClosedStoreLeavesOnlyBlocks() throws IOException {
        try (BlobStore store = FileBlobStore.open(parent)) {
            store.put(new SampleStream(3 * CHUNK));
        }
        StoreChecks.assertNothingHalfWritten(parent);
        assertThat(StoreChecks.blockFiles(parent)).hasSize(4);
    }

    @Test
    void contentThatFailsLeavesNoBlock() throws IOException {
        InputStream failing = new FilterInputStream(new SampleStream(5 * CHUNK)) {
            private int left = 4 * CHUNK;

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (left <= 0) {
                    throw new IOException("the line broke");
                }
                left -= length;
                return super.read(target, offset, length);
            }
        };
        try (BlobStore store = FileBlobStore.open(parent)) {
            assertThatThrownBy(() -> store.put(failing)).isInstanceOf(IOException.class);
        }
        StoreChecks.assertNothingHalfWritten(parent);
        assertThat(StoreChecks.blockFiles(parent)).isEmpty();
    }

    @Test
    void aBlobCutOtherwiseHasTheCidThatIpfsGivesItAndIsRead() throws IOException {
        try (FileBlobStore store = FileBlobStore.open(parent)) {
            Cid empty = store.put(new SampleStream(0), UnixFsOptions.VERSION_0);
            assertThat(UnixFsOptions.VERSION_0.textOf(empty))
                    .isEqualTo("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
            for (int size : new int[] {CHUNK + 1, 30 * CHUNK}) {
                Cid cid = store.put(new SampleStream(size), UnixFsOptions.VERSION_0);
                assertThat(cid).isNotEqualTo(UnixFsFile.cidOf(new SampleStream(size)));
                assertThat(store.read(cid, size)).isEqualTo(SampleStream.bytes(size));
            }
        }
    }

    @Test
    void aBlockThatIsThereIsNotWrittenAgain() throws IOException {
        try (BlobStore store = FileBlobStore.open(parent)) {
            Path file = new Layout(parent).fileOf(store.put(SampleStream.bytes(1000)));
            Object key = Files.readAttributes(file, "unix:ino").get("ino");
            store.put(SampleStream.bytes(1000));
            assertThat(Files.readAttributes(file, "unix:ino")).containsEntry("ino", key);
        }
    }

    @Test
    void whatDeadProcessesLeftIsCleanedAndNothingElse() throws IOException {
        Path writing = Files.createDirectories(parent.resolve("tmp"));
        Files.createDirectories(writing.resolve("w-dead-1/7"));
        Files.writeString(writing.resolve("w-dead-1/7/half"), "half a blo");
        Files.createFile(writing.resolve("w-dead-1.lock"));
        Files.createDirectory(writing.resolve("w-deleted-halfway-2"));
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("precious"), "keep me");
        Files.createSymbolicLink(writing.resolve("w-link-3"), elsewhere);
        Files.createSymbolicLink(writing.resolve("w-link-4.lock"), elsewhere.resolve("precious"));
        Files.createDirectories(writing.resolve("w-dead-5"));
        Files.createSymbolicLink(writing.resolve("w-dead-5/inner"), elsewhere);
        Files.createFile(writing.resolve("notes.txt"));

        FileBlobStore.open(parent).close();

        assertThat(elsewhere.resolve("precious")).hasContent("keep me");
        assertThat(writing)
                .isDirectoryNotContaining(
                        entry -> entry.getFileName().toString().startsWith("w-dead"));
        assertThat(writing.resolve("w-deleted-halfway-2")).doesNotExist();
        assertThat(writing.resolve("notes.txt")).exists();
    }

    @Test
    void aStoreInUseByThisProcessIsNotCleaned() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        InputStream slow = new FilterInputStream(new SampleStream(5 * CHUNK)) {
            private int reads;

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (++reads == 4) {
                    reading.countDown();
                    awaitQuietly(goOn);
                }
                return super.read(target, offset, length);
            }
        };
        try (BlobStore store = FileBlobStore.open(parent);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Cid> put = thread.submit(() -> store.put(slow));
            reading.await();
            FileBlobStore.open(parent).close();
            Process other = ChildJvm.start(BlobPutter.class, parent.toString(), "1", "1", "2");
            assertThat(other.waitFor()).isZero();
            goOn.countDown();
            assertThat(store.read(put.get(), 5 * CHUNK)).isEqualTo(SampleStream.bytes(5 * CHUNK));
        }
        StoreChecks.assertNothingHalfWritten(parent);
    }

    @Test
    void closingWaitsForNobodyAndLetsAPutEndWell() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        InputStream slow = new FilterInputStream(new SampleStream(2 * CHUNK)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                reading.countDown();
                awaitQuietly(goOn);
                return super.read(target, offset, length);
            }
        };
        BlobStore store = FileBlobStore.open(parent);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Cid> put = thread.submit(() -> store.put(slow));
            reading.await();
            store.close();
            goOn.countDown();
            Cid cid = put.get();
            try (BlobStore again = FileBlobStore.open(parent)) {
                assertThat(again.read(cid, 2 * CHUNK)).hasSize(2 * CHUNK);
            }
        }
        StoreChecks.assertNothingHalfWritten(parent);
    }

    @Test
    void anInterruptedPutIsCancelledAndLeavesNothing() throws IOException {
        try (BlobStore store = FileBlobStore.open(parent)) {
            store.put(new byte[1]);
            for (int size : new int[] {10, 30 * CHUNK}) {
                Thread.currentThread().interrupt();
                assertFails(ErrorCode.CANCELLED, () -> store.put(new SampleStream(size)));
                assertThat(Thread.interrupted()).isTrue();
                assertThat(store.has(UnixFsFile.cidOf(SampleStream.bytes(size))))
                        .isFalse();
            }
        }
        StoreChecks.assertNothingHalfWritten(parent);
    }

    @Test
    void aFolderThatIsAFileIsNamed() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "I am a file");
        for (Path folder : new Path[] {file, file.resolve("blobs"), file.resolve("a/b/blobs")}) {
            assertThatThrownBy(() -> FileBlobStore.open(folder))
                    .hasMessageContaining(file + " is not a folder")
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FAILED));
        }
        assertThat(file).hasContent("I am a file");
    }

    @Test
    void aLinkInPlaceOfAStoresFolderIsRefused() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Layout layout = new Layout(parent.resolve("blobs"));
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        for (Path own : new Path[] {layout.writing(), layout.shardOf(UnixFsFile.cidOf(content))}) {
            Folders.delete(layout.folder());
            Files.createDirectories(layout.folder());
            Files.createSymbolicLink(own, elsewhere);
            try (BlobStore store = FileBlobStore.open(layout.folder())) {
                assertFails(ErrorCode.STORE_FAILED, () -> store.put(content));
            }
            assertThat(elsewhere).isEmptyDirectory();
        }
    }

    @Test
    void aLinkPutInPlaceOfAFolderLaterIsRefusedToo() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Layout layout = new Layout(parent.resolve("blobs"));
        try (BlobStore store = FileBlobStore.open(layout.folder())) {
            store.put(SampleStream.bytes(10));
            Path shard = layout.shardOf(UnixFsFile.cidOf(content));
            Folders.delete(shard);
            Files.createSymbolicLink(shard, elsewhere);
            assertFails(ErrorCode.STORE_FAILED, () -> store.put(content));
        }
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aBlockThatIsALinkOrNoFileIsCorruptAndRepaired() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Path elsewhere = Files.write(parent.resolve("elsewhere"), content);
        Layout layout = new Layout(parent.resolve("blobs"));
        try (BlobStore store = FileBlobStore.open(layout.folder())) {
            Cid cid = store.put(content);
            Files.delete(layout.fileOf(cid));
            Files.createSymbolicLink(layout.fileOf(cid), elsewhere);

            assertThat(store.has(cid)).isFalse();
            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
            store.put(content);
            assertThat(store.read(cid, 1000)).isEqualTo(content);
            assertThat(Files.isSymbolicLink(layout.fileOf(cid))).isFalse();
            assertThat(elsewhere).hasBinaryContent(content);
        }
    }

    @Test
    void aFolderInPlaceOfABlockIsCorruptAndLeftToItsOwner() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Layout layout = new Layout(parent);
        try (BlobStore store = FileBlobStore.open(parent)) {
            Cid cid = store.put(content);
            Files.delete(layout.fileOf(cid));
            Files.createDirectories(layout.fileOf(cid).resolve("inner"));

            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
            assertFails(ErrorCode.STORE_FAILED, () -> store.put(content));
        }
    }

    @Test
    void aRootDoesNotShowWhenABlockBelowItCouldNotTakeItsPlace() throws IOException {
        Layout layout = new Layout(parent);
        try (BlobStore store = FileBlobStore.open(parent)) {
            for (int i = 1; i <= 20; i++) {
                byte[] content = SampleStream.bytes(6 * CHUNK + i);
                byte[] lastChunk = Arrays.copyOfRange(content, 6 * CHUNK, content.length);
                Files.createDirectories(
                        layout.fileOf(UnixFsFile.cidOf(lastChunk)).resolve("inner"));

                assertFails(ErrorCode.STORE_FAILED, () -> store.put(content));
                assertThat(store.has(UnixFsFile.cidOf(content))).isFalse();
            }
        }
    }

    @Test
    void anEmptyOrHugeBlockFileIsCorruptAndRepaired() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Layout layout = new Layout(parent);
        try (BlobStore store = FileBlobStore.open(parent)) {
            Cid cid = store.put(content);
            for (int size : new int[] {0, 999, 1001, UnixFsFile.MAX_BLOCK_BYTES + 1}) {
                Files.write(layout.fileOf(cid), SampleStream.bytes(size));
                assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
                store.put(content);
                assertThat(store.read(cid, 1000)).isEqualTo(content);
            }
        }
    }

    @Test
    void emptyFoldersThatWereLostAreMadeAgain() throws IOException {
        try (BlobStore store = FileBlobStore.open(parent)) {
            store.put(SampleStream.bytes(10));
        }
        try (var entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (Path entry : entries) {
                Folders.delete(entry);
            }
        }
        byte[] content = SampleStream.bytes(3 * CHUNK);
        try (BlobStore store = FileBlobStore.open(parent)) {
            assertThat(store.read(store.put(content), content.length)).isEqualTo(content);
        }
    }

    @Test
    void aLayoutOfAnotherVersionIsRefused() throws IOException {
        Files.writeString(parent.resolve("layout"), "2");
        assertFails(ErrorCode.STORE_CORRUPT, () -> FileBlobStore.open(parent));
        Files.writeString(parent.resolve("layout"), "1".repeat(1000));
        assertFails(ErrorCode.STORE_CORRUPT, () -> FileBlobStore.open(parent));
    }

    @Test
    void aLayoutFileLostInACrashIsMadeAgain() throws IOException {
        Files.createFile(parent.resolve("layout"));
        try (BlobStore store = FileBlobStore.open(parent)) {
            store.put(SampleStream.bytes(10));
        }
        assertThat(parent.resolve("layout")).hasContent("1");
    }

    @Test
    void aFolderWithoutPermissionToWriteIsReadOnly() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Path folder = parent.resolve("blobs");
        try (BlobStore store = FileBlobStore.open(folder)) {
            store.put(content);
        }
        try (var folders = Files.walk(folder)) {
            for (Path entry : folders.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("r-xr-xr-x"));
            }
        }
        assumeFalse(Files.isWritable(folder), "this user may write everywhere");
        try (BlobStore store = FileBlobStore.open(folder)) {
            assertFails(ErrorCode.STORE_READ_ONLY, () -> store.put(new byte[1]));
            assertThat(store.read(UnixFsFile.cidOf(content), 1000)).isEqualTo(content);
        } finally {
            try (var folders = Files.walk(folder)) {
                for (Path entry : folders.filter(Files::isDirectory).toList()) {
                    Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    @Test
    void aFolderWithoutPermissionToReadIsNamed() throws IOException {
        byte[] content = SampleStream.bytes(1000);
        Path folder = parent.resolve("blobs");
        Path shard = new Layout(folder).shardOf(UnixFsFile.cidOf(content));
        try (BlobStore store = FileBlobStore.open(folder)) {
            Cid cid = store.put(content);
            Files.setPosixFilePermissions(shard, PosixFilePermissions.fromString("---------"));
            assumeFalse(Files.isReadable(shard), "this user may read everywhere");
            assertFails(ErrorCode.STORE_FAILED, () -> store.has(cid));
            assertFails(ErrorCode.STORE_FAILED, () -> store.open(cid));
        } finally {
            Files.setPosixFilePermissions(shard, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
