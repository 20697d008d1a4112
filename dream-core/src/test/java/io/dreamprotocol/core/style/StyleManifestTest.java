package io.dreamprotocol.core.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.storage.Cid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StyleManifestTest {
    private static final Cid ANY = Cid.of(Cid.Codec.RAW, new byte[0]);

    private static StyleFile file(String path, long size) {
        return new StyleFile(new ModelFile(path, size, Bytes.sha256(path.getBytes(StandardCharsets.UTF_8))), ANY);
    }

    private static StyleManifest manifest(String name, String description, StyleFile... files) {
        return manifest(name, "stable-diffusion-1", description, List.of("ink style"), "MIT", files);
    }

    private static StyleManifest manifest(
            String name,
            String architecture,
            String description,
            List<String> words,
            String licence,
            StyleFile... files) {
        return new StyleManifest(
                name,
                StyleKind.LORA,
                architecture,
                description,
                words,
                List.of("tag"),
                licence,
                List.of(files),
                List.of(ANY),
                true);
    }

    private static StyleManifest good() {
        return manifest("ink-wash_2.1", "Soft\ngrey", file("a/ink.safetensors", 9), file("config.json", 9));
    }

    private static void assertWrong(ThrowingCallable call) {
        DreamException refusal = catchThrowableOfType(DreamException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_MANIFEST);
        assertThat(refusal).hasMessageNotContaining("\n");
    }

    @Test
    void theEncodingCanBeReadAgain() {
        StyleManifest manifest = good();

        assertThat(StyleManifest.decode(manifest.encode())).isEqualTo(manifest);
        assertThat(StyleManifest.decode(manifest.encode()).cid()).isEqualTo(manifest.cid());
    }

    @Test
    void theLargestFileIsThePrincipalOneAndOfEqualsTheFirst() {
        assertThat(good().principal().path()).isEqualTo("a/ink.safetensors");
        assertThat(manifest("a", "", file("b", 1), file("a", 2), file("c", 1))
                        .principal()
                        .path())
                .isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "-a", ".a", "a b", "a/b", "\u00E4", "a:b", "a\n"})
    void aNameHasTheLettersThatPromptsUse(String name) {
        assertWrong(() -> manifest(name, "", file("a", 1)));
        assertWrong(() -> manifest("a".repeat(65), "", file("a", 1)));
        assertThat(manifest("a".repeat(64), "", file("a", 1)).name()).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"m.ckpt", "m.pt", "m.PTH", "m.Bin", "m.pkl", "dir/m.pickle", "m.ckpt/", "m.ckpt/.", "./m.pt/"})
    void picklesAreRefusedHoweverTheyAreWritten(String path) {
        assertWrong(() -> manifest("a", "", file(path, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a//b", "./a", "a/", "a/./b", ".", "a\nb", "a\u0000", "a\u0085b"})
    void aPathHasOneWayToBeWritten(String path) {
        assertWrong(() -> manifest("a", "", file(path, 1)));
    }

    @Test
    void aPathOfHalfALetterIsRefused() {
        StyleFile broken = new StyleFile(new ModelFile("a\uD800", 1, Bytes.sha256(new byte[0])), ANY);

        assertWrong(() -> manifest("a", "", broken));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "../up", "a/../../up", "a/..", "a\\..\\b"})
    void aPathThatClimbsOutCannotBe(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> file(path, 1));
    }

    @Test
    void aReadManifestWhoseFileClimbsOutIsRefused() {
        byte[] encoded = good().encode();
        byte[] from = "a/ink".getBytes(StandardCharsets.US_ASCII);
        byte[] to = "../nk".getBytes(StandardCharsets.US_ASCII);
        int at = IntStream.range(0, encoded.length)
                .filter(i ->
                        Arrays.equals(Arrays.copyOfRange(encoded, i, Math.min(encoded.length, i + from.length)), from))
                .findFirst()
                .orElseThrow();
        System.arraycopy(to, 0, encoded, at, to.length);

        DreamException refusal = catchThrowableOfType(DreamException.class, () -> StyleManifest.decode(encoded));
        assertThat(refusal.code()).isEqualTo(ErrorCode.MALFORMED_DATA);
    }

    @Test
    void twoFilesHaveTwoPathsWhateverTheCase() {
        assertWrong(() -> manifest("a", "", file("a.safetensors", 1), file("A.safetensors", 2)));
        assertWrong(() -> manifest("a", ""));
    }

    @Test
    void textsHaveTheirLimits() {
        StyleFile one = file("a", 1);
        assertWrong(() -> manifest("a", "x".repeat(2001), one));
        assertWrong(() -> manifest("a", "tab\there", one));
        assertWrong(() -> manifest("a", "\uDC00", one));
        assertWrong(() -> manifest("a", "SD 1", "", List.of(), "MIT", one));
        assertWrong(() -> manifest("a", "sd", "", List.of(), " ", one));
        assertWrong(() -> manifest("a", "sd", "", List.of(), "x".repeat(201), one));
        assertWrong(() -> manifest("a", "sd", "", List.of(""), "MIT", one));
        assertWrong(() -> manifest("a", "sd", "", List.of("x".repeat(65)), "MIT", one));
        assertWrong(() -> manifest("a", "sd", "", Collections.nCopies(StyleManifest.MAX_WORDS + 1, "x"), "MIT", one));
    }

    @Test
    void filesAndPreviewsHaveTheirLimits() {
        List<StyleFile> many = IntStream.rangeClosed(0, StyleManifest.MAX_FILES)
                .mapToObj(number -> file("f" + number, 1))
                .toList();
        assertWrong(() -> manifest("a", "", many.toArray(StyleFile[]::new)));
        assertWrong(() -> new StyleManifest(
                "a",
                StyleKind.LORA,
                "sd",
                "",
                List.of(),
                List.of(),
                "MIT",
                List.of(file("a", 1)),
                Collections.nCopies(StyleManifest.MAX_PREVIEWS + 1, ANY),
                false));
    }

    @Test
    void bytesThatAreNoManifestAreRefused() {
        Map<String, Object> later = new LinkedHashMap<>(Map.of("version", 2L, "name", "a"));
        byte[] cut = Arrays.copyOf(good().encode(), good().encode().length - 1);

        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {1, 2, 3},
                DagCbor.encode(List.of()),
                DagCbor.encode(later),
                cut,
                new byte[StyleManifest.MAX_BYTES + 1])) {
            DreamException refusal = catchThrowableOfType(DreamException.class, () -> StyleManifest.decode(bytes));
            assertThat(refusal).isNotNull();
            assertThat(refusal.code()).isEqualTo(ErrorCode.MALFORMED_DATA);
        }
    }

    @Test
    void everyKindHasAName() {
        for (StyleKind kind : StyleKind.values()) {
            assertThat(StyleKind.of(kind.id())).isEqualTo(kind);
        }
        DreamException refusal = catchThrowableOfType(DreamException.class, () -> StyleKind.of("LoRA"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }
}
