package io.dreamprotocol.core.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StyleFetcherTest {
    private static final ModelKey KEY = ModelKey.generate();
    private static final Optional<ModelKey> OPEN = Optional.empty();
    private static final String MODEL = "unet/model.safetensors";

    @TempDir
    Path folder;

    private final FakeStore store = new FakeStore();
    private final byte[] config = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
    private final byte[] weights = content((3 << 20) + 77);

    private static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static ModelFile file(String path, byte[] content) {
        return new ModelFile(path, content.length, Bytes.sha256(content));
    }

    private static StyleManifest manifest(boolean sealed, StyleFile... files) {
        return new StyleManifest(
                "gloss",
                StyleKind.CHECKPOINT,
                "stable-diffusion-1",
                "",
                List.of(),
                List.of(),
                "MIT",
                List.of(files),
                List.of(),
                sealed);
    }

    private StyleManifest open() {
        return manifest(
                false,
                new StyleFile(file("model_index.json", config), store.put(config)),
                new StyleFile(file(MODEL, weights), store.put(weights)));
    }

    private StyleFile seal(String path, byte[] content) {
        try (InputStream in = SealedFile.seal(new ByteArrayInputStream(content), file(path, content), KEY)) {
            return new StyleFile(file(path, content), store.put(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private StyleManifest sealed() {
        return manifest(true, seal("model_index.json", config), seal(MODEL, weights));
    }

    private StyleFetcher fetcher() {
        return new StyleFetcher(store, folder);
    }

    private Path fetch(StyleManifest manifest, Optional<ModelKey> key) {
        return fetcher().fetch(manifest, key, new Cancellation());
    }

    /** What lies in the folder besides the lock files. */
    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith(".locks")).toList();
        }
    }

    private Path part(StyleManifest manifest) {
        return folder.resolve("." + manifest.cid() + ".part").resolve(MODEL);
    }

    @Test
    void anOpenModelIsFetchedOnce() throws Exception {
        StyleManifest manifest = open();

        Path fetched = fetch(manifest, OPEN);

        assertThat(fetched).isEqualTo(folder.resolve(manifest.cid().toString()));
        assertThat(fetched.resolve("model_index.json")).hasBinaryContent(config);
        assertThat(fetched.resolve(MODEL)).hasBinaryContent(weights);
        assertThat(left()).containsExactly(fetched);
        int opened = store.opened;
        assertThat(fetch(manifest, OPEN)).isEqualTo(fetched);
        assertThat(store.opened).isEqualTo(opened);
    }

    @Test
    void aSealedModelIsOpenedWithItsKey() throws Exception {
        StyleManifest manifest = sealed();

        assertFails(ErrorCode.LICENCE_MISSING, () -> fetch(manifest, OPEN));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> fetch(manifest, Optional.of(ModelKey.generate())));
        assertThat(left()).isEmpty();
        Path fetched = fetch(manifest, Optional.of(KEY));
        assertThat(fetched.resolve(MODEL)).hasBinaryContent(weights);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fetched)))
                .isEqualTo("rwx------");
    }

    @Test
    void emptyFilesAreFetchedToo() {
        StyleManifest open = manifest(false, new StyleFile(file("empty.txt", new byte[0]), store.put(new byte[0])));
        assertThat(fetch(open, OPEN).resolve("empty.txt")).isEmptyFile();
        StyleManifest closed = manifest(true, seal("empty.txt", new byte[0]));
        assertThat(fetch(closed, Optional.of(KEY)).resolve("empty.txt")).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, 1_000_000, 2_500_000, 3_145_800})
    void whatBrokeOffGoesOn(long after) throws Exception {
        for (StyleManifest manifest : List.of(open(), sealed())) {
            Optional<ModelKey> key = manifest.sealed() ? Optional.of(KEY) : OPEN;
            store.breaksAfter = after;
            assertFails(ErrorCode.STORE_FAILED, () -> fetch(manifest, key));
            store.breaksAfter = Long.MAX_VALUE;
            assertThat(fetch(manifest, key).resolve(MODEL)).hasBinaryContent(weights);
        }
        assertThat(left()).hasSize(2);
    }

    @Test
    void whatIsWholeIsNotReadAgain() throws Exception {
        StyleManifest manifest = open();
        byte[] blob = store.blobs.remove(manifest.files().getLast().cid());
        assertFails(ErrorCode.BLOB_NOT_FOUND, () -> fetch(manifest, OPEN));
        store.blobs.put(manifest.files().getLast().cid(), blob);
        int opened = store.opened;

        fetch(manifest, OPEN);

        assertThat(store.opened).isEqualTo(opened + 1);
    }

    @Test
    void bytesThatACrashLeftWrongAreFetchedAgain() throws Exception {
        for (StyleManifest manifest : List.of(open(), sealed())) {
            for (int size : new int[] {2 * SealedFile.SEGMENT_BYTES, weights.length, weights.length + 5}) {
                Files.createDirectories(part(manifest).getParent());
                Files.write(part(manifest), new byte[size]);
                Path fetched = fetch(manifest, manifest.sealed() ? Optional.of(KEY) : OPEN);
                assertThat(fetched.resolve(MODEL)).hasBinaryContent(weights);
                fetcher().remove(manifest, new Cancellation());
                assertThat(left()).isEmpty();
            }
        }
    }

    @Test
    void aWrongHashIsNamedAndNothingIsLeft() throws Exception {
        byte[] other = weights.clone();
        other[5] ^= 1;
        Cid cid = store.put(other);
        StyleManifest manifest = manifest(false, new StyleFile(file(MODEL, weights), cid));

        assertThatThrownBy(() -> fetch(manifest, OPEN))
                .hasMessageContaining(cid.toString())
                .hasMessageContaining(MODEL);
        assertFails(ErrorCode.MODEL_FILE_CORRUPT, () -> fetch(manifest, OPEN));
        assertThat(left()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 100_000})
    void anotherSizeIsNamedAndNothingIsLeft(int more) throws Exception {
        Cid cid = store.put(Arrays.copyOf(weights, weights.length + more));
        StyleManifest manifest = manifest(false, new StyleFile(file(MODEL, weights), cid));

        assertFails(ErrorCode.MODEL_FILE_CORRUPT, () -> fetch(manifest, OPEN));
        assertThat(left()).isEmpty();
    }

    @Test
    void aSealedFileThatIsNotAsStatedIsNamedAndNothingIsLeft() throws Exception {
        StyleFile right = seal(MODEL, weights);
        byte[] changed = store.read(right.cid(), Integer.MAX_VALUE);
        changed[changed.length - 20] ^= 1;
        StyleManifest damaged = manifest(true, new StyleFile(right.file(), store.put(changed)));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> fetch(damaged, Optional.of(KEY)));
        StyleManifest other = manifest(true, new StyleFile(file("other.safetensors", weights), right.cid()));
        assertFails(ErrorCode.BLOB_CORRUPT, () -> fetch(other, Optional.of(KEY)));
        StyleManifest open = manifest(true, new StyleFile(right.file(), store.put(weights)));
        assertFails(ErrorCode.MALFORMED_DATA, () -> fetch(open, Optional.of(KEY)));
        assertThat(left()).isEmpty();
    }

    @Test
    void aBlobWithoutEndIsLeftAtTheStatedSize() throws Exception {
        Cid cid = store.put(new byte[1]);
        StyleFetcher fetcher = new StyleFetcher(
                asked -> new InputStream() {
                    @Override
                    public int read() {
                        return 7;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        return length;
                    }
                },
                folder);
        StyleManifest manifest = manifest(false, new StyleFile(file(MODEL, weights), cid));

        assertFails(ErrorCode.MODEL_FILE_CORRUPT, () -> fetcher.fetch(manifest, OPEN, new Cancellation()));
        assertThat(left()).isEmpty();
    }

    @Test
    void modelsBeyondTheLimitAreRefusedBeforeAByteIsRead() throws Exception {
        ModelFile half = new ModelFile("a", Long.MAX_VALUE / 2 + 1, Bytes.sha256(new byte[0]));
        ModelFile other = new ModelFile("b", Long.MAX_VALUE / 2 + 1, Bytes.sha256(new byte[0]));
        Cid cid = store.put(new byte[1]);
        StyleManifest huge = manifest(false, new StyleFile(half, cid), new StyleFile(other, cid));

        assertFails(ErrorCode.BLOB_TOO_LARGE, () -> fetch(huge, OPEN));
        assertFails(
                ErrorCode.BLOB_TOO_LARGE,
                () -> new StyleFetcher(store, folder, weights.length).fetch(open(), OPEN, new Cancellation()));
        assertFails(
                ErrorCode.STORE_FULL,
                () -> new StyleFetcher(store, folder, Long.MAX_VALUE)
                        .fetch(manifest(false, new StyleFile(half, cid)), OPEN, new Cancellation()));
        assertThat(store.opened).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a//b",
                "./a",
                "a/.",
                "C:/a",
                "a/b:stream",
                "nul",
                "a/CON.json",
                "a.",
                "a /b",
                "a\nb",
                "a*",
                "a\u0000b",
                "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"
            })
    void pathsThatMeanSomethingElseSomewhereAreRefused(String path) throws Exception {
        Cid cid = store.put(config);

        assertFails(
                ErrorCode.INVALID_MANIFEST, () -> fetch(manifest(false, new StyleFile(file(path, config), cid)), OPEN));
        assertThat(left()).isEmpty();
    }

    @Test
    void aFileIsNoFolder() {
        StyleManifest manifest = manifest(
                false,
                new StyleFile(file("a", config), store.put(config)),
                new StyleFile(file("a/b", config), store.put(config)));
        assertFails(ErrorCode.INVALID_MANIFEST, () -> fetch(manifest, OPEN));
        StyleManifest folded = manifest(
                false,
                new StyleFile(file("dir/a", config), store.put(config)),
                new StyleFile(file("DIR/b", config), store.put(config)));
        assertFails(ErrorCode.INVALID_MANIFEST, () -> fetch(folded, OPEN));
    }

    @Test
    void aPickleUnderAnotherNameIsRefused() throws Exception {
        for (byte[] pickle : List.of(new byte[] {(byte) 0x80, 2, 'c', 'o'}, new byte[] {'P', 'K', 3, 4, 0})) {
            StyleManifest manifest = manifest(false, new StyleFile(file("model.onnx", pickle), store.put(pickle)));
            assertFails(ErrorCode.INVALID_MANIFEST, () -> fetch(manifest, OPEN));
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void aLinkInTheWayIsNotFollowed(@TempDir Path elsewhere) throws Exception {
        StyleManifest manifest = open();
        Path victim = Files.writeString(elsewhere.resolve("victim"), "precious");
        Files.createDirectories(part(manifest).getParent());
        Files.createSymbolicLink(part(manifest), victim);

        assertThatThrownBy(() -> fetch(manifest, OPEN)).isInstanceOf(DreamException.class);
        assertThat(victim).hasContent("precious");
    }

    @Test
    void aFileThatWasChangedIsNamed() throws Exception {
        StyleManifest manifest = open();
        Path fetched = fetch(manifest, OPEN);
        Files.write(fetched.resolve(MODEL), new byte[3]);

        assertFails(ErrorCode.MODEL_FILE_CORRUPT, () -> fetch(manifest, OPEN));
        fetcher().remove(manifest, new Cancellation());
        assertThat(fetch(manifest, OPEN).resolve(MODEL)).hasBinaryContent(weights);
    }

    @Test
    void aStoppedFetchLeavesWhatItHas() {
        StyleManifest manifest = open();
        Cancellation stopped = new Cancellation();
        stopped.cancel();
        assertFails(ErrorCode.CANCELLED, () -> fetcher().fetch(manifest, OPEN, stopped));
        assertThat(folder.resolve(manifest.cid().toString())).doesNotExist();
    }

    @Test
    void manyAtOnceFetchItOnce() throws Exception {
        StyleManifest manifest = open();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Path>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                calls.add(() -> fetch(manifest, OPEN));
            }
            for (Future<Path> path : threads.invokeAll(calls)) {
                assertThat(path.get().resolve(MODEL)).hasBinaryContent(weights);
            }
        }
        assertThat(store.opened).isEqualTo(2);
        assertThat(left()).hasSize(1);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .hasMessageNotContaining("\n");
    }
}
