package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.HiresPass;
import io.dreamprotocol.core.image.HiresPass.Upscaler;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RequestOptions;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionImageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose refiner is its own denoising network: where it takes over must not show. */
class RefinerTest {
    @TempDir
    static Path root;

    private static DiffusionImageModel model;

    @BeforeAll
    static void open() throws IOException {
        Path golden = GoldenFiles.root().resolve("pipelines/sdxl/model");
        try (Stream<Path> files = Files.walk(golden)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> copy(file, golden.relativize(file).toString()));
        }
        copy(golden.resolve("unet/model.onnx"), "refiner/model.onnx");
        copy(golden.resolve("unet/config.json"), "refiner/config.json");
        model = DiffusionImageModel.load("sdxl", ModelFolder.open(root), OnnxRuntime.start(OnnxOptions.defaults()));
    }

    private static void copy(Path file, String to) {
        try {
            Files.createDirectories(root.resolve(to).getParent());
            Files.copy(file, root.resolve(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DDIM", "Euler", "Euler a", "DPM++ 2M Karras", "DPM++ 3M SDE", "UniPC", "Heun", "LMS"})
    void theSameNetworkAsRefinerGivesTheVerySameLatents(String scheduler) {
        ModelOutput plain = generate(scheduler, RequestOptions.NONE);
        ModelOutput refined = generate(scheduler, RequestOptions.NONE.withRefinerSwitch(0.8));

        assertThat(refined.latents()).isEqualTo(plain.latents());
        assertThat(refined.image()).isEqualTo(plain.image());
    }

    @Test
    void itGoesAlongWithASecondPassAndTiling() {
        RequestOptions options = RequestOptions.NONE
                .withHires(new HiresPass(1.5, 6, 0.9, Upscaler.LATENT))
                .withTiling(true);
        ModelOutput plain = generate("DDIM", options);
        ModelOutput refined = generate("DDIM", options.withRefinerSwitch(0.4));

        assertThat(refined.latents()).isEqualTo(plain.latents());
    }

    private static ModelOutput generate(String scheduler, RequestOptions options) {
        CanonicalRequest request =
                new CanonicalRequest("a cat", "rain", model.descriptor().id(), 64, 64, 8, 5, 7, scheduler, options);
        return model.generate(request, ProgressListener.NONE, new Cancellation());
    }
}
