package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelsRemoveTest {
    private static final Path GOLDEN = Path.of(System.getProperty("dream.golden"));

    @TempDir
    Path folder;

    private Path models;

    @BeforeEach
    void keep() throws IOException {
        models = folder.resolve("data/models");
        Files.createDirectories(models.resolve("mine/unet"));
        Files.writeString(models.resolve("mine/unet/model.onnx"), "weights");
        Files.createDirectories(models.resolve("styles"));
        Files.copy(GOLDEN.resolve("lora/style_a_kohya.safetensors"), models.resolve("styles/shiny.safetensors"));
    }

    private DreamRun answering(String answer, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                out,
                err,
                StandardCharsets.UTF_8,
                new Terminal.Abilities(true, true, 100, 24, false, false),
                Optional.of(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8))));
        Map<String, String> environment =
                Map.of(DataFolder.VARIABLE, folder.resolve("data").toString());
        int status = new Dream(new Context(terminal, environment, folder, new Cancellation(), () -> {})).run(args);
        return new DreamRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private boolean leavesNothingElse() throws IOException {
        try (Stream<Path> left = Files.list(models)) {
            return left.map(path -> path.getFileName().toString()).noneMatch(name -> name.startsWith("."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mine", "shiny", "styles/shiny"})
    void whatIsKeptIsRemovedByItsName(String name) throws IOException {
        DreamRun run = DreamRun.in(folder, "models", "remove", name, "--yes");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(Files.exists(models.resolve("mine"))).isEqualTo(!name.equals("mine"));
        assertThat(Files.exists(models.resolve("styles/shiny.safetensors"))).isEqualTo(name.equals("mine"));
        assertThat(leavesNothingElse()).isTrue();
        assertThat(run.value("removed")).startsWith(models.toString());
    }

    @ParameterizedTest
    @CsvSource({"y,false", "YES,false", "n,true", "'',true", "maybe,true"})
    void atATerminalItAsks(String answer, boolean kept) {
        DreamRun run = answering(answer + "\n", "models", "remove", "mine");

        assertThat(run.status()).isZero();
        assertThat(run.err()).startsWith("Remove " + models.resolve("mine") + " (7 bytes)? [y/N] ");
        assertThat(Files.exists(models.resolve("mine"))).isEqualTo(kept);
        assertThat(run.err().contains("Nothing was removed")).isEqualTo(kept);
    }

    @Test
    void whereNobodyCanBeAskedItNeedsTheOption() {
        DreamRun run = DreamRun.in(folder, "models", "remove", "mine");

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err()).contains("--yes").hasLineCount(1);
        assertThat(models.resolve("mine")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "miene,did you mean mine?",
        "shinny,did you mean shiny?",
        "dream-mini,comes with the program",
        "../models,No model or style model",
        "styles,No model or style model",
        "'',No model or style model",
        "styles/../mine,No model or style model"
    })
    void whatIsNotKeptIsNotRemoved(String name, String words) {
        DreamRun run = DreamRun.in(folder, "models", "remove", name, "--yes");

        assertThat(run.status()).isEqualTo(ErrorCode.UNKNOWN_MODEL.number());
        assertThat(run.err()).contains(words).hasLineCount(1);
        assertThat(models.resolve("mine")).exists();
        assertThat(models.resolve("styles/shiny.safetensors")).exists();
    }

    @Test
    void aNameOfTwoThingsIsNotEnough() throws IOException {
        Files.createDirectories(models.resolve("shiny"));

        DreamRun run = DreamRun.in(folder, "models", "remove", "shiny", "--yes");
        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err()).contains("styles/shiny");

        assertThat(DreamRun.in(folder, "models", "remove", "styles/shiny", "--yes")
                        .status())
                .isZero();
        assertThat(models.resolve("shiny")).exists();
        assertThat(models.resolve("styles/shiny.safetensors")).doesNotExist();
    }

    @Test
    void theOptionIsForRemovingOnly() {
        assertThat(DreamRun.in(folder, "models", "--yes").status()).isEqualTo(ExitStatus.USAGE);
        assertThat(DreamRun.in(folder, "models", "remove").status()).isEqualTo(ExitStatus.USAGE);
    }
}
