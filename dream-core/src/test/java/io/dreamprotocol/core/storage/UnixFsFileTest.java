package io.dreamprotocol.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixFsFileTest {
    private final Map<Cid, byte[]> blocks = new HashMap<>();
    private final List<Cid> fetched = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 33, 173 * 32, 174 * 32, 174 * 32 + 1, 174 * 174 * 32 + 33})
    void whatIsWrittenReadsBack(int size) throws IOException {
        byte[] content = SampleContent.bytes("multiplicative", size);
        Cid root = write(content);

        try (InputStream in = open(root)) {
            assertThat(in.readAllBytes()).isEqualTo(content);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[3])).isEqualTo(-1);
        }
        try (InputStream in = open(root)) {
            for (byte expected : content) {
                assertThat((byte) in.read()).isEqualTo(expected);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aStreamThatComesInDribsHasTheSameCid() throws IOException {
        byte[] content = SampleContent.bytes("multiplicative", 600_000);
        InputStream dribs = new ByteArrayInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + length % 7));
            }
        };
        assertThat(UnixFsFile.cidOf(dribs)).isEqualTo(UnixFsFile.cidOf(content));
    }

    @Test
    void theSinkGetsTheRootLastAndEveryBlockAfterThoseItLinksTo() throws IOException {
        List<Cid> order = new ArrayList<>();
        Cid root = UnixFsFile.write(new SampleContent("multiplicative", 600_000), (cid, block) -> {
            byte[] bytes = new byte[block.remaining()];
            block.get(bytes);
            assertThat(Cid.of(cid.codec(), bytes)).isEqualTo(cid);
            order.add(cid);
        });
        assertThat(order).hasSize(4).endsWith(root);
    }

    @Test
    void aFailingInputEndsTheImport() {
        InputStream failing = new FilterInputStream(new SampleContent("zeros", 1_000_000)) {
            private int left = 300_000;

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (left <= 0) {
                    throw new IOException("the cable was pulled");
                }
                int read = super.read(target, offset, Math.min(length, left));
                left -= read;
                return read;
            }
        };
        assertThatThrownBy(() -> UnixFsFile.cidOf(failing)).isInstanceOf(IOException.class);
    }

    @Test
    void aFileAboveTheLimitIsRefused() {
        UnixFsWriter writer = new UnixFsWriter(new UnixFsOptions(1, true, 32), 1_000, (cid, block) -> {});
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> writer.write(new SampleContent("zeros", 1_001)));
    }

    @Test
    void aFileAtTheLimitIsWritten() throws IOException {
        Cid root = new UnixFsWriter(new UnixFsOptions(1, true, 32), 1_000, this::keep)
                .write(new SampleContent("zeros", 1_000));
        assertThat(readAll(root)).hasSize(1_000);
    }

    @Test
    void blocksAreFetchedWhenTheirTurnComes() throws IOException {
        Cid root = write(SampleContent.bytes("multiplicative", 320));
        try (InputStream in = open(root)) {
            assertThat(fetched).containsExactly(root);
            assertThat(in.readNBytes(33)).hasSize(33);
            assertThat(fetched).hasSize(3);
        }
    }

    @Test
    void aMissingRootIsNotFound() {
        Cid missing = Cid.of(Cid.Codec.RAW, new byte[] {1});
        assertThatThrownBy(() -> open(missing))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_NOT_FOUND))
                .hasMessageContaining(missing.toString());
    }

    @Test
    void aMissingBlockIsNotFoundWhenItsTurnComesAndNothingBehindItIsGivenOut() throws IOException {
        Cid root = write(SampleContent.bytes("multiplicative", 320));
        blocks.remove(leaf(root, 2));
        try (InputStream in = open(root)) {
            assertThat(in.readNBytes(64)).isEqualTo(SampleContent.bytes("multiplicative", 64));
            assertFails(ErrorCode.BLOB_NOT_FOUND, in::read);
            assertFails(ErrorCode.BLOB_NOT_FOUND, in::read);
            assertFails(ErrorCode.BLOB_NOT_FOUND, in::readAllBytes);
        }
    }

    @Test
    void noByteOfADamagedBlockIsGivenOut() throws IOException {
        Cid root = write(SampleContent.bytes("multiplicative", 320));
        byte[] leaf = blocks.get(leaf(root, 3));
        leaf[31] ^= 1;
        try (InputStream in = open(root)) {
            assertThat(in.readNBytes(96)).hasSize(96);
            assertFails(ErrorCode.BLOB_CORRUPT, in::read);
            leaf[31] ^= 1;
            assertFails(ErrorCode.BLOB_CORRUPT, in::read);
        }
    }

    @Test
    void aDamagedRootIsFoundAtOnce() throws IOException {
        Cid root = write(SampleContent.bytes("multiplicative", 320));
        blocks.get(root)[5] ^= 1;
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(root));
    }

    @Test
    void aSourceThatGivesAnotherBlockIsCaught() throws IOException {
        Cid wanted = write(new byte[] {1});
        blocks.put(wanted, new byte[] {2});
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(wanted));
    }

    @Test
    void aSourceThatGivesWithoutEndIsCaught() {
        byte[] large = new byte[UnixFsFile.MAX_BLOCK_BYTES + 1];
        Cid cid = Cid.of(Cid.Codec.RAW, large);
        blocks.put(cid, large);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(cid));
    }

    @Test
    void theLargestBlockIsRead() throws IOException {
        byte[] large = new byte[UnixFsFile.MAX_BLOCK_BYTES];
        Cid cid = Cid.of(Cid.Codec.RAW, large);
        blocks.put(cid, large);
        assertThat(readAll(cid)).isEqualTo(large);
    }

    @Test
    void aPartOfAnotherSizeThanStatedIsCaught() {
        Cid leaf = keep(Cid.Codec.RAW, new byte[32]);
        Cid root = node(List.of(leaf, leaf), List.of(32L, 31L), 63, new byte[0]);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> readAll(root));

        Cid inner = node(List.of(leaf), List.of(32L), 32, new byte[0]);
        Cid outer = node(List.of(inner), List.of(33L), 33, new byte[0]);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> readAll(outer));
    }

    @Test
    void sizesThatDoNotAddUpAreCaught() {
        Cid leaf = keep(Cid.Codec.RAW, new byte[32]);
        for (Cid root : List.of(
                node(List.of(leaf), List.of(32L), 33, new byte[0]),
                node(List.of(leaf), List.of(32L), 32, new byte[1]),
                node(List.of(leaf, leaf), List.of(32L), 32, new byte[0]),
                node(List.of(leaf), List.of(16L, 16L), 32, new byte[0]),
                node(List.of(leaf, leaf), List.of(Long.MAX_VALUE, 2L), 1, new byte[0]))) {
            assertFails(ErrorCode.BLOB_CORRUPT, () -> open(root));
        }
    }

    @Test
    void bytesInANodeComeBeforeThoseOfItsParts() throws IOException {
        Cid leaf = keep(Cid.Codec.RAW, new byte[] {3, 4});
        Cid inner = node(List.of(leaf), List.of(2L), 3, new byte[] {2});
        Cid root = node(List.of(inner, leaf), List.of(3L, 2L), 6, new byte[] {1});
        assertThat(readAll(root)).containsExactly(1, 2, 3, 4, 3, 4);
    }

    @Test
    void anEmptyNodeIsAnEmptyFile() throws IOException {
        assertThat(readAll(node(List.of(), List.of(), 0, new byte[0]))).isEmpty();
    }

    @Test
    void emptyPartsThatCouldGoOnForeverAreRefused() {
        Cid empty = keep(Cid.Codec.RAW, new byte[0]);
        Cid root = node(Collections.nCopies(100, empty), Collections.nCopies(100, 0L), 0, new byte[0]);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(root));
    }

    @Test
    void aTreeAtTheDepthLimitIsReadAndADeeperOneIsRefused() throws IOException {
        Cid top = keep(Cid.Codec.RAW, new byte[1]);
        for (int depth = 0; depth < UnixFsFile.MAX_DEPTH; depth++) {
            top = node(List.of(top), List.of(1L), 1, new byte[0]);
        }
        assertThat(readAll(top)).hasSize(1);

        Cid deeper = node(List.of(top), List.of(1L), 1, new byte[0]);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> readAll(deeper));
    }

    @Test
    void aSmallDagOfExabytesIsRefusedByItsStatedSize() {
        Cid top = keep(Cid.Codec.RAW, new byte[1024]);
        long size = 1024;
        for (int level = 0; level < 5; level++) {
            size *= 1000;
            top = node(Collections.nCopies(1000, top), Collections.nCopies(1000, size / 1000), size, new byte[0]);
        }
        Cid bomb = top;
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> open(bomb));
    }

    @Test
    void aSmallDagThatGrowsToTheLimitIsReadNoFurtherThanAsked() throws IOException {
        Cid top = keep(Cid.Codec.RAW, new byte[1024]);
        long size = 1024;
        for (int level = 0; level < 3; level++) {
            size *= 1000;
            top = node(Collections.nCopies(1000, top), Collections.nCopies(1000, size / 1000), size, new byte[0]);
        }
        Cid bomb = top;
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> BlobStreams.readAll(bomb, open(bomb), 100_000));
        assertThat(fetched).hasSizeLessThan(200);
    }

    @Test
    void linksUpToTheLimitAreFollowed() throws IOException {
        Cid leaf = keep(Cid.Codec.RAW, new byte[1]);
        int max = UnixFsFile.MAX_LINKS;
        assertThat(readAll(node(Collections.nCopies(max, leaf), Collections.nCopies(max, 1L), max, new byte[0])))
                .hasSize(max);
        Cid wider = node(Collections.nCopies(max + 1, leaf), Collections.nCopies(max + 1, 1L), max + 1, new byte[0]);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(wider));
    }

    @Test
    void whatIsNoFileIsNamed() {
        Cid cbor = keep(Cid.Codec.DAG_CBOR, new byte[] {(byte) 0xF6});
        assertFails(ErrorCode.INVALID_CID, () -> open(cbor));
        Cid directory = node(new UnixFsNode(UnixFsNode.Type.DIRECTORY, Bytes.of(new byte[0]), 0, List.of(), 0));
        assertThatThrownBy(() -> open(directory)).hasMessageContaining("names a directory");
        assertFails(ErrorCode.INVALID_CID, () -> open(directory));
        Cid link = node(new UnixFsNode(UnixFsNode.Type.SYMLINK, Bytes.of(new byte[] {'/'}), 0, List.of(), 0));
        assertFails(ErrorCode.INVALID_CID, () -> open(link));
    }

    @Test
    void aNodeThatIsNoUnixFsNodeIsRefused() {
        Cid bare = keep(Cid.Codec.DAG_PB, new DagPbNode(List.of(), Optional.empty()).encode());
        assertFails(ErrorCode.BLOB_CORRUPT, () -> open(bare));
        for (byte[] data : List.of(
                new byte[0], // no type
                new byte[] {8, 9}, // no such type
                new byte[] {8, 2, 8, 2}, // twice
                new byte[] {18, 1, 0}, // bytes, no type
                new byte[] {8, 2, 18, 5, 0}, // ends early
                new byte[] {8, 2, 74, 0}, // unknown field
                new byte[] {8, (byte) 0x82, 0}, // a number in more bytes than needed
                new byte[] {8, 2, 34, 1, 1})) { // packed sizes
            Cid cid = keep(Cid.Codec.DAG_PB, new DagPbNode(List.of(), Optional.of(Bytes.of(data))).encode());
            assertFails(ErrorCode.BLOB_CORRUPT, () -> open(cid));
        }
    }

    @Test
    void modeAndTimeAreSkipped() throws IOException {
        byte[] data = {8, 2, 18, 1, 7, 24, 1, 56, (byte) 0xA4, 3, 66, 2, 8, 5};
        Cid cid = keep(Cid.Codec.DAG_PB, new DagPbNode(List.of(), Optional.of(Bytes.of(data))).encode());
        assertThat(readAll(cid)).containsExactly(7);
    }

    @Test
    void aClosedStreamGivesNothing() throws IOException {
        InputStream in = open(write(SampleContent.bytes("multiplicative", 320)));
        in.close();
        in.close();
        assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }

    @Test
    void blocksFetchedAheadAreGivenOutInTheirOrder() throws IOException {
        byte[] content = SampleContent.bytes("multiplicative", 174 * 174 * 32 + 33);
        Cid root = write(content);
        for (int ahead : new int[] {1, 3, 1000}) {
            try (InputStream in = UnixFsFile.open(root, this::block, ahead)) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (InputStream in = UnixFsFile.open(root, this::block, ahead)) {
                assertThat(in.read()).isEqualTo(content[0] & 0xFF);
                assertThat(in.transferTo(out)).isEqualTo(content.length - 1);
            }
            assertThat(out.toByteArray()).isEqualTo(Arrays.copyOfRange(content, 1, content.length));
        }
    }

    @Test
    void whatIsWrongAheadIsNamedWhenItsTurnComes() throws IOException {
        byte[] content = SampleContent.bytes("multiplicative", 320);
        Cid root = write(content);
        byte[] damaged = blocks.get(leaf(root, 5)).clone();
        damaged[3] ^= 1;
        blocks.put(leaf(root, 5), damaged);
        blocks.remove(leaf(root, 7));
        try (InputStream in = UnixFsFile.open(root, this::block, 8)) {
            assertThat(in.readNBytes(160)).isEqualTo(Arrays.copyOf(content, 160));
            assertFails(ErrorCode.BLOB_CORRUPT, in::read);
            assertFails(ErrorCode.BLOB_CORRUPT, in::readAllBytes);
        }
        blocks.put(leaf(root, 5), Arrays.copyOfRange(content, 160, 192));
        try (InputStream in = UnixFsFile.open(root, this::block, 8)) {
            assertThat(in.readNBytes(224)).isEqualTo(Arrays.copyOf(content, 224));
            assertFails(ErrorCode.BLOB_NOT_FOUND, in::read);
        }
    }

    @Test
    void noMoreIsFetchedAheadThanAllowedAndNothingForTheFirstBlock() throws IOException {
        Cid root = write(SampleContent.bytes("multiplicative", 3200));
        Set<Cid> asked = ConcurrentHashMap.newKeySet();
        BlockSource counting = cid -> {
            asked.add(cid);
            return block(cid);
        };
        try (InputStream in = UnixFsFile.open(root, counting, 4)) {
            assertThat(in.readNBytes(32)).hasSize(32);
            assertThat(asked).hasSize(2);
            assertThat(in.readNBytes(32)).hasSize(32);
            assertThat(asked).hasSizeLessThanOrEqualTo(6);
        }
    }

    private Optional<byte[]> block(Cid cid) {
        return Optional.ofNullable(blocks.get(cid));
    }

    private Cid write(byte[] content) throws IOException {
        return new UnixFsWriter(new UnixFsOptions(1, true, 32), UnixFsFile.MAX_FILE_BYTES, this::keep)
                .write(new ByteArrayInputStream(content));
    }

    private void keep(Cid cid, ByteBuffer block) {
        byte[] bytes = new byte[block.remaining()];
        block.get(bytes);
        blocks.put(cid, bytes);
    }

    private Cid keep(Cid.Codec codec, byte[] block) {
        Cid cid = Cid.of(codec, block);
        blocks.put(cid, block);
        return cid;
    }

    private Cid node(UnixFsNode file) {
        return keep(Cid.Codec.DAG_PB, new DagPbNode(List.of(), Optional.of(Bytes.of(file.encode()))).encode());
    }

    private Cid node(List<Cid> children, List<Long> sizes, long fileSize, byte[] data) {
        UnixFsNode file = new UnixFsNode(UnixFsNode.Type.FILE, Bytes.of(data), fileSize, sizes, 0);
        List<DagPbNode.Link> links =
                children.stream().map(cid -> new DagPbNode.Link(cid, "", 1)).toList();
        return keep(Cid.Codec.DAG_PB, new DagPbNode(links, Optional.of(Bytes.of(file.encode()))).encode());
    }

    private Cid leaf(Cid root, int index) {
        return DagPbNode.decode(blocks.get(root), UnixFsFile.MAX_LINKS)
                .links()
                .get(index)
                .cid();
    }

    private InputStream open(Cid root) {
        return UnixFsFile.open(root, cid -> {
            fetched.add(cid);
            return Optional.ofNullable(blocks.get(cid));
        });
    }

    private byte[] readAll(Cid root) throws IOException {
        try (InputStream in = open(root)) {
            return in.readAllBytes();
        }
    }

    private interface Call {
        Object run() throws IOException;
    }

    private static void assertFails(ErrorCode code, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
