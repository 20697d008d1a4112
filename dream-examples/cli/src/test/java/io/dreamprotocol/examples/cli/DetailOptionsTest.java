package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.receipt.SealedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--hires 1.5 --hires-steps 4 --hires-strength 0.6 --hires-upscaler lanczos",
                "--hires 2 --hires-steps 4",
                "--tiling",
                "--noise torch-cuda",
                "--noise numpy",
                "--variation-seed 9 --variation-strength 0.3",
                "--ensd 31337 --scheduler Euler_a",
                "--eta 0.5 --scheduler ddim",
                "--init start.png --strength 0.6",
                "--init start.png --mask start.png",
                "--init start.png --hires 1.5 --hires-steps 4"
            })
    void everyOptionComesBack(String options) throws IOException {
        DreamRun.generate(folder, "a red apple", "--seed", "1", "--out", "start.png");
        List<String> arguments = new ArrayList<>(List.of("a fox", "--seed", "3", "--out", "one.png"));
        arguments.addAll(List.of(options.split(" ", -1)));
        DreamRun.generate(folder, arguments.toArray(String[]::new));

        DreamRun again = DreamRun.in(folder, "generate", "--like", "one.png", "--out", "two.png");

        assertThat(again.err()).isEmpty();
        assertThat(folder.resolve("two.png")).hasSameBinaryContentAs(folder.resolve("one.png"));
        assertThat(request("one.png").options()).isNotEqualTo(RequestOptions.NONE);
    }

    @Test
    void aFileOfTheRequestThatIsNotThereIsNamed() {
        DreamRun.generate(folder, "a red apple", "--seed", "1", "--out", "start.png");
        DreamRun.generate(folder, "a fox", "--init", "start.png", "--out", "one.png");

        DreamRun elsewhere = DreamRun.in(folder, "--data", "other", "generate", "--like", "one.png");
        assertThat(elsewhere.status()).isEqualTo(ErrorCode.BLOB_NOT_FOUND.number());
        assertThat(elsewhere.err().lines().toList().getLast())
                .contains("image to begin with")
                .contains("--init");
        assertThat(DreamRun.in(folder, "--data", "other", "generate", "--like", "one.png", "--init", "start.png")
                        .status())
                .isZero();
    }

    @Test
    void anImageOfTheWebUiThatBeganWithAPictureNeedsThatPicture() throws IOException {
        DreamRun.generate(folder, "a red apple", "--seed", "1", "--out", "start.png");
        String text = "a fox\nSteps: 4, Sampler: Euler, CFG scale: 3, Seed: 3, Size: 64x64, RNG: CPU, "
                + "Denoising strength: 0.75";
        Files.write(
                folder.resolve("web.png"),
                PngPixels.encode(RgbImage.of(8, 8, new byte[192]), List.of(PngChunk.ofText(Infotext.KEYWORD, text)))
                        .toBytes());

        DreamRun without = DreamRun.in(folder, "generate", "--like", "web.png", "--out", "one.png");
        assertThat(without.err())
                .contains("not as in the image: Denoising strength: 0.75")
                .contains("--init");
        assertThat(request("one.png").options()).isEqualTo(RequestOptions.NONE);

        DreamRun with = DreamRun.in(folder, "generate", "--like", "web.png", "--init", "start.png", "--out", "two.png");
        assertThat(with.err()).isEmpty();
        // The web UI runs one more than the share.
        assertThat(request("two.png").effectiveSteps()).isEqualTo(4);
    }

    @Test
    void theReportTellsTheSizeOfTheFinishedImage() {
        String[] hires = {"a fox", "--hires", "1.5", "--hires-steps", "2", "--out", "one.png", "--seed", "1"};

        assertThat(DreamRun.generate(folder, hires).value("made"))
                .startsWith("96x96 (64x64 in the first pass), seed 1");

        String[] json = Arrays.copyOf(hires, hires.length + 1);
        json[hires.length] = "--json";
        assertThat(DreamRun.generate(folder, json).out())
                .contains("\"width\":96,\"height\":96,")
                .contains("\"hires\":{\"firstWidth\":64,\"firstHeight\":64,\"scale\":1.5,\"steps\":2,"
                        + "\"strength\":0.5,\"upscaler\":\"latent\"}");
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
                "--hires-upscaler=latent",
                "--noise=dice",
                "--variation-seed=3",
                "--variation-strength=0.3",
                "--lora=missing.safetensors",
                "--preview"
            })
    void wrongUseIsSaidInOneLine(String option) {
        DreamRun run = DreamRun.in(folder, "generate", "a fox", option);
        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--init=bad.png", "--grid=width=64,63", "--grid=prompt=a fox,a fox <lora:none:1>"})
    void whatCannotBeMadeIsFoundOutBeforeAnythingIsPaid(String option) throws IOException {
        Files.writeString(folder.resolve("bad.png"), "no image");

        DreamRun run = DreamRun.in(folder, "generate", "a fox", "--steps", "1", "--height", "64", option);

        assertThat(run.status()).isNotZero();
        assertThat(run.err()).hasLineCount(1);
        assertThat(DreamRun.in(folder, "jobs").out()).isEmpty();
    }

    @Test
    void aControlImageWithoutAControlNetworkIsRefusedBeforeAnythingIsPaid() {
        DreamRun.generate(folder, "a fox", "--seed", "3", "--out", "one.png");
        DreamRun run = DreamRun.in(folder, "generate", "a fox", "--control", "one.png");
        assertThat(run.status()).isEqualTo(ErrorCode.UNSUPPORTED.number());
        assertThat(run.err()).contains("no control network");
    }
}
