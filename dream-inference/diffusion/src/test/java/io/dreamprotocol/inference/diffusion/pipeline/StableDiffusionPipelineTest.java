package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StableDiffusionPipelineTest {
    private static final ModelFolder FOLDER =
            ModelFolder.open(Path.of(System.getProperty("dream.golden"), "pipelines", "sd15", "model"));
    private static final SchedulerConfig DDIM = FOLDER.scheduler().withClassName("DDIMScheduler");

    private final FakeRuntime runtime = new FakeRuntime();
    private final StableDiffusionModel model = StableDiffusionModel.load(FOLDER, runtime);
    private final StableDiffusionPipeline pipeline = new StableDiffusionPipeline(model);

    @AfterEach
    void close() {
        model.close();
        model.close();
        assertThat(runtime.open).hasValue(0);
    }

    @Test
    void theNegativePromptComesFirstInOneBatch() {
        generate(request("a cat").negativePrompts("a dog").steps(2));

        assertThat(runtime.unetCalls).hasSize(2);
        float[] text = runtime.unetCalls.getFirst().get("encoder_hidden_states");
        float[] negative = pipeline.encode("a dog", new Cancellation()).text().toArray();
        float[] positive = pipeline.encode("a cat", new Cancellation()).text().toArray();
        assertThat(Arrays.copyOf(text, negative.length)).isEqualTo(negative);
        assertThat(Arrays.copyOfRange(text, negative.length, text.length)).isEqualTo(positive);
        float[] sample = runtime.unetCalls.getFirst().get("sample");
        assertThat(sample).hasSize(2 * 4 * 8 * 8);
        assertThat(Arrays.copyOf(sample, 256)).isEqualTo(Arrays.copyOfRange(sample, 256, 512));
    }

    @Test
    void anAbsentNegativePromptMeansTheEmptyText() {
        generate(request("a cat").steps(1));

        float[] text = runtime.unetCalls.getFirst().get("encoder_hidden_states");
        float[] empty = pipeline.encode("", new Cancellation()).text().toArray();
        assertThat(Arrays.copyOf(text, empty.length)).isEqualTo(empty);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1})
    void aGuidanceScaleOfOneOrLessHalvesTheBatch(double scale) {
        generate(request("a cat").guidanceScale(scale).steps(1));

        assertThat(runtime.unetCalls.getFirst().get("sample")).hasSize(4 * 8 * 8);
    }

    @Test
    void eachPromptHasItsOwnPicturesInOrder() {
        DiffusionResult result = generate(request("a cat", "a dog")
                .negativePrompts("one", "two")
                .imagesPerPrompt(2)
                .steps(1));

        assertThat(result.images()).hasSize(4);
        assertThat(result.latents().images()).isEqualTo(4);
        float[] text = runtime.unetCalls.getFirst().get("encoder_hidden_states");
        int size = text.length / 8;
        List<String> order = List.of("one", "one", "two", "two", "a cat", "a cat", "a dog", "a dog");
        for (int i = 0; i < order.size(); i++) {
            assertThat(Arrays.copyOfRange(text, i * size, (i + 1) * size))
                    .as(order.get(i))
                    .isEqualTo(pipeline.encode(order.get(i), new Cancellation())
                            .text()
                            .toArray());
        }
    }

    @Test
    void theListenerSeesEveryCallWithLatentsOfItsOwn() {
        List<DenoisingStep> steps = new ArrayList<>();
        DiffusionResult result = pipeline.generate(
                request("a cat").steps(4).build(), NoiseKind.CPU.source(1), steps::add, new Cancellation());

        assertThat(steps).extracting(DenoisingStep::call).containsExactly(1, 2, 3, 4);
        assertThat(steps).extracting(DenoisingStep::calls).containsOnly(4);
        assertThat(steps.getFirst().latents().toArray())
                .isNotEqualTo(steps.getLast().latents().toArray());
        assertThat(steps.getLast().latents().toArray())
                .isEqualTo(result.latents().toArray());
    }

    @Test
    void aBatchOfGeneratorsGivesEachPictureAlone() {
        DiffusionRequest.Builder two = request("a cat").imagesPerPrompt(2).steps(3);
        PerImageNoise noise = new PerImageNoise(List.of(NoiseKind.CPU.source(5), NoiseKind.CPU.source(6)));
        float[] together = pipeline.generate(two.build(), noise, step -> {}, new Cancellation())
                .latents()
                .toArray();

        for (int i = 0; i < 2; i++) {
            float[] alone = pipeline.generate(
                            request("a cat").steps(3).build(),
                            NoiseKind.CPU.source(5 + i),
                            step -> {},
                            new Cancellation())
                    .latents()
                    .toArray();
            assertThat(Arrays.copyOfRange(together, i * 256, (i + 1) * 256)).isEqualTo(alone);
        }
    }

    @Test
    void cancellingBetweenStepsStops() {
        Cancellation cancellation = new Cancellation();

        assertThatThrownBy(() -> pipeline.generate(
                        request("a cat").steps(5).build(),
                        NoiseKind.CPU.source(1),
                        step -> cancellation.cancel(),
                        cancellation))
                .isInstanceOfSatisfying(
                        DreamException.class, error -> assertThat(error.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(runtime.unetCalls).hasSize(1);
    }

    @Test
    void numbersThatAreNotFiniteAreAnError() {
        runtime.prediction = Float.NaN;

        assertRefused(request("a cat").steps(2), ErrorCode.ENGINE_FAILED);
    }

    @ParameterizedTest
    @CsvSource({"0,64", "64,0", "-64,64", "60,64", "64,8", "72,64"})
    void aSizeThatTheModelCannotMakeIsRefused(int width, int height) {
        assertRefused(request("a cat").size(width, height), ErrorCode.INVALID_SIZE);
        assertThat(runtime.unetCalls).isEmpty();
    }

    @Test
    void moreMemoryThanThereIsIsRefused() {
        assertRefused(request("a cat").size(65536, 65536), ErrorCode.NOT_ENOUGH_MEMORY);
        assertThat(runtime.unetCalls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_000})
    void aNumberOfStepsOutOfRangeIsRefused(int steps) {
        assertRefused(request("a cat").steps(steps), ErrorCode.INVALID_STEPS);
    }

    @Test
    void anUnknownSchedulerIsRefused() {
        assertRefused(
                request("a cat").scheduler(SchedulerConfig.of("NoSuchScheduler", Map.of())),
                ErrorCode.UNKNOWN_SCHEDULER);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 1e9})
    void aGuidanceScaleOutOfRangeIsRefused(double scale) {
        assertRefused(() -> request("a cat").guidanceScale(scale).build(), ErrorCode.INVALID_GUIDANCE);
        assertRefused(() -> request("a cat").guidanceRescale(scale).build(), ErrorCode.INVALID_GUIDANCE);
    }

    @Test
    void tooManyPicturesOrNegativePromptsAreRefused() {
        assertRefused(() -> request().build(), ErrorCode.INVALID_REQUEST);
        assertRefused(() -> request("a cat").imagesPerPrompt(0).build(), ErrorCode.INVALID_REQUEST);
        assertRefused(
                () -> request("a cat")
                        .imagesPerPrompt(DiffusionRequest.MAX_IMAGES + 1)
                        .build(),
                ErrorCode.INVALID_REQUEST);
        assertRefused(() -> request("a", "b", "c").negativePrompts("x", "y").build(), ErrorCode.INVALID_PROMPT);
    }

    @Test
    void aStrengthThatLeavesNoStepIsRefused() {
        assertRefused(
                request("a cat").steps(4).initialPicture(new InitialPicture(grey(64, 64), 0.1, Optional.empty())),
                ErrorCode.INVALID_STEPS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void aStrengthOutOfRangeIsRefused(double strength) {
        assertRefused(
                () -> request("a cat").initialPicture(new InitialPicture(grey(64, 64), strength, Optional.empty())),
                ErrorCode.INVALID_REQUEST);
    }

    @Test
    void picturesAndMasksOfAnotherSizeAreRefused() {
        assertRefused(
                request("a cat").initialPicture(new InitialPicture(grey(64, 80), 0.5, Optional.empty())),
                ErrorCode.INVALID_SIZE);
        assertRefused(
                () -> request("a cat").initialPicture(new InitialPicture(grey(64, 64), 0.5, Optional.of(grey(8, 8)))),
                ErrorCode.INVALID_SIZE);
    }

    @Test
    void aControlPictureNeedsAControlNetwork() {
        assertRefused(
                request("a cat").control(new ControlPicture("controlnet", grey(64, 64), 1, 0, 1)),
                ErrorCode.UNSUPPORTED);
    }

    @Test
    void aControlPictureOutOfRangeIsRefused() {
        assertRefused(
                () -> new ControlPicture("controlnet", grey(64, 64), Double.NaN, 0, 1), ErrorCode.INVALID_REQUEST);
        assertRefused(() -> new ControlPicture("controlnet", grey(64, 64), 1, 0.5, 0.4), ErrorCode.INVALID_REQUEST);
        assertRefused(() -> new ControlPicture("controlnet", grey(64, 64), 1, 0, 1.1), ErrorCode.INVALID_REQUEST);
    }

    @Test
    void clipSkipNeedsTheStatesOfEarlierLayers() {
        DreamException error = catchThrowableOfType(
                DreamException.class, () -> generate(request("a cat").clipSkip(1)));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertRefused(() -> request("a cat").clipSkip(-1).build(), ErrorCode.INVALID_REQUEST);
    }

    @Test
    void theSecondTextEncoderNeedsAsManyPrompts() {
        assertRefused(() -> request("a", "b").secondPrompts("c").build(), ErrorCode.INVALID_PROMPT);
        assertRefused(() -> request("a").secondNegativePrompts("c").build(), ErrorCode.INVALID_PROMPT);
    }

    @Test
    void theEncoderOfPicturesIsLoadedWhenAPictureNeedsIt() {
        assertThat(runtime.open).hasValue(3);
        generate(request("a cat").steps(2).initialPicture(new InitialPicture(grey(64, 64), 0.5, Optional.empty())));
        generate(request("a cat").steps(2).initialPicture(new InitialPicture(grey(64, 64), 0.5, Optional.empty())));

        assertThat(runtime.open).hasValue(4);
        assertThat(runtime.unetCalls).hasSize(2);
    }

    @Test
    void theKeptPartOfAPictureStaysWhatItWas() {
        RgbImage leftHalf = picture(64, 64, (x, y) -> x < 32 ? 255 : 0);
        InitialPicture initial = new InitialPicture(grey(64, 64), 1, Optional.of(leftHalf));
        DiffusionResult one = generate(request("a cat").steps(3).initialPicture(initial));
        runtime.prediction = 0.9f;
        DiffusionResult other = generate(request("a cat").steps(3).initialPicture(initial));

        float[] first = one.latents().toArray();
        float[] second = other.latents().toArray();
        for (int i = 0; i < first.length; i++) {
            if (i % 8 < 4) {
                assertThat(first[i]).isNotEqualTo(second[i]);
            } else {
                assertThat(first[i]).isEqualTo(second[i]);
            }
        }
    }

    @Test
    void aPartThatFailsToLoadFreesTheOthers() {
        FakeRuntime failing = new FakeRuntime();
        failing.damaged = "unet";

        assertRefused(() -> StableDiffusionModel.load(FOLDER, failing), ErrorCode.MODEL_FILE_CORRUPT);
        assertThat(failing.open).hasValue(0);
    }

    @Test
    void aNetworkOfAnotherShapeThanTheConfigurationSaysIsRefused() {
        FakeRuntime other = new FakeRuntime();
        FakeRuntime.declare(other.inputs, "unet", "sample", ElementType.FLOAT32, -1, 9, -1, -1);

        DreamException error =
                catchThrowableOfType(DreamException.class, () -> StableDiffusionModel.load(FOLDER, other));

        assertThat(error.code()).isEqualTo(ErrorCode.MODEL_SHAPE_MISMATCH);
        assertThat(error.getMessage()).contains("unet", "[?, 9, ?, ?]", "[?, 4, ?, ?]");
        assertThat(other.open).hasValue(0);
    }

    @Test
    void aNetworkWithAnotherInputIsRefused() {
        FakeRuntime other = new FakeRuntime();
        FakeRuntime.declare(other.inputs, "unet", "class_labels", ElementType.INT64, -1);

        assertRefused(() -> StableDiffusionModel.load(FOLDER, other), ErrorCode.MODEL_SHAPE_MISMATCH);
    }

    @Test
    void aNetworkThatLacksItsOutputIsRefused() {
        FakeRuntime other = new FakeRuntime();
        other.outputs.get("vae_decoder").clear();

        assertRefused(() -> StableDiffusionModel.load(FOLDER, other), ErrorCode.MODEL_SHAPE_MISMATCH);
    }

    private static DiffusionRequest.Builder request(String... prompts) {
        return DiffusionRequest.builder(FOLDER, prompts).scheduler(DDIM);
    }

    private static RgbImage grey(int width, int height) {
        return picture(width, height, (x, y) -> 128);
    }

    private static RgbImage picture(int width, int height, IntBinaryOperator value) {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) value.applyAsInt(i / 3 % width, i / 3 / width);
        }
        return RgbImage.of(width, height, rgb);
    }

    private DiffusionResult generate(DiffusionRequest.Builder request) {
        return pipeline.generate(request.build(), NoiseKind.CPU.source(1), step -> {}, new Cancellation());
    }

    private void assertRefused(DiffusionRequest.Builder request, ErrorCode code) {
        assertRefused(() -> generate(request), code);
        if (code != ErrorCode.ENGINE_FAILED) {
            assertRefused(() -> pipeline.check(request.build()), code);
        }
    }

    private static void assertRefused(Runnable work, ErrorCode code) {
        DreamException error = catchThrowableOfType(DreamException.class, work::run);

        assertThat(error).as("the refusal").isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).isNotBlank().doesNotContain("\n");
    }
}
