package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionImageModel;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionResult;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import io.dreamprotocol.inference.diffusion.scheduler.SchedulerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Half-precision and quantised models give what the same networks give in Python, by {@code golden/variants/make_variants.py}. */
class VariantGoldenTest {
    private static final Path GOLDEN = GoldenFiles.root().resolve("variants");
    private static final Path PLAIN = GoldenFiles.root().resolve("pipelines/sd15/model");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> picturesEqualThoseOfPython() {
        List<?> cases = (List<?>) GoldenFiles.json(GOLDEN.resolve("cases.json"));
        assertThat(cases).hasSize(6);
        return cases.stream()
                .map(each -> (Map<?, ?>) each)
                .map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> check(each)));
    }

    @ParameterizedTest
    @CsvSource({"float16, float16", "weights16, float16", "int8, int8", "none, float32"})
    void theReceiptNamesTheFormatOfTheWeights(String variant, String dtype) throws IOException {
        ModelFolder model = assemble(variant);
        try (ImageModel opened =
                DiffusionImageModel.load("variant", model, OnnxRuntime.start(OnnxOptions.defaults()))) {
            GenerationRequest request = GenerationRequest.of("a cat").withSteps(1);

            assertThat(opened.generate(
                                    request.complete(opened.descriptor(), 1), ProgressListener.NONE, new Cancellation())
                            .engine()
                            .dtype())
                    .isEqualTo(dtype);
        }
    }

    private void check(Map<?, ?> values) throws IOException {
        String variant = (String) values.get("variant");
        ModelFolder model = assemble(variant);
        SchedulerConfig ddim = model.scheduler().withClassName("DDIMScheduler").with("clip_sample", false);
        DiffusionRequest request = DiffusionRequest.builder(model, (String) values.get("prompt"))
                .steps(((Number) values.get("steps")).intValue())
                .guidanceScale(((Number) values.get("guidance")).doubleValue())
                .scheduler(ddim)
                .size(64, 64)
                .build();
        DiffusionResult result;
        try (StableDiffusionModel loaded =
                StableDiffusionModel.load(model, OnnxRuntime.start(OnnxOptions.defaults()))) {
            result = new StableDiffusionPipeline(loaded)
                    .generate(
                            request,
                            NoiseKind.CPU.source(((Number) values.get("seed")).longValue()),
                            step -> {},
                            new Cancellation());
        }

        String name = (String) values.get("name");
        float[] latents = GoldenFiles.npy(GOLDEN.resolve(name + ".latents.npy"));
        assertThat(GoldenComparison.largestDifference(result.latents().toArray(), latents))
                .as("latents")
                .isLessThanOrEqualTo(tolerance(variant) * Math.max(1, GoldenComparison.largest(latents)));
        assertThat(GoldenComparison.psnr(
                        result.images().getFirst().toArray(), GoldenFiles.rgb(GOLDEN.resolve(name + ".png"))))
                .as("PSNR")
                .isGreaterThan(40);
    }

    /**
     * Float16 has eleven significant bits, and int8 rounds activations to 256 levels: where a float32 rounding differs, a value can
     * land on the next level.
     */
    private static double tolerance(String variant) {
        return variant.equals("int8") ? 5e-3 : 1e-3;
    }

    /** The plain model, with the networks of a variant in the place of its own. */
    private ModelFolder assemble(String variant) throws IOException {
        Path target = folder.resolve(variant);
        if (Files.isDirectory(target)) {
            return ModelFolder.open(target);
        }
        copy(PLAIN, target);
        if (!variant.equals("none")) {
            copy(GOLDEN.resolve(variant), target);
        }
        return ModelFolder.open(target);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
