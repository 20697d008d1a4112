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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StyleModelsTest {
    private static final Path WORD = Path.of(System.getProperty("dream.golden"), "lora", "cat-toy_a1111.safetensors");

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
        String text = PngFile.read(Files.readAllBytes(folder.resolve("one.png")))
                .text(Infotext.KEYWORD)
                .orElseThrow();
        assertThat(text)
                .startsWith("a fox <lora:gloss:0.5:0.8>\n")
                .contains(", Lora hashes: \"gloss: "
                        + WebUiHashes.of(style("gloss")).loraHash().orElseThrow() + "\", Version: ");
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
    void filesOfTheOtherKindAreRefusedWithTheRightOption() {
        DreamRun word = DreamRun.in(folder, "generate", "a fox", "--lora", WORD.toString());
        assertThat(word.status()).isEqualTo(ErrorCode.INVALID_REQUEST.number());
        assertThat(word.err()).contains("textual inversion").contains("--embedding");

        DreamRun lora = DreamRun.in(folder, "generate", "a gloss", "--embedding", "gloss");
        assertThat(lora.status()).isEqualTo(ErrorCode.INVALID_REQUEST.number());
        assertThat(lora.err()).contains("LoRA").contains("--lora");
    }

    /** dream-mini has no embedding of its own, so a word of its vectors' length is made. */
    private Path word() throws IOException {
        int width = 192;
        String header = "{\"emb_params\":{\"dtype\":\"F32\",\"shape\":[1," + width + "],\"data_offsets\":[0,"
                + 4 * width + "]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 4 * width).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < width; i++) {
            file.putFloat((float) Math.sin(i));
        }
        return Files.write(folder.resolve("given/qz-shape.safetensors"), file.array());
    }

    @Test
    void aTextualInversionIsNamedByAnOption() throws IOException {
        Path file = word();
        DreamRun.in(folder, "models", "add", file.toString());
        StyleUse use = StyleUse.word("qz-shape", UnixFsFile.cidOf(Files.readAllBytes(file)));

        DreamRun.generate(folder, "a red qz-shape", "--embedding", "qz-shape", "--seed", "3", "--out", "one.png");
        assertThat(request("one.png").options().styles()).containsExactly(use);
        DreamRun.generate(
                folder, "a red qz-thing", "--embedding", "qz-thing=" + file, "--seed", "3", "--out", "two.png");
        assertThat(pixels("two.png")).isEqualTo(pixels("one.png"));
        DreamRun.generate(folder, "a red qz-shape", "--seed", "3", "--out", "three.png");
        assertThat(pixels("three.png")).isNotEqualTo(pixels("one.png"));

        String parameters = "a red qz-shape\nSteps: 2, Sampler: Euler, CFG scale: 3, Seed: 3, Size: 64x64, RNG: CPU, "
                + "TI hashes: \"qz-shape: " + WebUiHashes.of(file).sha256().substring(0, 12) + ", gone: 0123456789ab\"";
        write("web.png", parameters);
        DreamRun like = DreamRun.in(folder, "generate", "--like", "web.png", "--out", "like.png");
        assertThat(like.err()).contains("0123456789ab").contains("gone").hasLineCount(1);
        assertThat(request("like.png").options().styles()).containsExactly(use);
    }

    private void write(String file, String parameters) throws IOException {
        Files.write(
                folder.resolve(file),
                PngPixels.encode(
                                RgbImage.of(8, 8, new byte[192]),
                                List.of(PngChunk.ofText(Infotext.KEYWORD, parameters)))
                        .toBytes());
    }

    private DreamRun like(String prompt, String hash) throws IOException {
        String text =
                prompt + "\nSteps: 2, Sampler: Euler, CFG scale: 3, Seed: 3, Size: 64x64, RNG: CPU, Lora hashes: \""
                        + hash + "\"";
        write("web.png", text);
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
