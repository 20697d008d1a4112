package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import io.dreamprotocol.inference.diffusion.pipeline.ControlPicture;
import io.dreamprotocol.inference.diffusion.pipeline.DenoisingStep;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.InitialPicture;
import io.dreamprotocol.inference.diffusion.pipeline.PerImageNoise;
import io.dreamprotocol.inference.diffusion.pipeline.PromptEmbedding;
import io.dreamprotocol.inference.diffusion.pipeline.SizeHints;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Pipelines against diffusers: the pictures, latents and embeddings of every case in {@code pipelines/<kind>/cases.json}.
 */
class PipelineGoldenTest {
    /** The tasks of each kind of model that there is a pipeline for. */
    private static final Map<String, Set<String>> SUPPORTED = Map.of(
            "sd15", Set.of("txt2img", "img2img", "inpaint"),
            "sdxl", Set.of("txt2img", "img2img"),
            "inpaint", Set.of("inpaint"),
            "controlnet", Set.of("txt2img", "img2img"),
            "lcm", Set.of("txt2img", "img2img"));

    private static final Set<String> NOISE_SCHEDULE =
            Set.of("beta_start", "beta_end", "beta_schedule", "num_train_timesteps");

    private static final List<StableDiffusionModel> LOADED = new ArrayList<>();

    @AfterAll
    static void closeModels() {
        LOADED.forEach(StableDiffusionModel::close);
    }

    @TestFactory
    Stream<DynamicContainer> picturesEqualThoseOfDiffusers() throws IOException {
        Path root = GoldenFiles.root().resolve("pipelines");
        List<Path> kinds;
        try (Stream<Path> folders = Files.list(root)) {
            kinds = folders.filter(folder -> Files.exists(folder.resolve("cases.json")))
                    .sorted()
                    .toList();
        }
        assertThat(kinds).isNotEmpty();
        return kinds.stream()
                .map(kind ->
                        DynamicContainer.dynamicContainer(kind.getFileName().toString(), new Kind(kind).tests()));
    }

    /** The cases of one kind of model. */
    private static final class Kind {
        private final Path folder;
        private final Map<?, ?> document;
        private final ModelFolder modelFolder;
        private @Nullable StableDiffusionModel model;

        Kind(Path folder) {
            this.folder = folder;
            this.document = (Map<?, ?>) GoldenFiles.json(folder.resolve("cases.json"));
            this.modelFolder = ModelFolder.open(folder.resolve(text(document, "model")));
        }

        Stream<DynamicTest> tests() {
            List<DynamicTest> tests = new ArrayList<>();
            for (Object each : (List<?>) document.get("cases")) {
                Map<?, ?> golden = (Map<?, ?>) each;
                tests.add(DynamicTest.dynamicTest(text(golden, "name"), () -> {
                    requireSupport(golden.containsKey("task") ? text(golden, "task") : "txt2img");
                    checkCase(model(), golden);
                }));
            }
            tests.add(DynamicTest.dynamicTest("embeddings", () -> {
                requireSupport(text(document, "kind").equals("inpaint") ? "inpaint" : "txt2img");
                checkEmbeddings(model());
            }));
            return tests.stream();
        }

        private void requireSupport(String task) {
            String kind = text(document, "kind");
            Assumptions.assumeTrue(
                    SUPPORTED.getOrDefault(kind, Set.of()).contains(task),
                    "there is no pipeline yet for " + kind + " " + task);
        }

        private StableDiffusionModel model() {
            if (model == null) {
                model = StableDiffusionModel.load(modelFolder, OnnxRuntime.start(OnnxOptions.defaults()));
                LOADED.add(model);
            }
            return model;
        }

        private void checkCase(StableDiffusionModel model, Map<?, ?> golden) {
            List<DenoisingStep> steps = new ArrayList<>();
            DiffusionResult result = new StableDiffusionPipeline(model)
                    .generate(request(golden), noise(golden), steps::add, new Cancellation());
            float[] expected = GoldenFiles.npy(folder.resolve(text(golden, "latents")));
            assertThat(result.latents().toArray()).as("latents").hasSameSizeAs(expected);
            assertThat(GoldenComparison.largestDifference(result.latents().toArray(), expected))
                    .as("latents")
                    .isLessThanOrEqualTo(1e-3 * Math.max(1, GoldenComparison.largest(expected)));
            checkSteps(steps, (List<?>) golden.get("per_step"));
            List<?> files = (List<?>) golden.get("images");
            assertThat(result.images()).hasSameSizeAs(files);
            for (int i = 0; i < files.size(); i++) {
                checkImage(result.images().get(i), folder.resolve((String) files.get(i)));
            }
        }

