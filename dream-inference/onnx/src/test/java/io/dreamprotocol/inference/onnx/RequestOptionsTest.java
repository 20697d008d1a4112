package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ControlInput;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.InitialImage;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.NoiseOptions;
import io.dreamprotocol.core.image.NoiseOptions.Source;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.inference.images.Resampling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What options do where no golden data says it, on the tiny model. */
class RequestOptionsTest {
    private static ImageModel model;

    private final Map<Cid, byte[]> blobs = new HashMap<>();

    @BeforeAll
    static void open() {
        model = Backends.openImageModel("onnx:" + GoldenFiles.root().resolve("pipelines/sd15/model"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void aSecondPassInPixelsIsAPassThatBeginsWithTheLargerImage() {
        RgbImage first = generate(request(64, 6, RequestOptions.NONE));
        HiresPass pass = new HiresPass(1.5, 8, 0.5, Upscaler.LANCZOS);
        RgbImage both = generate(request(64, 6, RequestOptions.NONE.withHires(pass)));

        Cid larger = put(Resampling.LANCZOS.resize(first, 96, 96));
        RgbImage second = generate(
                request(96, 8, RequestOptions.NONE.withInitialImage(new InitialImage(larger, 0.5, Optional.empty()))));
        assertThat(both).isEqualTo(second);
    }

    @Test
    void editsOfAPromptGoOnInTheSecondPass() {
        HiresPass pass = new HiresPass(1.5, 4, 1, Upscaler.LATENT);
        RequestOptions options = RequestOptions.NONE.withHires(pass);
        CanonicalRequest plain = request("a cat", 64, 4, options);

        assertThat(generate(request("[a cat:a dog:2.0]", 64, 4, options))).isEqualTo(generate(plain));
        assertThat(generate(request("[a cat:a dog:1.5]", 64, 4, options))).isNotEqualTo(generate(plain));
    }

    @Test
    void imagesAreScaledToTheSizeAsPillowDoes() {
        RgbImage large = generate(request(96, 2, RequestOptions.NONE));
        Cid asGiven = put(large);
        Cid scaled = put(Resampling.LANCZOS.resize(large, 64, 64));

        assertThat(generate(request(64, 4, from(asGiven)))).isEqualTo(generate(request(64, 4, from(scaled))));
    }

    @Test
    void aSubseedChangesThePictureAndNotItsPosterior() {
        Cid image = put(generate(request(64, 2, RequestOptions.NONE)));
        RequestOptions none = from(image).withNoise(new NoiseOptions(Source.TORCH_CPU, 99, 0, 0));
        RequestOptions all = from(image).withNoise(new NoiseOptions(Source.TORCH_CPU, 99, 1, 0));

        assertThat(generate(request(64, 4, none))).isEqualTo(generate(request(64, 4, from(image))));
        assertThat(generate(request(64, 4, all))).isNotEqualTo(generate(request(64, 4, from(image))));
    }

    @Test
    void theSeedDeltaChangesTheNoiseOfStepsAlone() {
        RequestOptions delta = RequestOptions.NONE.withNoise(new NoiseOptions(Source.TORCH_CPU, 0, 0, 31337));

        assertThat(generate(with("DDIM", delta))).isEqualTo(generate(with("DDIM", RequestOptions.NONE)));
        assertThat(generate(with("Euler a", delta))).isNotEqualTo(generate(with("Euler a", RequestOptions.NONE)));
    }

    @Test
    void aTagInThePromptGivesTheWeightsOfAStyle() throws IOException {
        Cid file = put(style("style_a_kohya"));
        RgbImage plain = generate(request(64, 4, RequestOptions.NONE));
        RgbImage half = generate(request(64, 4, styled(new StyleUse("a", file, 0.5, 0.25))));
        CanonicalRequest tagged = request("a cat <lora:a:0.25:0.5>", 64, 4, styled(new StyleUse("a", file, 1, 1)));

        assertThat(generate(tagged)).isEqualTo(half).isNotEqualTo(plain);
        assertThat(generate(request(64, 4, RequestOptions.NONE))).isEqualTo(plain);
    }

    @Test
    void theOutputNamesTheFilesOfStyles() throws IOException {
        byte[] a = style("style_a_kohya");
        byte[] b = style("style_b_peft");
        CanonicalRequest request =
                request(64, 1, styled(new StyleUse("../b/ ü", put(b), 1, 1), new StyleUse("a", put(a), 0.5, 0.5)));

        ModelOutput output = model.generate(
                request, RequestOptionsGoldenTest.source(blobs), ProgressListener.NONE, new Cancellation());

        assertThat(output.styles())
                .containsExactly(
                        new ModelFile("styles/1-.._b_ ü.safetensors", b.length, Bytes.sha256(b)),
                        new ModelFile("styles/2-a.safetensors", a.length, Bytes.sha256(a)));
    }

    @Test
    void stylesThatAreNotGivenOrGivenTwiceAreRefused() throws IOException {
        StyleUse a = new StyleUse("a", put(style("style_a_kohya")), 1, 1);
        assertRefused(request("a cat <lora:b:1>", 64, 4, styled(a)), ErrorCode.INVALID_PROMPT);
        assertRefused(request("a cat <lora:a:x>", 64, 4, styled(a)), ErrorCode.INVALID_PROMPT);
        assertRefused(request("a cat <lora:a:1> <lora:a:1>", 64, 4, styled(a)), ErrorCode.INVALID_PROMPT);
        assertRefused(request("a cat <hypernet:a:1>", 64, 4, styled(a)), ErrorCode.UNSUPPORTED);
        assertRefused(request(64, 4, styled(a, a)), ErrorCode.INVALID_REQUEST);
    }

    @Test
    void filesThatAreNoStylesForThisModelAreRefusedByTheirNames() throws IOException {
        byte[] good = style("style_a_kohya");
        assertStyleRefused(new byte[] {1, 2, 3}, ErrorCode.INVALID_REQUEST);
        assertStyleRefused(Arrays.copyOf(good, good.length - 1), ErrorCode.INVALID_REQUEST);
        assertStyleRefused(style("cat-toy_diffusers"), ErrorCode.UNSUPPORTED);
        try (InputStream in = RequestOptionsTest.class
                .getClassLoader()
                .getResourceAsStream("io/dreamprotocol/inference/models/dream-mini-gloss.safetensors")) {
            assertStyleRefused(in.readAllBytes(), ErrorCode.UNSUPPORTED);
        }
    }

    @Test
    void aWordOfATextualInversionWorksBesideALora() throws IOException {
        StyleUse word = StyleUse.word("<Cat-Toy>", put(style("cat-toy_diffusers")));
        StyleUse a = new StyleUse("a", put(style("style_a_kohya")), 1, 1);
        RgbImage plain = generate(request("a <cat-toy>", 64, 3, RequestOptions.NONE));
        RgbImage worded = generate(request("a <cat-toy>", 64, 3, styled(word)));
        RgbImage weighted = generate(request("a (<cat-toy>:1.3)", 64, 3, styled(word)));
        RgbImage both = generate(request("a <cat-toy>", 64, 3, styled(word, a)));

        assertThat(List.of(plain, worded, weighted, both)).doesNotHaveDuplicates();
        ModelOutput output = model.generate(
                request("a <cat-toy>", 64, 1, styled(word, a)),
                RequestOptionsGoldenTest.source(blobs),
                ProgressListener.NONE,
                new Cancellation());
        assertThat(output.styles())
                .extracting(ModelFile::path)
                .containsExactly("styles/1-<Cat-Toy>.safetensors", "styles/2-a.safetensors");
    }

    @Test
    void wordsThatDoNothingOrHaveAMeaningAreRefused() throws IOException {
        Cid file = put(style("cat-toy_diffusers"));
        StyleUse word = StyleUse.word("zqtoy", file);
        assertRefused(request("a cat", 64, 2, styled(word)), ErrorCode.INVALID_PROMPT);
        assertRefused(request("a zqtoy <lora:zqtoy:1>", 64, 2, styled(word)), ErrorCode.INVALID_PROMPT);
        assertRefused(request("a zqtoy", 64, 2, styled(word, word)), ErrorCode.INVALID_REQUEST);

        DreamException known = catchThrowableOfType(
                DreamException.class, () -> generate(request("a cat", 64, 2, styled(StyleUse.word("a", file)))));
        assertThat(known.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(known.getMessage()).contains("textual inversion a").doesNotContain("dream-style-");
        StyleUse lora = StyleUse.word("zqtoy", put(style("style_a_kohya")));
        DreamException other =
                catchThrowableOfType(DreamException.class, () -> generate(request("a zqtoy", 64, 2, styled(lora))));
        assertThat(other.code()).isEqualTo(ErrorCode.UNSUPPORTED);
    }

    private void assertStyleRefused(byte[] file, ErrorCode code) {
        CanonicalRequest request = request(64, 4, styled(new StyleUse("my style", put(file), 1, 1)));
        DreamException error = catchThrowableOfType(DreamException.class, () -> generate(request));

        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).contains("my style").doesNotContain("dream-style-");
    }

    private static RequestOptions styled(StyleUse... styles) {
        return RequestOptions.NONE.withStyles(List.of(styles));
    }

    private static byte[] style(String name) throws IOException {
        return Files.readAllBytes(GoldenFiles.root().resolve("lora").resolve(name + ".safetensors"));
    }

    private Cid put(byte[] file) {
        Cid cid = UnixFsFile.cidOf(file);
        blobs.put(cid, file);
        return cid;
    }

    @Test
    void whatTheModelCannotDoIsRefused() {
        Cid image = put(RgbImage.of(8, 8, new byte[8 * 8 * 3]));
        assertRefused(request(64, 4, RequestOptions.NONE.withClipSkip(1)), ErrorCode.UNSUPPORTED);
        assertRefused(with("Euler", RequestOptions.NONE.withEta(0.5)), ErrorCode.UNSUPPORTED);
        assertRefused(
                request(64, 4, RequestOptions.NONE.withControls(List.of(new ControlInput("depth", image, 1, 0, 1)))),
                ErrorCode.UNSUPPORTED);
        assertRefused(
                with("DDIM", RequestOptions.NONE.withInitialImage(new InitialImage(image, 0.1, Optional.empty()))),
                ErrorCode.INVALID_STEPS);
        assertRefused(
                request(
                        64,
                        4,
                        RequestOptions.NONE
                                .withInitialImage(new InitialImage(image, 1, Optional.of(image)))
                                .withHires(new HiresPass(2, 4, 1, Upscaler.LATENT))),
                ErrorCode.INVALID_REQUEST);
        assertRefused(
                request(2048, 4, RequestOptions.NONE.withHires(new HiresPass(4, 4, 1, Upscaler.LATENT))),
                ErrorCode.INVALID_SIZE);
        CanonicalRequest large = request(64, 4, RequestOptions.NONE.withNoise(new NoiseOptions(Source.NUMPY, 0, 0, 0)));
        assertRefused(
                new CanonicalRequest(
                        large.prompt(), "", large.model(), 64, 64, 4, 5, 1L << 40, large.scheduler(), large.options()),
                ErrorCode.INVALID_REQUEST);
    }

    @Test
    void aModelForMasksNeedsOne() {
        try (ImageModel inpaint =
                Backends.openImageModel("onnx:" + GoldenFiles.root().resolve("pipelines/inpaint/model"))) {
            CanonicalRequest request = new CanonicalRequest(
                    "a cat",
                    "",
                    inpaint.descriptor().id(),
                    64,
                    64,
                    4,
                    5,
                    1,
                    inpaint.descriptor().defaults().scheduler());
            DreamException error = catchThrowableOfType(DreamException.class, () -> inpaint.check(request));

            assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(error.getMessage()).contains("mask");
        }
    }

    private static RequestOptions from(Cid image) {
        return RequestOptions.NONE.withInitialImage(new InitialImage(image, 0.5, Optional.empty()));
    }

    private static CanonicalRequest request(int side, int steps, RequestOptions options) {
        return request("a cat", side, steps, options);
    }

    private static CanonicalRequest request(String prompt, int side, int steps, RequestOptions options) {
        return new CanonicalRequest(
                prompt,
                "",
                model.descriptor().id(),
                side,
                side,
                steps,
                5,
                7,
                model.descriptor().defaults().scheduler(),
                options);
    }

    private static CanonicalRequest with(String scheduler, RequestOptions options) {
        return new CanonicalRequest("a cat", "", model.descriptor().id(), 64, 64, 4, 5, 7, scheduler, options);
    }

    private Cid put(RgbImage image) {
        byte[] file = PngPixels.encode(image, List.of()).toBytes();
        Cid cid = UnixFsFile.cidOf(file);
        blobs.put(cid, file);
        return cid;
    }

    private RgbImage generate(CanonicalRequest request) {
        return model.generate(
                        request, RequestOptionsGoldenTest.source(blobs), ProgressListener.NONE, new Cancellation())
                .image();
    }

    private void assertRefused(CanonicalRequest request, ErrorCode code) {
        DreamException checked = catchThrowableOfType(DreamException.class, () -> model.check(request));
        DreamException generated = catchThrowableOfType(DreamException.class, () -> generate(request));

        assertThat(checked).as("what check says").isNotNull();
        assertThat(checked.code()).isEqualTo(code);
        assertThat(checked.getMessage()).isNotBlank().doesNotContain("\n");
        assertThat(generated.code()).isEqualTo(code);
    }
}
