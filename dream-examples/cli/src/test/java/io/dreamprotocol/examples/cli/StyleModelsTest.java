package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StyleModelsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void keep() throws IOException {
        for (String name : List.of("gloss", "noto")) {
            Files.createDirectories(folder.resolve("given"));
            String resource = "/io/dreamprotocol/inference/models/dream-mini-" + name + ".safetensors";
            try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(resource))) {
                Files.copy(in, style(name));
            }
        }
        assertThat(DreamRun.in(folder, "models", "add", style("gloss").toString(), "--name", "gloss")
                        .status())
                .isZero();
    }

    private Path style(String name) {
        return folder.resolve("given/" + name + ".safetensors");
    }

    private CanonicalRequest request(String file) throws IOException {
        return SealedImage.verify(Files.readAllBytes(folder.resolve(file))).request();
    }

    private StyleUse use(String name, String file, double weight, double textEncoderWeight) throws IOException {
        return new StyleUse(name, UnixFsFile.cidOf(Files.readAllBytes(style(file))), weight, textEncoderWeight);
    }

    @Test
    void aKeptStyleIsNamedByAnOptionOrInThePrompt() throws IOException {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--lora", "gloss:0.8:0.5", "--out", "one.png");
        DreamRun.generate(folder, "a fox <lora:gloss:0.5:0.8>", "--seed", "3", "--out", "two.png");

        assertThat(request("one.png").options().styles()).containsExactly(use("gloss", "gloss", 0.8, 0.5));
        assertThat(request("two.png").options().styles()).containsExactly(use("gloss", "gloss", 0.8, 0.5));
        assertThat(pixels("two.png")).isEqualTo(pixels("one.png"));
    }

    private byte[] pixels(String file) throws IOException {
        return PngPixels.decode(PngFile.read(Files.readAllBytes(folder.resolve(file))))
                .toArray();
    }

    @Test
    void aFileIsNamedByItsNameWithoutEnding() throws IOException {
        Files.copy(style("noto"), folder.resolve("noto.safetensors"));

        DreamRun.generate(folder, "a fox <lora:noto:0.7>", "--lora", "noto.safetensors", "--out", "one.png");

        assertThat(request("one.png").options().styles()).containsExactly(use("noto", "noto", 1, 1));
    }

    @Test
    void styleModelsMayDifferFromCellToCell() throws IOException {
        DreamRun.generate(
                folder, "a fox", "--seed", "3", "--grid", "prompt=a fox,a fox <lora:gloss:1>", "--out", "{n}.png");

        assertThat(request("1.png").options().styles()).isEmpty();
        assertThat(request("2.png").options().styles()).containsExactly(use("gloss", "gloss", 1, 1));
    }

    @Test
    void aMisspeltNameIsGuessed() {
        DreamRun option = DreamRun.in(folder, "generate", "a fox", "--lora", "glos:0.5");
        assertThat(option.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(option.err()).contains("no style model 'glos'").contains("did you mean gloss?");

        DreamRun tag = DreamRun.in(folder, "generate", "a fox <lora:Gloss:0.5>");
        assertThat(tag.status()).isEqualTo(ErrorCode.INVALID_PROMPT.number());
        assertThat(tag.err())
                .contains("<lora:Gloss>")
                .contains("did you mean gloss?")
                .hasLineCount(1);
    }

    @Test
    void whatIsNoLoraIsRefused() {
        Path word = Path.of(System.getProperty("dream.golden"), "lora", "cat-toy_a1111.safetensors");

        DreamRun run = DreamRun.in(folder, "generate", "a fox", "--lora", word.toString());

        assertThat(run.status()).isEqualTo(ErrorCode.INVALID_REQUEST.number());
        assertThat(run.err()).contains("textual inversion");
    }

    private DreamRun like(String prompt, String hash) throws IOException {
        String text =
                prompt + "\nSteps: 2, Sampler: Euler, CFG scale: 3, Seed: 3, Size: 64x64, RNG: CPU, Lora hashes: \""
                        + hash + "\"";
        Files.write(
                folder.resolve("web.png"),
                PngPixels.encode(RgbImage.of(8, 8, new byte[192]), List.of(PngChunk.ofText(Infotext.KEYWORD, text)))
                        .toBytes());
        return DreamRun.in(folder, "generate", "--like", "web.png", "--out", "like.png");
    }

    @Test
    void anImageOfTheWebUiGetsTheStyleOfItsHash() throws IOException {
        String gloss = WebUiHashes.of(style("gloss")).loraHash().orElseThrow();

        assertThat(like("a fox <lora:gloss:0.5>", "gloss: " + gloss).err()).doesNotContain("not as in the image");
        assertThat(request("like.png").options().styles()).containsExactly(use("gloss", "gloss", 0.5, 0.5));

        // Kept under another name.
        assertThat(like("a fox <lora:shiny:0.5>", "shiny: " + gloss).err()).doesNotContain("not as in the image");
        assertThat(request("like.png").options().styles()).containsExactly(use("shiny", "gloss", 0.5, 0.5));
    }

    @Test
    void anotherFileOfThatNameIsTold() throws IOException {
        DreamRun run = like("a fox <lora:gloss:0.5>", "gloss: 0123456789ab");

        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("gloss here is another file").contains("0123456789ab");
    }

    @Test
    void aStyleOfTheImageThatIsNotThereIsNamedWithItsHash() throws IOException {
        DreamRun run = like("a fox <lora:water:0.5>", "water: 0123456789ab");

        assertThat(run.status()).isEqualTo(ErrorCode.INVALID_PROMPT.number());
        assertThat(run.err()).contains("<lora:water>").contains("0123456789ab");
    }

    @Test
    void anImageWithAReceiptGetsItsStylesFromTheStoreOrFromWhatIsKept() throws IOException {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--lora", "gloss:0.8", "--out", "one.png");
        assertThat(DreamRun.in(folder, "generate", "--like", "one.png", "--out", "two.png")
                        .status())
                .isZero();
        assertThat(folder.resolve("two.png")).hasSameBinaryContentAs(folder.resolve("one.png"));

        assertThat(DreamRun.in(folder, "models", "remove", "gloss", "--yes").status())
                .isZero();
        DreamRun elsewhere =
                DreamRun.in(folder, "--data", "other", "generate", "--like", "one.png", "--out", "three.png");
        assertThat(elsewhere.status()).isEqualTo(ErrorCode.BLOB_NOT_FOUND.number());
        assertThat(elsewhere.err()).contains("style model gloss").contains("--lora");

        DreamRun.in(folder, "--data", "other", "models", "add", style("gloss").toString(), "--name", "x");
        DreamRun.in(folder, "--data", "other", "generate", "--like", "one.png", "--out", "three.png");
        assertThat(pixels("three.png")).isEqualTo(pixels("one.png"));
    }
}