        private static void checkSteps(List<DenoisingStep> steps, List<?> golden) {
            assertThat(steps).hasSameSizeAs(golden);
            for (int i = 0; i < steps.size(); i++) {
                Map<?, ?> expected = (Map<?, ?>) golden.get(i);
                DenoisingStep step = steps.get(i);
                float[] latents = step.latents().toArray();
                double tolerance = 1e-3 * Math.max(1, GoldenComparison.largest(latents));
                assertThat(step.timestep()).isCloseTo(number(expected, "t"), within(1e-3));
                List<?> first = (List<?>) expected.get("first8");
                for (int j = 0; j < first.size(); j++) {
                    assertThat((double) latents[j])
                            .as("step %s, element %s", i, j)
                            .isCloseTo(((Number) first.get(j)).doubleValue(), within(tolerance));
                }
                assertThat(GoldenComparison.mean(latents)).isCloseTo(number(expected, "mean"), within(tolerance));
            }
        }

        private static void checkImage(RgbImage image, Path file) {
            int[] expected = GoldenFiles.rgb(file);
            byte[] actual = image.toArray();
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.length; i++) {
                assertThat(Math.abs((actual[i] & 0xFF) - expected[i]))
                        .as("value %s of %s", i, file.getFileName())
                        .isLessThanOrEqualTo(2);
            }
        }

        private void checkEmbeddings(StableDiffusionModel model) {
            StableDiffusionPipeline pipeline = new StableDiffusionPipeline(model);
            ClipTokenizer tokenizer = ClipTokenizer.load(modelFolder.tokenizer(ModelPart.TEXT_ENCODER));
            for (Object each : (List<?>) document.get("embeddings")) {
                Map<?, ?> golden = (Map<?, ?>) each;
                String text = text(golden, "text");
                assertThat(tokenizer.encodePadded(text)).as(text).isEqualTo(integers((List<?>) golden.get("ids")));
                PromptEmbedding embedding = pipeline.encode(text, new Cancellation());
                float[] actual = embedding.text().toArray();
                if (golden.containsKey("file")) {
                    float[] expected = GoldenFiles.npy(folder.resolve(text(golden, "file")));
                    assertThat(actual).as(text).hasSameSizeAs(expected);
                    assertThat(GoldenComparison.largestDifference(actual, expected))
                            .as(text)
                            .isLessThanOrEqualTo(1e-4);
                }
                assertThat(GoldenComparison.mean(actual)).as(text).isCloseTo(number(golden, "mean"), within(1e-4));
                if (golden.containsKey("pooled")) {
                    assertThat(GoldenComparison.largestDifference(
                                    embedding.pooled().orElseThrow(), floats((List<?>) golden.get("pooled"))))
                            .as("pooled: %s", text)
                            .isLessThanOrEqualTo(1e-4);
                }
            }
        }

