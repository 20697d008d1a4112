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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return DreamMiniCase.tests(DreamMiniGoldenTest::check);
    }

    private static void check(DreamMiniCase golden) {
        DiffusionRequest.Builder request = DiffusionRequest.builder(folder, golden.text("prompt"))
                .steps(golden.number("steps").intValue())
                .guidanceScale(golden.number("guidance").doubleValue())
                .scheduler(scheduler(golden));
        if (golden.has("negative")) {
            request.negativePrompts(golden.text("negative"));
        }
        if (golden.has("width")) {
            request.size(
                    golden.number("width").intValue(), golden.number("height").intValue());
        }
        List<AppliedStyle> styles =
                golden.loras().stream().map(DreamMiniGoldenTest::style).toList();
        DiffusionResult result;
        try (StableDiffusionModel styled = model.with(styles, List.of())) {
            result = new StableDiffusionPipeline(styled)
                    .generate(
                            request.build(),
                            NoiseKind.CPU.source(golden.number("seed").longValue()),
                            step -> {},
                            new Cancellation());
        }

        float[] latents = golden.latents();
        assertThat(result.latents().toArray()).hasSameSizeAs(latents);
        assertThat(GoldenComparison.largestDifference(result.latents().toArray(), latents))
                .as("latents")
                .isLessThanOrEqualTo(1e-2 * Math.max(1, GoldenComparison.largest(latents)));
        golden.assertSame(result.images().getFirst());
    }

    private static AppliedStyle style(DreamMiniCase.Lora lora) {
        try {
            Path file = Files.write(cache.resolve(lora.file()), lora.content());
            return new AppliedStyle(StyleModel.load(file), lora.weight(), lora.textEncoderWeight());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchedulerConfig scheduler(DreamMiniCase golden) {
        SchedulerConfig config = folder.scheduler();
        if (golden.has("scheduler")) {
            config = config.withClassName(golden.text("scheduler"));
        }
        if (golden.values().get("scheduler_options") instanceof Map<?, ?> options) {
            for (Map.Entry<?, ?> option : options.entrySet()) {
                config = config.with((String) option.getKey(), option.getValue());
            }
        }
        return config;
    }
}
