package io.dreamprotocol.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every blob store does: a backend's test class extends this one and says how its store is opened.
 *
 * <p>Sources: the Javadoc of {@link BlobStore}; the pinned CIDs are those that {@code ipfs add --cid-version=1} of Kubo 0.42.0
 * gives.
 */
public abstract class BlobStoreContract {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;
    private static final long LARGE = 200L << 20;
    private static final long MEMORY = 48L << 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** For backends' test classes. */
    protected BlobStoreContract() {}

    /**
     * Opens the store under test. All that one test opens are the same store, which holds none of the test's blobs at first.
     *
     * @return an open store; the test closes it
     */
    protected abstract BlobStore open();

    /**
     * Changes a stored block behind the store's back, so that its bytes no longer match its CID.
     *
     * @param block the block
     * @return whether that was done; false, the default, if the backend gives no way to do it, and tests that need it are skipped
     * @throws IOException if it should have worked and did not
     */
    protected boolean damage(Cid block) throws IOException {
        return false;
    }

    /**
     * Deletes a stored block behind the store's back.
     *
     * @param block the block
     * @return whether that was done; false, the default, if the backend gives no way to do it, and tests that need it are skipped
     * @throws IOException if it should have worked and did not
     */
    protected boolean remove(Cid block) throws IOException {
        return false;
    }

    /**
     * Tells whether storing a blob again repairs its damaged blocks.
     *
     * @return true, the default, if it does; false if the backend keeps what it has, and the test for it is skipped
     */
    protected boolean repairsWhatIsStoredAgain() {
        return true;
    }

    private record Pinned(int size, String cid) {}

    private static final List<Pinned> PINNED = List.of(
            new Pinned(0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
            new Pinned(1, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"),
            new Pinned(1_000, "bafkreia7yxjfhl547jit4v4dozbgovkttat55e7lxe4ujjuwnxqa3kumfm"),
            new Pinned(15_000, "bafkreidtb4iz2x3la2oc7uu2g3huzrdycby3dzq5vadagkkoix72hceuwa"),
            new Pinned(262_143, "bafkreibvbaollm3i4vb2whnxqniekgixcmmbkhwcnz3iejkn5r3aczje7q"),
            new Pinned(262_144, "bafkreiecq6sthzzdvpdhqwwpdczxx26e4t3e5wmnzviqmqdphldgfqoe3m"),
            new Pinned(262_145, "bafybeigipb3upfgc7d3pg3llsnskvcftvdsi6mhqvmuxde2mq3do4gk47m"),
            new Pinned(524_288, "bafybeibfaehf3tx45r2sqf4y4pbuj2yba2wdsgr6tddras3aytujnuwzum"),
            new Pinned(1_048_576, "bafybeifqu3upgg6x5mxduacgwi4muapop4ypaiyd2yudie5upug33rp6im"),
            new Pinned(10_000_000, "bafybeicxjgf5buynnywsthsqotdzbw3pyi3loifsposcdtecvpaq5dugva"),
            new Pinned(45_613_056, "bafybeidimne5wf5ewfzo7j3i6rqielsyhrfd3gchn3xe5vjxbzxs5d5rye"),
            new Pinned(45_613_057, "bafybeiajrrb2wso56upygo5ncasyf7ychzfsllqzv4yen5vlyacji47x5q"));

    @TestFactory
    final Stream<DynamicTest> blobsHaveTheCidsThatIpfsGivesThem() {
        return PINNED.stream()
                .map(pinned -> DynamicTest.dynamicTest(pinned.size + " bytes", () -> {
                    try (BlobStore store = open()) {
                        Cid cid = store.put(new SampleStream(pinned.size));
                        assertThat(cid).hasToString(pinned.cid);
                        assertThat(store.read(cid, pinned.size)).isEqualTo(SampleStream.bytes(pinned.size));
                    }
                }));
    }

    @TestFactory
    final Stream<DynamicTest> blobsOfEverySizeReadBack() {
        return Stream.of(0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17)
                .map(size -> DynamicTest.dynamicTest(size + " bytes", () -> {
                    byte[] content = random(size);
                    try (BlobStore store = open()) {
                        Cid cid = store.put(content);
                        assertThat(cid).isEqualTo(UnixFsFile.cidOf(content));
                        assertThat(store.has(cid)).isTrue();
                        assertThat(store.read(cid, size)).isEqualTo(content);
                        try (InputStream in = store.open(cid)) {
                            assertThat(in.readAllBytes()).isEqualTo(content);
                            assertThat(in.read()).isEqualTo(-1);
                        }
                    }
                }));
    }

    @Test
    final void aBlobThatIsNotThereIsNotFound() {
        try (BlobStore store = open()) {
            for (int size : new int[] {10, CHUNK + 10}) {
                Cid cid = UnixFsFile.cidOf(random(size));
                assertThat(store.has(cid)).isFalse();
                assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.open(cid));
                assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.read(cid, 100));
            }
        }
    }

