package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model folders with something wrong in them. */
final class DamagedModelTest {
    private static final Path UNPACKED = Path.of(System.getProperty(ModelAddress.UNPACKED_PROPERTY));

    @TempDir
    Path folder;

    private Path model;

    @BeforeAll
    static void unpack() throws IOException {
        try (Stream<Path> models = Files.exists(UNPACKED) ? Files.list(UNPACKED) : Stream.of()) {
            if (models.findAny().isPresent()) {
                return;
            }
        }
        assertThat(DreamRun.in(UNPACKED.getParent(), "models", ModelAddress.DEFAULT)
                        .status())
                .isZero();
    }

    @BeforeEach
    void copyModel() throws IOException {
        model = folder.resolve("model");
        Path source;
        try (Stream<Path> models = Files.list(UNPACKED)) {
            source = models.filter(path -> path.getFileName().toString().startsWith(ModelAddress.DEFAULT))
                    .findFirst()
                    .orElseThrow();
        }
        try (Stream<Path> files = Files.walk(source)) {
            files.forEach(
                    file -> copy(file, model.resolve(source.relativize(file).toString())));
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DreamRun generate() {
        return DreamRun.in(folder, "generate", "a cup", "--steps", "1", "--model", "model");
    }

    private void fails(int status) {
        DreamRun run = generate();

        assertThat(run.status()).isEqualTo(status);
        assertThat(run.err())
                .startsWith("dream: ")
                .hasLineCount(1)
                .contains("model")
                .doesNotContain("Exception");
        assertThat(run.out()).isEmpty();
        assertThat(DreamRun.in(folder, "jobs").outLines()).isEmpty();
        assertThat(List.of(folder.toFile().list())).containsExactlyInAnyOrder("data", "model");
    }

    @Test
    void aWholeOneWorksFromItsFolder() {
        assertThat(generate().status()).isZero();
    }

    @Test
    void aMissingFile() throws IOException {
        Files.delete(model.resolve("vae_decoder/model.onnx"));

        fails(20);
    }

    @Test
    void aTruncatedNetwork() throws IOException {
        try (FileChannel file = FileChannel.open(model.resolve("unet/model.onnx"), StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }

        fails(21);
    }

    @Test
    void aTruncatedConfigFile() throws IOException {
        Path config = model.resolve("unet/config.json");
        Files.writeString(config, Files.readString(config).substring(0, 100));

        fails(21);
    }

    @Test
    void aNetworkOfAnotherShape() throws IOException {
        Path config = model.resolve("unet/config.json");
        Files.writeString(
                config, Files.readString(config).replaceAll("\"(in|out)_channels\": *\\d+", "\"$1_channels\": 4"));

        fails(22);
    }

    @Test
    void anEmptyFolder() throws IOException {
        Files.createDirectory(folder.resolve("empty"));

        assertThat(DreamRun.in(folder, "generate", "a cup", "--model", "empty").status())
                .isEqualTo(15);
    }
}
