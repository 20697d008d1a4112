package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.BlockSink;
import io.dreamprotocol.core.storage.CarWriter;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from others to a store on the disk: each is named, and nothing of it stays. */
class HostileInputTest {
    private static final Duration NONE = Duration.ofSeconds(-1);

    @TempDir
    private Path parent;

    private Path folder;
    private FileBlobStore store;

    @BeforeEach
    void open() {
        folder = parent.resolve("blobs");
        store = FileBlobStore.open(folder);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        StoreChecks.assertNothingHalfWritten(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0178", // codec json
                "01b201", // a codec of two bytes
                "0172", // libp2p-key
                "0255", // version 2
            })
    void aCarWithABlockOfAnUnknownCodecIsRefused(String prefix) throws IOException {
        assertFails(ErrorCode.INVALID_CID, () -> store.importCar(carWithBlockOf(prefix + "1220" + "11".repeat(32))));
        assertThat(store.bytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "015500" + "2111111111111111111111111111111111111111111111111111111111111111", // identity
                "01551320" + "1111111111111111111111111111111111111111111111111111111111111111", // SHA-512
                "0155b22020" + "11111111111111111111111111111111111111111111111111111111111111", // BLAKE2b
                "0155121f" + "1111111111111111111111111111111111111111111111111111111111111111" // cut short
            })
    void aCarWithABlockOfAnUnknownHashIsRefused(String cid) throws IOException {
        assertThatThrownBy(() -> store.importCar(carWithBlockOf(cid)))
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.INVALID_CID, ErrorCode.MALFORMED_DATA));
        assertThat(store.bytes()).isZero();
    }

    /** A good block, and one whose CID is given in hexadecimal. */
    private static InputStream carWithBlockOf(String cid) throws IOException {
        byte[] good = {1, 2, 3};
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        CarWriter writer = new CarWriter(car, List.of(Cid.of(Cid.Codec.RAW, good)));
        writer.accept(Cid.of(Cid.Codec.RAW, good), ByteBuffer.wrap(good));
        byte[] name = HexFormat.of().parseHex(cid);
        car.write(name.length + 1);
        car.write(name);
        car.write(7);
        return new ByteArrayInputStream(car.toByteArray());
    }

    @Test
    void aNodeWithALinkOfAnUnknownKindIsNeitherReadNorPinned() {
        // PBNode { Links: [{ Hash: CIDv1 raw SHA-512 ... }] }
        byte[] node = HexFormat.of().parseHex("122a0a240155132011" + "11".repeat(31) + "12001801" + "0a020801");
        Cid cid = Cid.of(Cid.Codec.DAG_PB, node);
        store.putBlock(cid, node);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.open(cid));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.pin(cid));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> UnixFsFolder.list(cid, store));
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(1);
    }

    @Test
    void aCarThatIsCutOffAnywhereIsRefusedAndNothingOfItStays() throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            blocks.add(("block " + i).getBytes(StandardCharsets.UTF_8));
        }
        List<Cid> cids =
                blocks.stream().map(block -> Cid.of(Cid.Codec.RAW, block)).toList();
        byte[] root = DagCbor.encode(cids);
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        CarWriter writer = new CarWriter(car, List.of(Cid.of(Cid.Codec.DAG_CBOR, root)));
        writer.accept(Cid.of(Cid.Codec.DAG_CBOR, root), ByteBuffer.wrap(root));
        for (int i = 0; i < 20; i++) {
            writer.accept(cids.get(i), ByteBuffer.wrap(blocks.get(i)));
        }
        byte[] whole = car.toByteArray();
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> store.importCar(new ByteArrayInputStream(part)))
                    .isInstanceOfSatisfying(
                            DreamException.class,
                            e -> assertThat(e.code()).isIn(ErrorCode.MALFORMED_DATA, ErrorCode.BLOB_NOT_FOUND));
        }
        assertThat(StoreChecks.blocks(folder)).isEmpty();
        assertThat(store.pins()).isEmpty();
        assertThat(store.importCar(new ByteArrayInputStream(whole))).isEqualTo(Cid.of(Cid.Codec.DAG_CBOR, root));
    }

    @Test
    void aNodeThatLinksToItselfIsDamaged() throws IOException {
        // Nobody can make one whose hash is right, so it has another's name, and links to that.
        byte[] named = {1, 2, 3};
        Cid self = Cid.of(Cid.Codec.DAG_CBOR, DagCbor.encode(List.of("a node")));
        store.putBlock(self, DagCbor.encode(List.of("a node")));
        store.pin(self);
        Files.write(new Layout(folder).fileOf(self), DagCbor.encode(List.of(self)));
        Cid file = store.put(named);

        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.pin(self));
        assertFails(ErrorCode.STORE_CORRUPT, () -> store.collectGarbage(NONE));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> Dag.writeCar(self, store, OutputStream.nullOutputStream()));
        assertThat(store.verify()).containsExactly(self);
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        new CarWriter(car, List.of(self)).accept(self, ByteBuffer.wrap(DagCbor.encode(List.of(self))));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> store.importCar(new ByteArrayInputStream(car.toByteArray())));
        assertThat(store.read(file, 3)).isEqualTo(named);
        store.putBlock(self, DagCbor.encode(List.of("a node")));
    }

    /** How deep a DAG is; the integration test takes a million. */
    int depth() {
        return 30_000;
    }

    @Test
    void aDeepDagIsImportedPinnedAndCollectedWithoutAStack() throws Exception {
        int depth = depth();
        Path car = parent.resolve("deep.car");
        Cid top = writeDeep(car, depth);
        Throwable[] failure = new Throwable[1];
        Thread small = new Thread(
                null,
                () -> {
                    try (InputStream in = new BufferedInputStream(Files.newInputStream(car), 1 << 20)) {
                        assertThat(store.importCar(in)).isEqualTo(top);
                        assertThat(store.pins()).containsExactly(top);
                        assertThat(store.collectGarbage(NONE).blocks()).isZero();
                        assertFails(ErrorCode.INVALID_CID, () -> store.open(top));
                        store.unpin(top);
                        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(depth);
                    } catch (Throwable e) {
                        failure[0] = e;
                    }
                },
                "small stack",
                256 * 1024);
        small.start();
        small.join();
        assertThat(failure[0]).isNull();
        assertThat(store.bytes()).isZero();
    }

    /** Every block links to the one before; in the order of making, so that the root comes last. */
    private static Cid writeDeep(Path car, int depth) throws IOException {
        // The root is known when all is hashed, and the header comes first.
        Cid root = chain(depth, (cid, block) -> {});
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(car), 1 << 20)) {
            chain(depth, new CarWriter(out, List.of(root)));
        }
        return root;
    }

    private static Cid chain(int depth, BlockSink sink) throws IOException {
        byte[] block = DagCbor.encode("the end");
        Cid cid = Cid.of(Cid.Codec.DAG_CBOR, block);
        sink.accept(cid, ByteBuffer.wrap(block));
        for (int i = 1; i < depth; i++) {
            block = DagCbor.encode(List.of(cid));
            cid = Cid.of(Cid.Codec.DAG_CBOR, block);
            sink.accept(cid, ByteBuffer.wrap(block));
        }
        return cid;
    }

    @Test
    void aBombOfExabytesIsPinnedVerifiedAndCollectedAsTheFewBlocksThatItIs() throws IOException {
        byte[] leaf = new byte[1024];
        Cid top = Cid.of(Cid.Codec.RAW, leaf);
        store.putBlock(top, leaf);
        for (int level = 0; level < 20; level++) {
            byte[] node = DagCbor.encode(Collections.nCopies(1_000, top));
            top = Cid.of(Cid.Codec.DAG_CBOR, node);
            store.putBlock(top, node);
        }
        Cid bomb = top;
        store.pin(bomb);
        assertThat(store.verify()).isEmpty();
        assertThat(store.collectGarbage(NONE).blocks()).isZero();
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        Dag.writeCar(bomb, store, car);
        assertThat(car.size()).isLessThan(1_000_000);
        try (FileBlobStore other = FileBlobStore.open(parent.resolve("other"))) {
            assertThat(other.importCar(new ByteArrayInputStream(car.toByteArray())))
                    .isEqualTo(bomb);
        }
        store.unpin(bomb);
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(21);
    }

    @Test
    void aFileBombIsReadNoFurtherThanAllowed() throws IOException {
        byte[] zeros = new byte[UnixFsFile.CHUNK_BYTES];
        // A gibibyte of zeros is one leaf and a few nodes, and kept as such.
        Map<Cid, Boolean> blocks = new ConcurrentHashMap<>();
        Cid cid = store.put(new InputStream() {
            private long left = 1L << 30;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int count = (int) Math.min(length, left);
                Arrays.fill(target, offset, offset + count, (byte) 0);
                left -= count;
                return count == 0 && length > 0 ? -1 : count;
            }
        });
        Dag.walk(cid, store, below -> blocks.put(below, true) == null);
        assertThat(blocks).hasSizeLessThan(10).containsKey(Cid.of(Cid.Codec.RAW, zeros));
        assertThat(store.bytes()).isLessThan(400_000);
        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> store.read(cid, 1_000_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escape", "..", "a/../../escape", "/etc/cron.d/escape", "a\\b", "con", "A", "e\u0301"})
    void aFolderWithSuchANameIsKeptButNotExtracted(String name) throws IOException {
        byte[] content = {1};
        byte[] node = folderNode("a", "\u00e9", name);
        Cid root = Cid.of(Cid.Codec.DAG_PB, node);
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        CarWriter writer = new CarWriter(car, List.of(root));
        writer.accept(root, ByteBuffer.wrap(node));
        writer.accept(Cid.of(Cid.Codec.RAW, content), ByteBuffer.wrap(content));
        assertThat(store.importCar(new ByteArrayInputStream(car.toByteArray()))).isEqualTo(root);
        Path target = Files.createDirectory(parent.resolve("target")).resolve("a/b/folder");
        Files.createDirectories(target.getParent());
        assertFails(ErrorCode.MALFORMED_DATA, () -> UnixFsFolder.extract(root, target, 1_000, store));
        assertThat(target.getParent()).isEmptyDirectory();
        assertThat(parent.resolve("target/a/escape")).doesNotExist();
    }

    /** Two innocent names, and another, over the same file of one byte. */
    private static byte[] folderNode(String... names) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        for (String name : names) {
            byte[] cid = Cid.of(Cid.Codec.RAW, new byte[] {1}).toBytes().toArray();
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream link = new ByteArrayOutputStream();
            link.write(0x0a);
            link.write(cid.length);
            link.writeBytes(cid);
            link.write(0x12);
            link.write(utf8.length);
            link.writeBytes(utf8);
            link.writeBytes(new byte[] {0x18, 1});
            node.write(0x12);
            node.write(link.size());
            node.writeBytes(link.toByteArray());
        }
        node.writeBytes(new byte[] {0x0a, 2, 8, 1});
        return node.toByteArray();
    }

    @Test
    void namesThatDifferOnlyByCaseOrNormalisationAreNotImported() throws IOException {
        Path files = Files.createDirectory(parent.resolve("files"));
        for (Set<String> names : List.of(Set.of("a", "A"), Set.of("\u00e9", "e\u0301"))) {
            for (String name : names) {
                Files.write(files.resolve(name), new byte[] {1});
            }
            assertFails(ErrorCode.INVALID_REQUEST, () -> store.putFolder(files, read -> {}));
            for (String name : names) {
                Files.deleteIfExists(files.resolve(name));
            }
        }
        assertThat(store.pins()).isEmpty();
        assertThat(StoreChecks.blocks(folder)).isEmpty();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
