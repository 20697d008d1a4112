package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model and its style models against Python: every case of {@code dream-mini/cases.json}. */
class DreamMiniGoldenTest {
    @TempDir
    static Path cache;

    private static ModelFolder folder;
    private static StableDiffusionModel model;

    @BeforeAll
    static void load() {
        BundledModels bundled = BundledModels.of(DreamMiniGoldenTest.class.getClassLoader());
        folder = ModelFolder.open(bundled.unpack("dream-mini", cache));
        model = StableDiffusionModel.load(folder, OnnxRuntime.start(OnnxOptions.defaults()));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @TestFactory
    Stream<DynamicTest> picturesEqualThoseOfPython() {
        Path golden = GoldenFiles.root().resolve("dream-mini");
        List<?> cases = (List<?>) GoldenFiles.json(golden.resolve("cases.json"));
        assertThat(cases).isNotEmpty();
        return cases.stream()
                .map(each -> (Map<?, ?>) each)
                .map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> check(golden, each)));
    }

    private static void check(Path golden, Map<?, ?> values) {
        DiffusionRequest.Builder request = DiffusionRequest.builder(folder, (String) values.get("prompt"))
                .steps(((Number) values.get("steps")).intValue())
                .guidanceScale(((Number) values.get("guidance")).doubleValue())
                .scheduler(scheduler(values));
        if (values.get("negative") instanceof String negative) {
            request.negativePrompts(negative);
        }
        if (values.get("width") instanceof Number width && values.get("height") instanceof Number height) {
            request.size(width.intValue(), height.intValue());
        }
        DiffusionResult result;
        try (StableDiffusionModel styled = model.with(styles(values), List.of())) {
            result = new StableDiffusionPipeline(styled)
                    .generate(
                            request.build(),
                            NoiseKind.CPU.source(((Number) values.get("seed")).longValue()),
                            step -> {},
                            new Cancellation());
        }

        String name = (String) values.get("name");
        float[] latents = GoldenFiles.npy(golden.resolve(name + ".latents.npy"));
        assertThat(result.latents().toArray()).hasSameSizeAs(latents);
        assertThat(GoldenComparison.largestDifference(result.latents().toArray(), latents))
                .as("latents")
                .isLessThanOrEqualTo(1e-2 * Math.max(1, GoldenComparison.largest(latents)));
        int[] expected = GoldenFiles.rgb(golden.resolve(name + ".png"));
        byte[] actual = result.images().getFirst().toArray();
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(GoldenComparison.shareWithin(2, actual, expected))
                .as("share of close values")
                .isGreaterThanOrEqualTo(0.999);
        assertThat(GoldenComparison.psnr(actual, expected)).as("PSNR").isGreaterThan(40);
    }

    /** The style models lie beside the model's folder in its artifact. */
    private static List<AppliedStyle> styles(Map<?, ?> values) {
        List<AppliedStyle> styles = new ArrayList<>();
        if (values.get("loras") instanceof List<?> loras) {
            for (Object each : loras) {
                List<?> lora = (List<?>) each;
                styles.add(new AppliedStyle(
                        StyleModel.load(unpacked((String) lora.get(0))),
                        ((Number) lora.get(1)).doubleValue(),
                        ((Number) lora.get(2)).doubleValue()));
            }
        }
        return styles;
    }

    private static Path unpacked(String name) {
        Path file = cache.resolve(name);
        ClassLoader loader = DreamMiniGoldenTest.class.getClassLoader();
        try (InputStream in = loader.getResourceAsStream("io/dreamprotocol/inference/models/" + name)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedulerConfig scheduler(Map<?, ?> values) {
        SchedulerConfig config = folder.scheduler();
        if (values.get("scheduler") instanceof String name) {
            config = config.withClassName(name);
        }
        if (values.get("scheduler_options") instanceof Map<?, ?> options) {
            for (Map.Entry<?, ?> option : options.entrySet()) {
                config = config.with((String) option.getKey(), option.getValue());
            }
        }
        return config;
    }
}
