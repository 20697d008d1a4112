package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.receipt.SealedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DetailOptionsTest {
    @TempDir
    Path folder;

    private CanonicalRequest request(String file) throws IOException {
        return SealedImage.verify(Files.readAllBytes(folder.resolve(file))).request();
    }

    @Test
    void anImageLikeAnotherIsTheSameFile() throws IOException {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--negative", "blurry", "--out", "one.png");
        DreamRun again = DreamRun.in(folder, "generate", "--like", "one.png", "--out", "two.png");

        assertThat(again.status()).isZero();
        assertThat(again.err()).doesNotContain("not as in the image");
        assertThat(Files.readAllBytes(folder.resolve("two.png")))
                .isEqualTo(Files.readAllBytes(folder.resolve("one.png")));
    }

    @Test
    void whatIsSaidBesidesChangesTheRequestOfTheImage() throws IOException {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--out", "one.png");
        DreamRun.in(folder, "generate", "a cat", "--like", "one.png", "--seed", "4", "--out", "two.png");

        CanonicalRequest changed = request("two.png");
        assertThat(changed.prompt()).isEqualTo("a cat");
        assertThat(changed.seed()).isEqualTo(4);
        assertThat(changed.steps()).isEqualTo(request("one.png").steps());
    }

    @Test
    void anImageThatSaysNothingCannotBeFollowed() throws IOException {
        byte[] plain =
                PngPixels.encode(RgbImage.of(8, 8, new byte[192]), List.of()).toBytes();
        Files.write(folder.resolve("plain.png"), plain);
        assertThat(DreamRun.in(folder, "generate", "--like", "plain.png").status())
                .isEqualTo(ErrorCode.PARAMETERS_MISSING.number());
    }

    @Test
    void anInitialImageIsPartOfTheRequestAndHalvesTheWork() throws IOException {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--out", "one.png");
        DreamRun.generate(folder, "a cat", "--init", "one.png", "--strength", "0.5", "--out", "two.png");

        CanonicalRequest request = request("two.png");
        assertThat(request.options().initialImage().orElseThrow().strength()).isEqualTo(0.5);
        assertThat(request.work().steps()).isEqualTo(1);
    }

    @Test
    void aGridMakesAnImageForEachCellAndASheetOfAll() throws IOException {
        DreamRun run = DreamRun.generate(
                folder, "a fox", "--seed", "3", "--grid", "steps=1,2,3 guidance=1,5", "--out", "g/{n}.png", "--quiet");

        assertThat(run.outLines()).hasSize(7);
        assertThat(request("g/1.png").steps()).isEqualTo(1);
        assertThat(request("g/6.png").steps()).isEqualTo(3);
        assertThat(request("g/6.png").guidanceScale()).isEqualTo(5);
        RgbImage sheet = PngPixels.decode(PngFile.read(Files.readAllBytes(folder.resolve("g/0-grid.png"))));
        assertThat(sheet.width()).isGreaterThan(3 * 64);
        assertThat(sheet.height()).isGreaterThan(2 * 64).isLessThan(3 * 64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--grid=colour=red",
                "--grid=steps=1,,2",
                "--grid=steps=x",
                "--grid=steps=1 seed=1 guidance=1",
                "--mask=one.png",
                "--strength=0.5",
                "--hires-steps=3",
                "--noise=dice",
                "--lora=missing.safetensors",
                "--preview"
            })
    void wrongUseIsSaidInOneLine(String option) {
        DreamRun run = DreamRun.in(folder, "generate", "a fox", option);
        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void aControlImageWithoutAControlNetworkIsRefusedBeforeAnythingIsPaid() {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--out", "one.png");
        DreamRun run = DreamRun.in(folder, "generate", "a fox", "--control", "one.png");
        assertThat(run.status()).isEqualTo(ErrorCode.UNSUPPORTED.number());
        assertThat(run.err()).contains("no control network");
    }
}
