package io.dreamprotocol.inference.diffusion.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledModelsTest {
    private static final String INDEX = "{}";
    private static final String WEIGHTS = "weights";

    @TempDir
    private Path classPath;

    @TempDir
    private Path cache;

    private URLClassLoader loader;

    @BeforeEach
    void writeArtifact() throws IOException {
        write("models/tiny/model_index.json", INDEX);
        write("models/tiny/unet/model.onnx", WEIGHTS);
        writeManifest("tiny", entry("unet/model.onnx", WEIGHTS) + "," + entry("model_index.json", INDEX));
        loader = new URLClassLoader(new URL[] {classPath.toUri().toURL()}, null);
    }

    @AfterEach
    void closeLoader() throws IOException {
        loader.close();
    }

    @Test
    void aModelIsUnpackedOnceAndFoundAgain() throws IOException {
        BundledModels models = BundledModels.of(loader);
        assertThat(models.names()).containsExactly("tiny");
        assertThat(models.files("tiny")).hasSize(2);

        Path folder = models.unpack("tiny", cache);
        Files.setLastModifiedTime(folder.resolve("unet/model.onnx"), FileTime.fromMillis(0));

        assertThat(models.unpack("tiny", cache)).isEqualTo(folder);
        assertThat(folder.resolve("unet/model.onnx")).hasContent(WEIGHTS);
        assertThat(Files.getLastModifiedTime(folder.resolve("unet/model.onnx")).toMillis())
                .isZero();
        assertOnly(folder);
    }

    @Test
    void unpackingAtTheSameTimeGivesOneWholeCopy() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            List<Future<Path>> copies = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                copies.add(executor.submit(() -> BundledModels.of(loader).unpack("tiny", cache)));
            }
            for (Future<Path> copy : copies) {
                assertThat(copy.get().resolve("unet/model.onnx")).hasContent(WEIGHTS);
            }
            assertOnly(copies.getFirst().get());
        }
    }

    @Test
    void aDamagedCopyIsReplaced() throws IOException {
        BundledModels models = BundledModels.of(loader);
        Path folder = models.unpack("tiny", cache);
        Files.writeString(folder.resolve("unet/model.onnx"), "");

        assertThat(models.unpack("tiny", cache)).isEqualTo(folder);
        assertThat(folder.resolve("unet/model.onnx")).hasContent(WEIGHTS);
        assertOnly(folder);
    }

    @Test
    void aResourceThatIsNotWhatTheManifestSaysIsRefused() throws IOException {
        write("models/tiny/unet/model.onnx", "Weights");

        assertRefused(ErrorCode.MODEL_FILE_CORRUPT, "unet/model.onnx");
    }

    @Test
    void aMissingResourceIsNamed() throws IOException {
        Files.delete(classPath.resolve("models/tiny/unet/model.onnx"));

        assertRefused(ErrorCode.MODEL_FILE_MISSING, "models/tiny/unet/model.onnx");
    }

    @Test
    void aCacheThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "");

        DreamException error = catchThrowableOfType(
                DreamException.class, () -> BundledModels.of(loader).unpack("tiny", file));

        assertThat(error.code()).isEqualTo(ErrorCode.STORE_FAILED);
        assertThat(error.getMessage()).contains(file.toString());
    }

    @Test
    void anUnknownModelIsRefusedWithTheNamesThereAre() {
        DreamException error = catchThrowableOfType(
                DreamException.class, () -> BundledModels.of(loader).unpack("other", cache));

        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_MODEL);
        assertThat(error.getMessage()).contains("other", "tiny");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc/passwd", "a/../../b", "a\\\\b", ""})
    void aPathThatLeadsOutOfTheModelIsRefused(String path) throws IOException {
        writeManifest("tiny", entry(path, WEIGHTS));

        assertMalformed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../tiny", "", "Tiny", "a/b"})
    void aNameThatIsNoFolderNameIsRefused(String name) throws IOException {
        writeManifest(name, entry("model_index.json", INDEX));

        assertMalformed();
    }

    @Test
    void aManifestThatIsNoJsonIsRefused() throws IOException {
        write(BundledModels.MANIFEST, "models: tiny");

        assertMalformed();
    }

    @Test
    void withoutAManifestThereIsNoModel() throws IOException {
        Files.delete(classPath.resolve(BundledModels.MANIFEST));

        assertThat(BundledModels.of(loader).names()).isEmpty();
    }

    private void assertMalformed() {
        DreamException error = catchThrowableOfType(DreamException.class, () -> BundledModels.of(loader));

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
        assertThat(error.getMessage()).contains(BundledModels.MANIFEST);
    }

    private void assertRefused(ErrorCode code, String named) throws IOException {
        DreamException error = catchThrowableOfType(
                DreamException.class, () -> BundledModels.of(loader).unpack("tiny", cache));

        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).contains(named);
        try (Stream<Path> left = Files.list(cache)) {
            assertThat(left).isEmpty();
        }
    }

    private void assertOnly(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(cache)) {
            assertThat(left.filter(path -> !path.getFileName().toString().equals(".lock")))
                    .containsExactly(folder);
        }
    }

    private void writeManifest(String name, String files) throws IOException {
        write(BundledModels.MANIFEST, """
                {"format": 1, "models": [{"name": "%s", "path": "models/tiny", "files": [%s]}]}
                """.formatted(name, files));
    }

    private static String entry(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return """
                {"path": "%s", "size": %d, "sha256": "%s"}
                """.formatted(path, bytes.length, Bytes.sha256(bytes).toHex());
    }

    private void write(String path, String content) throws IOException {
        Path file = classPath.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
