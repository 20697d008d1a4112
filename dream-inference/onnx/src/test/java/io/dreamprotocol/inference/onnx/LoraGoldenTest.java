package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Style models and textual inversions against Python: every case of {@code lora/lora.json}, in every spelling. */
class LoraGoldenTest {
    private static final Path GOLDEN = GoldenFiles.root().resolve("lora");

    private static Map<?, ?> document;
    private static ModelFolder folder;
    private static StableDiffusionModel model;

    @BeforeAll
    static void load() {
        document = (Map<?, ?>) GoldenFiles.json(GOLDEN.resolve("lora.json"));
        String base = ((String) document.get("base_model")).split(" ", 2)[0];
        folder = ModelFolder.open(GoldenFiles.root().resolve(base));
        model = StableDiffusionModel.load(folder, OnnxRuntime.start(OnnxOptions.defaults()));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @TestFactory
    Stream<DynamicTest> picturesInStylesEqualThoseOfPython() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Object each : (List<?>) document.get("cases")) {
            Map<?, ?> golden = (Map<?, ?>) each;
            for (String spelling : List.of("kohya", "peft", "diffusers_legacy")) {
                List<?> used = (List<?>) golden.get("loras");
                if (used.stream().allMatch(use -> files((Map<?, ?>) use).containsKey(spelling))) {
                    tests.add(DynamicTest.dynamicTest(
                            golden.get("name") + " as " + spelling,
                            () -> check(golden, styles(used, spelling), List.of())));
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> picturesOfNewWordsEqualThoseOfPython() {
        Map<?, ?> inversion = (Map<?, ?>) document.get("textual_inversion");
        String token = (String) inversion.get("token");
        List<DynamicTest> tests = new ArrayList<>();
        for (Object each : (List<?>) inversion.get("cases")) {
            Map<?, ?> golden = (Map<?, ?>) each;
            for (String file : List.of("cat-toy_diffusers.safetensors", "cat-toy_a1111.safetensors")) {
                tests.add(DynamicTest.dynamicTest(
                        golden.get("name") + " from " + file,
                        () -> check(golden, List.of(), List.of(TextualInversion.load(GOLDEN.resolve(file), token)))));
            }
        }
        return tests.stream();
    }

    private static Map<?, ?> files(Map<?, ?> use) {
        Map<?, ?> loras = (Map<?, ?>) document.get("loras");
        return (Map<?, ?>) ((Map<?, ?>) loras.get(use.get("lora"))).get("files");
    }

    private static List<AppliedStyle> styles(List<?> used, String spelling) {
        List<AppliedStyle> styles = new ArrayList<>();
        for (Object each : used) {
            Map<?, ?> use = (Map<?, ?>) each;
            String file = (String) ((Map<?, ?>) files(use).get(spelling)).get("file");
            styles.add(new AppliedStyle(
                    StyleModel.load(GOLDEN.resolve(file)), number(use, "unet_strength"), number(use, "te_strength")));
        }
        return styles;
    }

    private static void check(Map<?, ?> golden, List<AppliedStyle> styles, List<TextualInversion> words) {
        Map<?, ?> call = (Map<?, ?>) golden.get("call");
        try (StableDiffusionModel styled = model.with(styles, words)) {
            StableDiffusionPipeline pipeline = new StableDiffusionPipeline(styled);
            checkEmbedding(pipeline, (String) call.get("prompt"), (Map<?, ?>) golden.get("prompt_embeds"));
            DiffusionResult result = pipeline.generate(
                    request(call), NoiseKind.CPU.source((long) number(call, "seed")), step -> {}, new Cancellation());

            float[] expected = GoldenFiles.npy(GOLDEN.resolve((String) golden.get("latents")));
            float[] actual = result.latents().toArray();
            assertThat(actual).as("latents").hasSameSizeAs(expected);
            assertThat(GoldenComparison.largestDifference(actual, expected))
                    .as("latents")
                    .isLessThanOrEqualTo(1e-3 * Math.max(1, GoldenComparison.largest(expected)));
            int[] pixels = GoldenFiles.rgb(GOLDEN.resolve((String) golden.get("image")));
            byte[] values = result.images().getFirst().toArray();
            assertThat(values).hasSameSizeAs(pixels);
            assertThat(GoldenComparison.shareWithin(2, values, pixels))
                    .as("share of close values")
                    .isEqualTo(1);
        }
    }

    private static void checkEmbedding(StableDiffusionPipeline pipeline, String prompt, Map<?, ?> golden) {
        float[] embedding = pipeline.encode(prompt, new Cancellation()).text().toArray();
        assertThat(GoldenComparison.mean(embedding)).as("mean").isCloseTo(number(golden, "mean"), within(1e-4));
        List<?> first = (List<?>) golden.get("first8");
        for (int i = 0; i < first.size(); i++) {
            assertThat((double) embedding[i])
                    .as("element %s", i)
                    .isCloseTo(((Number) first.get(i)).doubleValue(), within(1e-4));
        }
    }

    private static DiffusionRequest request(Map<?, ?> call) {
        List<?> scheduler = (List<?>) call.get("scheduler");
        SchedulerConfig config = folder.scheduler().withClassName((String) scheduler.get(0));
        for (Map.Entry<?, ?> option : ((Map<?, ?>) scheduler.get(1)).entrySet()) {
            config = config.with((String) option.getKey(), option.getValue());
        }
        DiffusionRequest.Builder request = DiffusionRequest.builder(folder, (String) call.get("prompt"))
                .steps((int) number(call, "steps"))
                .guidanceScale(number(call, "guidance"))
                .scheduler(config)
                .size(64, 64);
        if (call.get("negative") instanceof String negative) {
            request.negativePrompts(negative);
        }
        return request.build();
    }

    private static double number(Map<?, ?> values, String key) {
        return ((Number) values.get(key)).doubleValue();
    }
}
