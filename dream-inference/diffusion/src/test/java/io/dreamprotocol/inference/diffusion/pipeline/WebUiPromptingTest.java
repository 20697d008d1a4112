package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.data.Percentage.withPercentage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What prompts in the web UI's language tell the networks. */
class WebUiPromptingTest {
    private static final ModelFolder FOLDER =
            ModelFolder.open(Path.of(System.getProperty("dream.golden"), "pipelines", "sd15", "model"));

    private static final int CHUNK = 77 * 32;

    private final FakeRuntime runtime = new FakeRuntime();
    private final StableDiffusionModel model = StableDiffusionModel.load(FOLDER, runtime);
    private final StableDiffusionPipeline pipeline = new StableDiffusionPipeline(model);

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a cat", "a red cat, on a mat"})
    void aPromptWithoutSignsIsReadAsPlainText(String prompt) {
        generate(request(prompt).steps(2));
        List<float[]> plain = texts();
        generate(request(prompt).language(PromptLanguage.WEB_UI).steps(2));

        assertThat(texts().subList(2, 4)).usingRecursiveComparison().isEqualTo(plain);
    }

    @Test
    void bracketsWeighTokensAndKeepTheMean() {
        generate(webUi("a (cat:1.5)").steps(1).guidanceScale(1));

        float[] plain = plain("a cat");
        float[] weighted = texts().getFirst();
        assertThat(weighted).isNotEqualTo(plain);
        assertThat(sum(weighted)).isCloseTo(sum(plain), withPercentage(0.001));
        assertThat(weighted[2 * 32] / weighted[32]).isCloseTo(1.5f * plain[2 * 32] / plain[32], withPercentage(0.001));
    }

    @ParameterizedTest
    @CsvSource({
        "a cat, 5",
        "a cat, 1",
        "a cat AND a dog :0.5, 5",
        "a cat AND a dog, 1",
        "a cat :0.5, 1",
        "[a:b:0.5] AND c AND, 7"
    })
    void aRequestCountsAsManyPredictionsAsThereAre(String prompt, double guidance) {
        generate(webUi(prompt).steps(1).guidanceScale(guidance));

        ModelId any = new ModelId("any", Bytes.sha256(new byte[0]));
        CanonicalRequest request = new CanonicalRequest(prompt, "", any, 64, 64, 1, guidance, 7, "DDIM");
        assertThat(texts().getFirst()).hasSize(request.predictions() * CHUNK);
    }

    @Test
    void anEscapedBracketIsText() {
        generate(webUi("a \\(cat\\)").steps(1).guidanceScale(1));

        assertThat(texts().getFirst()).isEqualTo(plain("a (cat)"));
    }

    @Test
    void breakBeginsANewChunkAndTheNegativePromptIsFilledUp() {
        generate(webUi("a cat BREAK a dog").negativePrompts("rain").steps(1));

        float[] text = texts().getFirst();
        assertThat(text).hasSize(4 * CHUNK);
        assertThat(row(text, 0)).isEqualTo(plain("rain"));
        assertThat(row(text, 1)).isEqualTo(plain(""));
        assertThat(row(text, 2)).isEqualTo(plain("a cat"));
        assertThat(row(text, 3)).isEqualTo(plain("a dog"));
    }

    @Test
    void aLongNegativePromptFillsThePromptUp() {
        generate(webUi("a cat").negativePrompts("rain BREAK snow").steps(1));

        float[] text = texts().getFirst();
        assertThat(row(text, 2)).isEqualTo(plain("a cat"));
        assertThat(row(text, 3)).isEqualTo(plain(""));
    }

    @Test
    void nothingOfALongPromptIsCutOff() {
        generate(webUi("a ".repeat(80).strip()).steps(1).guidanceScale(1));

        float[] text = texts().getFirst();
        assertThat(text.length).isEqualTo(2 * CHUNK);
        assertThat(row(text, 1)).isEqualTo(plain("a a a a a"));
    }

    @Test
    void partsArePredictedTogetherAndAddUp() {
        runtime.negativePrediction = 0.25f;
        generate(webUi("a cat AND a dog :0.5").negativePrompts("rain").steps(1));

        assertThat(runtime.unetCalls.getFirst().get("sample")).hasSize(3 * 256);
        float[] text = texts().getFirst();
        assertThat(row(text, 0)).isEqualTo(plain("rain"));
        assertThat(row(text, 1)).isEqualTo(plain("a cat"));
        assertThat(row(text, 2)).isEqualTo(plain("a dog"));
    }