    @Test
    final void storingABlobAgainChangesNothing() {
        for (int size : new int[] {1000, 2 * CHUNK + 5}) {
            byte[] content = random(size);
            try (BlobStore store = open()) {
                Cid cid = store.put(content);
                assertThat(store.put(content)).isEqualTo(cid);
                assertThat(store.read(cid, size)).isEqualTo(content);
            }
        }
    }

    @Test
    final void blobsThatShareBlocksKeepApart() {
        byte[] shared = random(CHUNK);
        byte[] left = concat(shared, random(100));
        byte[] right = concat(shared, random(100));
        byte[] repeated = concat(shared, concat(shared, shared));
        try (BlobStore store = open()) {
            List<Cid> cids =
                    Stream.of(left, right, repeated, shared).map(store::put).toList();
            assertThat(store.read(cids.get(0), left.length)).isEqualTo(left);
            assertThat(store.read(cids.get(1), right.length)).isEqualTo(right);
            assertThat(store.read(cids.get(2), repeated.length)).isEqualTo(repeated);
            assertThat(store.read(cids.get(3), shared.length)).isEqualTo(shared);
        }
    }

    @Test
    final void aReopenedStoreHasItsBlobs() {
        byte[] small = random(1000);
        byte[] large = random(3 * CHUNK);
        Cid smallCid;
        Cid largeCid;
        try (BlobStore store = open()) {
            smallCid = store.put(small);
            largeCid = store.put(large);
        }
        try (BlobStore store = open()) {
            assertThat(store.has(smallCid)).isTrue();
            assertThat(store.read(smallCid, small.length)).isEqualTo(small);
            assertThat(store.read(largeCid, large.length)).isEqualTo(large);
        }
    }

    @Test
    final void aStoreOpenedTwiceIsOneStore() {
        byte[] content = random(CHUNK + 1);
        BlobStore left = open();
        try (BlobStore right = open()) {
            Cid cid = left.put(content);
            assertThat(right.read(cid, content.length)).isEqualTo(content);
            left.close();
            assertThat(right.has(right.put(random(100)))).isTrue();
            assertThat(right.read(cid, content.length)).isEqualTo(content);
        }
    }

    @Test
    final void aReadEndsAtItsLimit() {
        for (int size : new int[] {1, 1000, CHUNK, CHUNK + 1}) {
            byte[] content = random(size);
            try (BlobStore store = open()) {
                Cid cid = store.put(content);
                assertThat(store.read(cid, size)).isEqualTo(content);
                assertThat(store.read(cid, size + 1)).isEqualTo(content);
                assertFails(ErrorCode.BLOB_TOO_LARGE, () -> store.read(cid, size - 1));
                assertFails(ErrorCode.BLOB_TOO_LARGE, () -> store.read(cid, 0));
            }
        }
        try (BlobStore store = open()) {
            assertThat(store.read(store.put(new byte[0]), 0)).isEmpty();
        }
    }

    @Test
    final void aStreamMayBeLeftHalfRead() throws IOException {
        byte[] content = random(3 * CHUNK);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            try (InputStream in = store.open(cid)) {
                assertThat(in.readNBytes(CHUNK + 7)).isEqualTo(Arrays.copyOf(content, CHUNK + 7));
            }
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
    }

