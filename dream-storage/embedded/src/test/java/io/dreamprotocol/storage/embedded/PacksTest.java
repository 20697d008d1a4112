package io.dreamprotocol.storage.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.storage.testkit.SampleStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PacksTest {
    private static final int CHUNK = UnixFsFile.CHUNK_BYTES;
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
        assertThat(new Layout(folder).writing()).isEmptyDirectory();
    }

    @Test
    void aLargeBlobIsOnePackAndASmallOneFiles() throws IOException {
        Cid large = store.put(new SampleStream(20L * CHUNK));
        assertThat(packs()).hasSize(1);
        assertThat(StoreChecks.blockFiles(folder)).isEmpty();
        store.put(new SampleStream(5L * CHUNK + 1));
        assertThat(packs()).hasSize(1);
        assertThat(store.read(large, 20 * CHUNK)).isEqualTo(SampleStream.bytes(20 * CHUNK));
    }

    @Test
    void manySmallFilesOfAFolderAreOnePack() throws IOException {
        Path files = Files.createDirectory(parent.resolve("files"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(files.resolve("file " + i), "content " + i);
        }
        store.putFolder(files, read -> {});
        assertThat(packs()).hasSize(1);
        assertThat(StoreChecks.blocks(folder)).hasSize(101);
        assertThat(StoreChecks.blockFiles(folder)).isEmpty();
    }

    @Test
    void aBlobStoredAgainAddsNothing() throws IOException {
        byte[] content = random(20 * CHUNK);
        store.put(content);
        long before = store.bytes();
        store.put(content);
        store.put(Arrays.copyOf(content, 18 * CHUNK));
        assertThat(store.bytes()).isBetween(before, before + 2_000);
    }

    @Test
    void whatAnotherStoreAddsIsSeenAtOnce() {
        try (FileBlobStore other = FileBlobStore.open(folder, Long.MAX_VALUE, PackedBlobStoreContractTest.ALWAYS)) {
            for (int i = 0; i < 50; i++) {
                byte[] content = random(1000);
                assertThat(store.has(UnixFsFile.cidOf(content))).isFalse();
                Cid cid = other.put(content);
                assertThat(store.read(cid, 1000)).isEqualTo(content);
                other.collectGarbage(NONE);
                assertThat(store.has(cid)).isFalse();
            }
        }
    }

    @Test
    void aReaderGoesOnWhenItsPackIsWrittenAnew() throws IOException {
        byte[] content = random(40 * CHUNK);
        Cid kept = store.put(content);
        store.pin(UnixFsFile.cidOf(content));
        try (var in = store.open(kept)) {
            assertThat(in.readNBytes(5 * CHUNK)).isEqualTo(Arrays.copyOf(content, 5 * CHUNK));
            new Tampering(folder).remove(Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK)));
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 5 * CHUNK, content.length));
        }
    }

    @Test
    void aPackOfWhichMuchIsCollectedBecomesSmaller() throws IOException {
        byte[] content = random(20 * CHUNK);
        store.put(content);
        Cid leaf = Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK));
        store.pin(leaf);
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(20);
        assertThat(store.bytes()).isEqualTo(CHUNK);
        assertThat(StoreChecks.blocks(folder)).containsExactly(leaf);
        assertThat(store.read(leaf, CHUNK)).isEqualTo(Arrays.copyOf(content, CHUNK));
    }

    @Test
    void aPackOfWhichLittleIsCollectedStaysAndHidesIt() throws IOException {
        byte[] content = random(40 * CHUNK);
        Cid whole = store.put(content);
        for (int i = 0; i < 39; i++) {
            store.pin(Cid.of(Cid.Codec.RAW, Arrays.copyOfRange(content, i * CHUNK, (i + 1) * CHUNK)));
        }
        assertThat(store.collectGarbage(NONE).blocks()).isEqualTo(2);
        assertThat(store.has(whole)).isFalse();
        assertThat(StoreChecks.blocks(folder)).hasSize(39);
        assertThat(store.bytes()).isGreaterThan(40 * CHUNK);
        assertThat(store.put(content)).isEqualTo(whole);
        assertThat(store.read(whole, content.length)).isEqualTo(content);
    }

    @Test
    void whatABrokenOffCollectionLeftTwiceIsCollected() throws IOException {
        byte[] content = random(20 * CHUNK);
        Cid cid = store.put(content);
        store.pin(cid);
        Path first = packs().getFirst();
        Path second = Files.createDirectory(first.resolveSibling("z"));
        Files.copy(Pack.data(first), Pack.data(second));
        Files.copy(Pack.index(first), Pack.index(second));
        // The copy of a block that is damaged is not the one to keep.
        Cid damaged = Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK));
        new Tampering(folder).damage(damaged);

        store.collectGarbage(NONE);
        assertThat(store.bytes()).isLessThan(23L * CHUNK);
        store.put(content);
        assertThat(store.read(cid, content.length)).isEqualTo(content);
    }

    @Test
    void aBlockRepairedOutsideItsPackIsInPlaceOfIt() throws IOException {
        byte[] content = random(20 * CHUNK);
        Cid cid = store.put(content);
        store.pin(cid);
        Cid damaged = Cid.of(Cid.Codec.RAW, Arrays.copyOf(content, CHUNK));
        new Tampering(folder).damage(damaged);
        assertThat(store.verify()).containsExactly(damaged);
        store.put(content);
        assertThat(store.verify()).isEmpty();
        assertThat(StoreChecks.blockFiles(folder)).hasSize(1);

        assertThat(store.collectGarbage(NONE).blocks()).isZero();
        assertThat(new BlockFiles(new Layout(folder)).packed()).hasSize(20).doesNotContain(damaged);
        assertThat(store.read(cid, content.length)).isEqualTo(content);
        assertThat(store.verify()).isEmpty();
    }

    @Test
    void aPackWithADamagedIndexIsMissingUntilItIsStoredAgain() throws IOException {
        byte[] content = random(20 * CHUNK);
        Cid cid = store.put(content);
        store.pin(cid);
        Path index = Pack.index(packs().getFirst());
        byte[] bytes = Files.readAllBytes(index);
        for (int at : new int[] {0, 9, 20, 40, bytes.length - 1}) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            Files.write(index, changed);
            assertMissing(cid);
        }
        Files.write(index, Arrays.copyOf(bytes, bytes.length - 45));
        assertMissing(cid);
        Files.write(index, new byte[0]);
        assertMissing(cid);

        try (FileBlobStore again = FileBlobStore.open(folder)) {
            again.put(content);
            assertThat(again.verify()).isEmpty();
            again.collectGarbage(NONE);
            assertThat(again.read(cid, content.length)).isEqualTo(content);
        }
        assertThat(packs()).hasSize(1);
    }

    private void assertMissing(Cid cid) {
        try (FileBlobStore fresh = FileBlobStore.open(folder)) {
            assertThat(fresh.has(cid)).isFalse();
            assertThat(fresh.verify()).containsExactly(cid);
            assertThatThrownBy(() -> fresh.collectGarbage(NONE))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT));
        }
    }

    @Test
    void aLinkInPlaceOfThePacksIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        store.put(random(10));
        Files.createSymbolicLink(folder.resolve("packs"), elsewhere);
        assertThatThrownBy(() -> store.put(new SampleStream(20L * CHUNK)))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FAILED));
        assertThat(elsewhere).isEmptyDirectory();
        Files.delete(folder.resolve("packs"));
    }

    @Test
    void aBlobThatFillsSeveralPacksIsRead() throws IOException {
        byte[] content = random(20 * CHUNK + 5);
        try (FileBlobStore small =
                FileBlobStore.open(folder, Long.MAX_VALUE, new BlobWrite.PackSizes(2, 2, 3 * CHUNK))) {
            Cid cid = small.put(new ByteArrayInputStream(content));
            assertThat(packs()).hasSize(7);
            assertThat(small.read(cid, content.length)).isEqualTo(content);
        }
    }

    private List<Path> packs() throws IOException {
        Path packs = folder.resolve("packs");
        if (!Files.exists(packs)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(packs)) {
            return entries.sorted().toList();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