    @Test
    void editsAndAlternationsFollowTheSteps() {
        generate(webUi("[cat:dog:2]").steps(4).guidanceScale(1));
        generate(webUi("[cat|dog]").steps(5).guidanceScale(1));

        List<float[]> told = texts();
        float[] cat = plain("cat");
        float[] dog = plain("dog");
        // The web UI compares its counter, which begins with 0, with the last step of each text, which counts from 1.
        assertThat(told.subList(0, 4)).usingRecursiveComparison().isEqualTo(List.of(cat, cat, cat, dog));
        assertThat(told.subList(4, 9)).usingRecursiveComparison().isEqualTo(List.of(cat, cat, dog, cat, dog));
    }

    @Test
    void aMethodThatCallsTheNetworkTwiceAStepCountsTwice() {
        generate(webUi("[cat:dog:0.5]")
                .scheduler(FOLDER.scheduler().withClassName("HeunDiscreteScheduler"))
                .steps(4)
                .guidanceScale(1));

        List<float[]> told = texts();
        assertThat(told).hasSize(7);
        assertThat(told.get(4)).isEqualTo(plain("cat"));
        assertThat(told.get(5)).isEqualTo(plain("dog"));
    }

    @Test
    void everyTextIsEncodedOnce() {
        generate(webUi("[cat|dog] AND [cat|dog]").negativePrompts("cat").steps(9));

        assertThat(runtime.encoded).hasValue(2);
    }

    @Test
    void picturesOfOneBatchMayHaveDifferentParts() {
        DiffusionRequest.Builder two = DiffusionRequest.builder(FOLDER, "a cat", "a dog AND a fox")
                .language(PromptLanguage.WEB_UI)
                .scheduler(FOLDER.scheduler().withClassName("DDIMScheduler"))
                .steps(2);

        assertThat(generate(two).images()).hasSize(2);
        assertThat(runtime.unetCalls.getFirst().get("sample")).hasSize(5 * 256);
    }

    @ParameterizedTest
    @CsvSource({
        "a cat <lora:style:1>,UNSUPPORTED",
        "a cat <hypernet:style:1>,UNSUPPORTED",
        "a cat:1000000000000000000000000000000000000000000000000 AND a dog,INVALID_PROMPT"
    })
    void whatCannotBeDoneIsRefused(String prompt, ErrorCode code) {
        assertRefused(webUi(prompt), code);
    }

    @Test
    void tooManyChunksAtOnceAreRefused() {
        assertRefused(webUi("BREAK a ".repeat(200) + " AND a AND a AND a"), ErrorCode.INVALID_PROMPT);
    }

    @Test
    void bracketsThatAreNotBalancedAreText() {
        generate(webUi("a) cat").steps(1).guidanceScale(1));

        assertThat(texts().getFirst()).isEqualTo(plain("a) cat"));
    }

    private void assertRefused(DiffusionRequest.Builder request, ErrorCode code) {
        DreamException checked = catchThrowableOfType(DreamException.class, () -> pipeline.check(request.build()));
        DreamException generated = catchThrowableOfType(DreamException.class, () -> generate(request));

        assertThat(checked.code()).isEqualTo(code);
        assertThat(generated.code()).isEqualTo(code);
        assertThat(runtime.encoded).hasValue(0);
    }

    private static DiffusionRequest.Builder request(String prompt) {
        return DiffusionRequest.builder(FOLDER, prompt)
                .scheduler(FOLDER.scheduler().withClassName("DDIMScheduler"));
    }

    private static DiffusionRequest.Builder webUi(String prompt) {
        return request(prompt).language(PromptLanguage.WEB_UI);
    }

    private DiffusionResult generate(DiffusionRequest.Builder request) {
        return pipeline.generate(request.build(), NoiseKind.CPU.source(1), step -> {}, new Cancellation());
    }

    /** What each call of the denoising network was told. */
    private List<float[]> texts() {
        List<float[]> texts = new ArrayList<>();
        runtime.unetCalls.forEach(call -> texts.add(call.get("encoder_hidden_states")));
        return texts;
    }

    private float[] plain(String prompt) {
        return pipeline.encode(prompt, new Cancellation()).text().toArray();
    }

    private static float[] row(float[] texts, int row) {
        return Arrays.copyOfRange(texts, row * CHUNK, (row + 1) * CHUNK);
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
