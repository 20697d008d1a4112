package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelsAddTest {
    private static final Path GOLDEN = Path.of(System.getProperty("dream.golden"));

    @TempDir
    Path folder;

    private Path model(String kind) throws IOException {
        Path model = folder.resolve(kind);
        Path source = GOLDEN.resolve("pipelines").resolve(kind).resolve("model");
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(source.relativize(file).toString()));
            }
        }
        return model;
    }

    private DreamRun add(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "models";
        all[1] = "add";
        System.arraycopy(args, 0, all, 2, args.length);
        return DreamRun.in(folder, all);
    }

    private void fails(int status, String words, String... args) {
        DreamRun run = add(args);
        assertThat(run.err())
                .startsWith("dream: ")
                .contains(words)
                .hasLineCount(1)
                .doesNotContain("Exception");
        assertThat(run.status()).as(run.err()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anAddedModelIsKnownByItsName() throws IOException {
        Path model = model("sd15");
        Files.writeString(model.resolve("README.md"), "---\nlanguage: en\nlicense: \"mit\"\n---\n# A model\n");

        DreamRun run = add("sd15", "--name", "mine");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.value("name")).isEqualTo("mine");
        assertThat(run.value("licence")).isEqualTo("mit");
        assertThat(run.value("can")).isEqualTo("make images from words; begin with an image");
        assertThat(run.value("schedulers")).contains("Euler a");
        assertThat(folder.resolve("data/models/mine/README.md")).exists();
        DreamRun shown = DreamRun.in(folder, "models", "mine");
        assertThat(shown.value("model")).isEqualTo("mine");
        assertThat(shown.value("digest")).isEqualTo(run.value("digest"));
        assertThat(DreamRun.in(folder, "generate", "a cup", "--steps", "1", "--model", "mine", "--out", "cup.png")
                        .status())
                .isZero();
    }

    @Test
    void theSameModelIsThereAlready() throws IOException {
        model("sd15");
        assertThat(add("sd15").status()).isZero();

        DreamRun again = add("sd15");

        assertThat(again.status()).isZero();
        assertThat(again.value("name")).isEqualTo("sd15 (it was there already)");
    }

    @Test
    void anotherModelOfTheSameNameIsRefused() throws IOException {
        model("sd15");
        model("lcm");
        add("sd15");

        fails(16, "another model with this name", "lcm", "--name", "sd15");

        try (Stream<Path> kept = Files.list(folder.resolve("data/models"))) {
            assertThat(kept.map(path -> path.getFileName().toString())).containsExactly("sd15");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "inpaint, 'paint anew under a mask, with a network made for it; begin with an image'",
        "controlnet, 'make images from words; begin with an image; be steered by the control networks controlnet'"
    })
    void itSaysWhatAModelCanDo(String kind, String abilities) throws IOException {
        model(kind);

        DreamRun run = add(kind);

        assertThat(run.value("can")).startsWith(abilities);
        assertThat(run.value("licence")).isEqualTo("none is stated");
    }

    @Test
    void aDamagedModelIsNotKept() throws IOException {
        Path model = model("sd15");
        Path encoder = model.resolve("vae_encoder/model.onnx");
        Files.write(encoder, Arrays.copyOf(Files.readAllBytes(encoder), 1000));

        fails(21, "vae_encoder", "sd15");

        Files.delete(model.resolve("unet/model.onnx"));
        fails(20, "unet", "sd15");
        assertThat(folder.resolve("data/models")).doesNotExist();
    }

    @Test
    void anInterruptLeavesNothing() throws IOException {
        model("sd15");
        Cancellation interrupt = new Cancellation();
        interrupt.cancel();

        DreamRun run = DreamRun.with(Terminal.Abilities.NONE, folder, interrupt, "models", "add", "sd15");

        assertThat(run.status()).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(run.err()).isEqualTo("dream: Interrupted; the model was not kept\n");
        assertThat(folder.resolve("data/models")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "pull", "Styles", "../up", ".hidden", "dot.", "dream-mini", "a b", ""})
    void aNameMustBeUsable(String name) throws IOException {
        model("sd15");

        fails(16, "--name", "sd15", "--name", name);
    }

    @Test
    void aLoraIsKeptAsAStyle() throws IOException {
        Files.copy(GOLDEN.resolve("lora/style_a_kohya.safetensors"), folder.resolve("a.safetensors"));

        DreamRun run = add("a.safetensors", "--name", "water");

        assertThat(run.err()).isEmpty();
        assertThat(run.value("kind")).isEqualTo("LoRA");
        assertThat(run.value("changes")).contains("unet ");
        assertThat(run.value("licence")).isEqualTo("none is stated");
        assertThat(folder.resolve("data/models/styles/water.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("a.safetensors"));
        assertThat(add("a.safetensors", "--name", "water").value("kept in")).endsWith("(it was there already)");
        Files.copy(GOLDEN.resolve("lora/style_b_kohya.safetensors"), folder.resolve("b.safetensors"));
        DreamRun other = add("b.safetensors", "--name", "water");
        assertThat(other.status()).isEqualTo(16);
        assertThat(other.err()).contains("another style model").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"cat-toy_a1111, toy", "cat-toy_diffusers, <cat-toy>"})
    void aTextualInversionIsKeptWithItsWord(String file, String word) throws IOException {
        Files.copy(GOLDEN.resolve("lora/" + file + ".safetensors"), folder.resolve("toy.safetensors"));

        DreamRun run = add("toy.safetensors");

        assertThat(run.err()).isEmpty();
        assertThat(run.value("kind")).isEqualTo("textual inversion");
        assertThat(run.value("word")).startsWith(word + " (counts as ");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Files.copy(GOLDEN.resolve("checkpoints/sd15.safetensors"), folder.resolve("whole.safetensors"));
        Files.copy(
                GOLDEN.resolve("checkpoints/sd15/unet/diffusion_pytorch_model.safetensors"),
                folder.resolve("unet.safetensors"));
        Files.writeString(folder.resolve("model.ckpt"), "pickle");
        Files.writeString(folder.resolve("broken.safetensors"), "{}");
        Files.createDirectory(folder.resolve("empty"));

        fails(18, "planned", "whole.safetensors");
        fails(18, "planned", "unet.safetensors");
        fails(18, "pickled", "model.ckpt");
        fails(21, "broken.safetensors", "broken.safetensors");
        fails(15, "empty", "empty");
        fails(2, "There is no folder or file", "nothing");
        fails(2, "There is no folder or file", "");
        assertThat(folder.resolve("data/models")).doesNotExist();
    }

    @Test
    void theListIsAlsoJson() throws IOException {
        model("sd15");
        Files.copy(GOLDEN.resolve("lora/style_a_kohya.safetensors"), folder.resolve("water.safetensors"));
        add("sd15");
        add("water.safetensors");
        Files.delete(folder.resolve("data/models/sd15/unet/config.json"));

        DreamRun table = DreamRun.in(folder, "models");
        assertThat(table.outLines())
                .anyMatch(line -> line.matches("NAME +FAMILY +SIZE +FROM"))
                .anyMatch(line -> line.matches("dream-mini +latent-diffusion-\\S+ +\\S+ MB +comes with the program"))
                .anyMatch(line -> line.matches("sd15 +\\(model-file-missing\\) .*"))
                .anyMatch(line -> line.matches("water +LoRA +50\\.1 kB .*"));
        String json = DreamRun.in(folder, "models", "--json").out();
        assertThat(json)
                .hasLineCount(1)
                .startsWith("{\"models\":[{\"name\":\"dream-mini\",\"family\":\"latent-diffusion-")
                .contains("\"styles\":[{\"name\":\"water\",\"kind\":\"LoRA\",\"bytes\":50080,");
        assertThat(DreamRun.in(folder, "models", "sd15", "--json").status()).isEqualTo(ExitStatus.USAGE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "999, 999 bytes",
        "1000, 1.00 kB",
        "999499, 999 kB",
        "999500, 1.00 MB",
        "1720000000, 1.72 GB"
    })
    void sizesAreRounded(long bytes, String text) {
        assertThat(ByteSizes.text(bytes)).isEqualTo(text);
    }
}