    @Test
    final void theContentIsReadToItsEndAndNotClosed() throws IOException {
        boolean[] closed = new boolean[1];
        InputStream content = new FilterInputStream(new SampleStream(CHUNK + 1)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        try (BlobStore store = open()) {
            store.put(content);
            assertThat(content.read()).isEqualTo(-1);
            assertThat(closed[0]).isFalse();
        }
    }

    @Test
    final void contentThatComesInDribsIsTheSameBlob() throws IOException {
        byte[] content = random(2 * CHUNK + 3);
        InputStream dribs = new FilterInputStream(new ByteArrayInputStream(content)) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 1 + length % 1000));
            }
        };
        try (BlobStore store = open()) {
            assertThat(store.put(dribs)).isEqualTo(UnixFsFile.cidOf(content));
        }
    }

    @Test
    final void contentThatFailsLeavesNothing() {
        for (int size : new int[] {0, 1000, CHUNK, 5 * CHUNK + 3}) {
            byte[] content = random(size);
            Cid cid = UnixFsFile.cidOf(content);
            IOException cause = new IOException("the line broke");
            try (BlobStore store = open()) {
                assertThatThrownBy(() -> store.put(failingAtTheEnd(content, cause)))
                        .isSameAs(cause);
                if (size > 0) {
                    assertThat(store.has(cid)).isFalse();
                    assertFails(ErrorCode.BLOB_NOT_FOUND, () -> store.open(cid));
                }
                assertThat(store.put(content)).isEqualTo(cid);
                assertThat(store.read(cid, size)).isEqualTo(content);
            }
        }
    }

    @Test
    final void aMistakeInTheContentsCodeLeavesNothing() {
        byte[] content = random(5 * CHUNK + 3);
        try (BlobStore store = open()) {
            InputStream content2 = new FilterInputStream(new ByteArrayInputStream(content)) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int read = super.read(target, offset, length);
                    if (read < 0) {
                        throw new UnsupportedOperationException("not today");
                    }
                    return read;
                }
            };
            assertThatThrownBy(() -> store.put(content2)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(store.has(UnixFsFile.cidOf(content))).isFalse();
        }
    }

    @Test
    final void aDamagedBlobIsNotGivenOut() throws IOException {
        byte[] content = random(1000);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            assumeTrue(damage(cid), "this backend gives no way to damage a block");

            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.read(cid, 1000));
        }
    }

    @Test
    final void noByteOfADamagedBlockIsGivenOutNorOfThoseBehindIt() throws IOException {
        byte[] content = random(4 * CHUNK);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            assumeTrue(damage(leaf(content, 2)), "this backend gives no way to damage a block");

            try (InputStream in = store.open(cid)) {
                assertThat(in.readNBytes(2 * CHUNK)).isEqualTo(Arrays.copyOf(content, 2 * CHUNK));
                assertFails(ErrorCode.BLOB_CORRUPT, in::read);
                assertFails(ErrorCode.BLOB_CORRUPT, () -> in.readNBytes(CHUNK));
            }
            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.read(cid, content.length));
        }
    }

    @Test
    final void aDamagedRootIsFoundWhenTheBlobIsOpened() throws IOException {
        byte[] content = random(4 * CHUNK);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            assumeTrue(damage(cid), "this backend gives no way to damage a block");

            assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
        }
    }

    @Test
    final void storingADamagedBlobAgainRepairsIt() throws IOException {
        assumeTrue(repairsWhatIsStoredAgain(), "this backend keeps a damaged block");
        byte[] content = random(3 * CHUNK + 1);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            assumeTrue(damage(cid), "this backend gives no way to damage a block");
            assumeTrue(damage(leaf(content, 1)), "this backend gives no way to damage a block");

            assertThat(store.put(content)).isEqualTo(cid);
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
    }

    @Test
    final void aMissingBlockIsNotFoundWhenItsTurnComes() throws IOException {
        byte[] content = random(4 * CHUNK);
        try (BlobStore store = open()) {
            Cid cid = store.put(content);
            assumeTrue(remove(leaf(content, 1)), "this backend gives no way to remove a block");

            assertThat(store.has(cid)).isTrue();
            try (InputStream in = store.open(cid)) {
                assertThat(in.readNBytes(CHUNK)).isEqualTo(Arrays.copyOf(content, CHUNK));
                assertFails(ErrorCode.BLOB_NOT_FOUND, in::read);
            }
            store.put(content);
            assertThat(store.read(cid, content.length)).isEqualTo(content);
        }
    }

    @Test
    final void aPartOfABlobIsABlobToo() {
        byte[] content = random(2 * CHUNK + 9);
        try (BlobStore store = open()) {
            store.put(content);
            assertThat(store.read(leaf(content, 2), 9))
                    .isEqualTo(Arrays.copyOfRange(content, 2 * CHUNK, content.length));
        }
    }

    @Test
    final void aCidThatNamesNoFileIsRefused() {
        Cid cbor = Cid.of(Cid.Codec.DAG_CBOR, "no file".getBytes(StandardCharsets.UTF_8));
        try (BlobStore store = open()) {
            assertFails(ErrorCode.INVALID_CID, () -> store.open(cbor));
        }
    }

    @Test
    final void aClosedStoreIsAMistakeToUse() {
        BlobStore store = open();
        Cid cid = store.put(random(10));
        store.close();
        assertThatCode(store::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> store.put(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.open(cid)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.has(cid)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    final void manyThreadsMayStoreTheSameBlob() throws Exception {
        byte[] small = random(5000);
        byte[] large = random(4 * CHUNK + 1);
        try (BlobStore store = open()) {
            Set<Cid> cids = new HashSet<>(together(8, index -> {
                Cid cid = store.put(small);
                assertThat(store.read(cid, small.length)).isEqualTo(small);
                return cid;
            }));
            assertThat(cids).containsExactly(UnixFsFile.cidOf(small));
            cids = new HashSet<>(together(4, index -> {
                Cid cid = store.put(large);
                assertThat(store.read(cid, large.length)).isEqualTo(large);
                return cid;
            }));
            assertThat(cids).containsExactly(UnixFsFile.cidOf(large));
        }
    }

    @Test
    final void manyThreadsMayStoreAndReadDifferentBlobs() throws Exception {
        try (BlobStore store = open()) {
            List<List<byte[]>> contents = together(8, index -> {
                List<byte[]> mine = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    byte[] content = random(i == 9 ? 2 * CHUNK + index : 100 * index + i + 8);
                    Cid cid = store.put(content);
                    assertThat(store.read(cid, content.length)).isEqualTo(content);
                    mine.add(content);
                }
                return mine;
            });
            for (byte[] content : contents.stream().flatMap(List::stream).toList()) {
                assertThat(store.read(UnixFsFile.cidOf(content), content.length))
                        .isEqualTo(content);
            }
        }
    }

    @Test
    final void aBlobShowsOnlyWhenItIsWhole() throws Exception {
        try (BlobStore store = open();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < 5; round++) {
                byte[] content = random(30 * CHUNK);
                Cid cid = UnixFsFile.cidOf(content);
                Future<Cid> put = thread.submit(() -> store.put(content));
                boolean shown = false;
                while (!shown && !put.isDone()) {
                    shown = store.has(cid);
                }
                // If it shows before the put has returned, it must be whole already.
                if (shown) {
                    assertThat(store.read(cid, content.length)).isEqualTo(content);
                }
                assertThat(put.get()).isEqualTo(cid);
                assertThat(store.read(cid, content.length)).isEqualTo(content);
            }
        }
    }

    @Test
    final void aLargeBlobTakesConstantMemory() throws IOException {
        try (BlobStore store = open()) {
            long before = memoryInUse();
            long[] most = new long[1];
            Cid cid = store.put(new SampledMemory(new SampleStream(LARGE), most));
            try (InputStream in = new SampledMemory(store.open(cid), most);
                    InputStream expected = new SampleStream(LARGE)) {
                assertThat(sameContent(in, expected)).isTrue();
            }
            assertThat(most[0] - before).isLessThan(MEMORY);
        }
    }

    /** Looks at the memory in use a few times on the way. */
    private static final class SampledMemory extends FilterInputStream {
        private final long[] most;
        private long untilNext = LARGE / 3;

        SampledMemory(InputStream in, long[] most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            untilNext -= read;
            if (untilNext <= 0) {
                untilNext = LARGE / 3;
                most[0] = Math.max(most[0], memoryInUse());
            }
            return read;
        }
    }

    private static long memoryInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static boolean sameContent(InputStream left, InputStream right) throws IOException {
        while (true) {
            byte[] fromLeft = left.readNBytes(1 << 16);
            if (!Arrays.equals(fromLeft, right.readNBytes(1 << 16))) {
                return false;
            }
            if (fromLeft.length == 0) {
                return true;
            }
        }
    }

    private static InputStream failingAtTheEnd(byte[] content, IOException cause) {
        return new FilterInputStream(new ByteArrayInputStream(content)) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = super.read(target, offset, length);
                if (read < 0) {
                    throw cause;
                }
                return read;
            }
        };
    }

    /** Returns the CID of one chunk, where a blob has several. */
    private static Cid leaf(byte[] content, int index) {
        int end = Math.min(content.length, (index + 1) * CHUNK);
        return Cid.of(Cid.Codec.RAW, Arrays.copyOfRange(content, index * CHUNK, end));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    private interface Task<T> {
        T run(int index) throws Exception;
    }

    private static <T> List<T> together(int threads, Task<T> task) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                tasks.add(() -> {
                    start.await();
                    return task.run(index);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
