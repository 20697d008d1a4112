package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TieredBlobStoreTest {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;
    private static final byte[] CONTENT = SampleContent.bytes("multiplicative", 3 * CHUNK + 10);

    private final MemoryStore near = new MemoryStore();
    private final MemoryStore far = new MemoryStore();
    private final TieredBlobStore tiers = new TieredBlobStore(near, List.of(far));

    @Test
    void blobsAreStoredHereAndBehind() {
        Cid cid = tiers.put(CONTENT);
        assertThat(near.has(cid)).isTrue();
        assertThat(tiers.has(cid)).isTrue();
        assertThat(far.blocks).isEqualTo(near.blocks);
        assertThat(far.pins).containsExactly(cid);
        assertThat(near.pins).isEmpty();
        far.asked.clear();
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(far.asked).isEmpty();
    }

    @Test
    void whatCouldNotBeSentIsSentTheNextTime() {
        far.room = 2;
        assertFails(ErrorCode.STORE_FULL, () -> tiers.put(CONTENT));
        Cid cid = near.order.getLast();
        assertThat(tiers.has(cid)).isTrue();
        far.room = 5;
        assertThat(tiers.put(CONTENT)).isEqualTo(cid);
        assertThat(far.order).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void pinningFetchesKeepsAndSpreads() {
        MemoryStore other = new MemoryStore();
        TieredBlobStore both = new TieredBlobStore(near, List.of(far, other));
        Cid cid = far.put(CONTENT);
        both.pin(cid);
        assertThat(near.pins).containsExactly(cid);
        assertThat(other.blocks).isEqualTo(far.blocks);
        assertThat(both.pins()).containsExactly(cid);
        both.unpin(cid);
        assertThat(near.pins).isEmpty();
        assertThat(far.pins).isEmpty();
        assertThat(other.pins).isEmpty();
    }

    @Test
    void foldersAreBroughtBehindWhole(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("a"), CONTENT);
        Files.createDirectory(folder.resolve("empty"));
        List<Long> read = new ArrayList<>();
        Cid cid = tiers.putFolder(folder, read::add);
        assertThat(far.blocks).isEqualTo(near.blocks).containsKey(cid);
        long sent =
                far.blocks.values().stream().mapToLong(block -> block.length).sum();
        assertThat(read).isSorted().contains((long) CONTENT.length).last().isEqualTo(CONTENT.length + sent);
    }

    @Test
    void aFetchEndsWhenItsListenerSaysSo() {
        Cid cid = far.put(CONTENT);
        assertFails(
                ErrorCode.CANCELLED,
                () -> tiers.fetch(cid, bytes -> {
                    if (bytes > 2 * CHUNK) {
                        throw new StoppedException(ErrorCode.CANCELLED, "enough");
                    }
                }));
        assertThat(near.blocks).isNotEmpty().doesNotContainKey(cid);
    }

    @Test
    void closingClosesAll() {
        tiers.close();
        assertThat(near.closed).isTrue();
        assertThat(far.closed).isTrue();
    }

    @Test
    void whatIsReadFromAfarIsKeptHere() {
        Cid cid = far.put(CONTENT);
        assertThat(tiers.has(cid)).isFalse();
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(near.blocks).hasSize(4).doesNotContainKey(cid);
        far.asked.clear();
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(far.asked).containsExactly(cid);
    }

    @Test
    void aFetchBringsABlobForGood() {
        Cid cid = far.put(CONTENT);
        List<Long> progress = new ArrayList<>();
        tiers.fetch(cid, progress::add);
        assertThat(near.blocks).isEqualTo(far.blocks);
        assertThat(near.order.getLast()).isEqualTo(cid);
        assertThat(progress).hasSize(5).isSorted();
        far.blocks.clear();
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
    }

    @Test
    void aFetchGoesOnWhereItWas() {
        Cid cid = far.put(CONTENT);
        byte[] last = far.blocks.remove(far.order.get(3));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> tiers.fetch(cid, bytes -> {}));
        assertThat(near.blocks).hasSize(3).doesNotContainKey(cid);
        far.blocks.put(far.order.get(3), last);
        far.asked.clear();
        tiers.fetch(cid, bytes -> {});
        assertThat(far.asked).containsExactly(cid, far.order.get(3));
        assertThat(near.has(cid)).isTrue();
    }

    @Test
    void whatBlobsShareComesOnce() {
        byte[] longer = SampleContent.bytes("multiplicative", 4 * CHUNK);
        tiers.fetch(far.put(CONTENT), bytes -> {});
        far.asked.clear();
        tiers.fetch(far.put(longer), bytes -> {});
        assertThat(far.asked).hasSize(2);
    }

    @Test
    void sourcesThatLieOrFailAreMadeUpFor() {
        Cid cid = far.put(CONTENT);
        BlockSource liar = block -> Optional.of(new byte[] {1});
        BlockSource broken = block -> {
            throw new UnavailableException(ErrorCode.REMOTE_UNAVAILABLE, "it broke");
        };
        assertThat(over(liar, broken, far).read(cid, CONTENT.length)).isEqualTo(CONTENT);
        near.blocks.clear();
        assertFails(ErrorCode.REMOTE_MISMATCH, () -> over(liar, broken).open(cid));
        assertFails(ErrorCode.REMOTE_UNAVAILABLE, () -> over(broken).open(cid));
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> over().open(cid));
        assertThat(near.blocks).isEmpty();
    }

    private TieredBlobStore over(BlockSource... sources) {
        return new TieredBlobStore(
                near, Stream.of(sources).map(StorageTier::reading).toList());
    }

    @Test
    void aDamagedBlockHereIsReplacedFromAfar() {
        Cid cid = far.put(CONTENT);
        tiers.fetch(cid, bytes -> {});
        Cid leaf = far.order.getFirst();
        near.blocks.put(leaf, new byte[] {1});
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(near.blocks.get(leaf)).isEqualTo(far.blocks.get(leaf));
        near.blocks.put(leaf, new byte[] {1});
        far.blocks.clear();
        assertFails(ErrorCode.BLOB_CORRUPT, () -> tiers.open(cid).readAllBytes());
    }

    @Test
    void whatDoesNotFitIsReadAndNotKept() {
        Cid cid = far.put(CONTENT);
        near.room = 2;
        assertThat(tiers.read(cid, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(near.blocks).hasSize(2);
        assertFails(ErrorCode.STORE_FULL, () -> tiers.fetch(cid, bytes -> {}));
    }

    @Test
    void evictionMakesRoom() {
        Cid old = near.put(SampleContent.bytes("text", 10));
        near.evictable.add(old);
        near.room = 5;
        tiers.fetch(far.put(CONTENT), bytes -> {});
        assertThat(near.has(old)).isFalse();
        assertThat(near.blocks).hasSize(5);
    }

    @Test
    void aFetchWhoseFirstBlocksGoWhenItsLastComeFails() {
        Cid cid = far.put(CONTENT);
        near.room = 3;
        near.evictable.addAll(far.blocks.keySet());
        assertFails(ErrorCode.STORE_FULL, () -> tiers.fetch(cid, bytes -> {}));
    }

    /** A store that is full when it has as many blocks as there is room for. */
    private static final class MemoryStore implements BlockStore {
        private final Map<Cid, byte[]> blocks = new HashMap<>();
        private final List<Cid> order = new ArrayList<>();
        private final List<Cid> asked = Collections.synchronizedList(new ArrayList<>());
        private final Set<Cid> pins = new TreeSet<>();
        private final Set<Cid> evictable = new HashSet<>();
        private int room = Integer.MAX_VALUE;
        private boolean closed;

        @Override
        public void putBlock(Cid cid, byte[] block) {
            if (!blocks.containsKey(cid) && blocks.size() >= room) {
                throw new StorageException(ErrorCode.STORE_FULL, "full");
            }
            blocks.put(cid, block);
            order.add(cid);
        }

        @Override
        public boolean evict() {
            return blocks.keySet().removeAll(evictable);
        }

        @Override
        public Cid put(InputStream content) throws IOException {
            return UnixFsFile.write(content, this::take);
        }

        private void take(Cid cid, ByteBuffer block) {
            byte[] bytes = new byte[block.remaining()];
            block.duplicate().get(bytes);
            putBlock(cid, bytes);
        }

        @Override
        public boolean has(Cid cid) {
            return blocks.containsKey(cid);
        }

        @Override
        public Cid putFolder(Path folder, LongConsumer read) throws IOException {
            BlockSink sink = this::take;
            return UnixFsFolder.write(folder, sink.counting(read));
        }

        @Override
        public Cid importCar(InputStream car) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void pin(Cid cid) {
            Dag.walk(cid, this, below -> true);
            pins.add(cid);
        }

        @Override
        public void unpin(Cid cid) {
            pins.remove(cid);
        }

        @Override
        public List<Cid> pins() {
            return List.copyOf(pins);
        }

        @Override
        public Garbage findGarbage() {
            return new Garbage(0, 0);
        }

        @Override
        public Garbage collectGarbage(LongConsumer deleted) {
            return new Garbage(0, 0);
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public InputStream open(Cid cid) {
            return UnixFsFile.open(cid, this);
        }

        @Override
        public Optional<byte[]> block(Cid cid) {
            asked.add(cid);
            return Optional.ofNullable(blocks.get(cid));
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