        private DiffusionRequest request(Map<?, ?> golden) {
            DiffusionRequest.Builder builder = DiffusionRequest.builder(modelFolder, texts(golden.get("prompt")))
                    .steps((int) number(golden, "steps"))
                    .scheduler(scheduler(golden))
                    .size(
                            golden.containsKey("width") ? (int) number(golden, "width") : 64,
                            golden.containsKey("height") ? (int) number(golden, "height") : 64);
            ifPresent(golden, "guidance", value -> builder.guidanceScale(((Number) value).doubleValue()));
            ifPresent(golden, "guidance_rescale", value -> builder.guidanceRescale(((Number) value).doubleValue()));
            ifPresent(golden, "negative", value -> builder.negativePrompts(texts(value)));
            ifPresent(golden, "prompt_2", value -> builder.secondPrompts(texts(value)));
            ifPresent(golden, "negative_2", value -> builder.secondNegativePrompts(texts(value)));
            ifPresent(golden, "clip_skip", value -> builder.clipSkip(((Number) value).intValue()));
            ifPresent(golden, "n", value -> builder.imagesPerPrompt(((Number) value).intValue()));
            ifPresent(golden, "eta", value -> builder.eta(((Number) value).doubleValue()));
            ifPresent(golden, "image", value -> {
                RgbImage picture = picture("image_" + value);
                builder.size(picture.width(), picture.height())
                        .initialPicture(new InitialPicture(
                                picture,
                                number(golden, "strength"),
                                Optional.ofNullable(golden.get("mask")).map(mask -> picture("mask_" + mask))));
            });
            ifPresent(golden, "control", value -> {
                RgbImage picture = picture("control_" + value);
                builder.size(picture.width(), picture.height())
                        .control(new ControlPicture(
                                "controlnet",
                                picture,
                                number(golden, "control_scale", 1),
                                number(golden, "control_guidance_start", 0),
                                number(golden, "control_guidance_end", 1)));
            });
            if (golden.containsKey("original_size")) {
                builder.sizeHints(hints(golden, "original_size", "crops", "target_size"));
            }
            if (golden.containsKey("negative_original_size")) {
                builder.negativeSizeHints(hints(golden, "negative_original_size", "", "negative_target_size"));
            }
            return builder.build();
        }

        private static SizeHints hints(Map<?, ?> golden, String original, String crops, String target) {
            int[] from = integers((List<?>) golden.get(original));
            int[] cut = golden.containsKey(crops) ? integers((List<?>) golden.get(crops)) : new int[2];
            int[] to = integers((List<?>) golden.get(target));
            return new SizeHints(from[0], from[1], cut[0], cut[1], to[0], to[1]);
        }

        private static void ifPresent(Map<?, ?> golden, String key, Consumer<Object> use) {
            Object value = golden.get(key);
            if (value != null) {
                use.accept(value);
            }
        }

        private static RgbImage picture(String name) {
            return GoldenFiles.picture(GoldenFiles.root().resolve("pipelines/inputs/" + name + ".png"));
        }

        /** A case's scheduler has the model's noise schedule and no other of its options. */
        private SchedulerConfig scheduler(Map<?, ?> golden) {
            if (golden.get("original_steps") instanceof Number steps) {
                return modelFolder.scheduler().with("original_inference_steps", steps);
            }
            if (!golden.containsKey("scheduler")) {
                return modelFolder.scheduler();
            }
            List<?> pair = (List<?>) golden.get("scheduler");
            Map<String, Object> options = new HashMap<>(modelFolder.scheduler().options());
            options.keySet().retainAll(NOISE_SCHEDULE);
            ((Map<?, ?>) pair.get(1)).forEach((key, value) -> options.put((String) key, value));
            return SchedulerConfig.of((String) pair.get(0), options);
        }

        private static NoiseSource noise(Map<?, ?> golden) {
            if (!golden.containsKey("generators")) {
                return NoiseKind.CPU.source(((Number) golden.get("seed")).longValue());
            }
            List<NoiseSource> sources = new ArrayList<>();
            for (Object seed : (List<?>) golden.get("generators")) {
                sources.add(NoiseKind.CPU.source(((Number) seed).longValue()));
            }
            return new PerImageNoise(sources);
        }

        private static String[] texts(Object value) {
            return value instanceof List<?> list ? list.toArray(new String[0]) : new String[] {(String) value};
        }

        private static int[] integers(List<?> values) {
            return values.stream()
                    .mapToInt(value -> ((Number) value).intValue())
                    .toArray();
        }

        private static float[] floats(List<?> values) {
            float[] floats = new float[values.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = ((Number) values.get(i)).floatValue();
            }
            return floats;
        }

        private static double number(Map<?, ?> map, String key, double absent) {
            return map.containsKey(key) ? number(map, key) : absent;
        }

        private static String text(Map<?, ?> map, String key) {
            return (String) map.get(key);
        }

        private static double number(Map<?, ?> map, String key) {
            return ((Number) map.get(key)).doubleValue();
        }
    }
}
