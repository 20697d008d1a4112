package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.BundledModels;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.noise.NoiseKind;
import io.dreamprotocol.inference.diffusion.pipeline.DiffusionRequest;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionModel;
import io.dreamprotocol.inference.diffusion.pipeline.StableDiffusionPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is loaded and run many times leaves no memory behind, in the process as the operating system counts it. */
class NativeMemoryTest {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;

    /** A picture of this size has 768 KiB of numbers: 200 that are not freed take 150 MiB, and so do 20 decoders. */
    private static final int SIDE = 256;

    private static final long ALLOWED = 64 << 20;

    private final OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults().withThreads(1));

    @BeforeEach
    void requireCount() {
        Assumptions.assumeTrue(Files.isReadable(STATM), "this system does not count a process's memory in " + STATM);
    }

    @Test
    void runningTwoHundredTimesLeavesNothingBehind() throws IOException {
        ModelFolder folder = ModelFolder.open(GoldenFiles.root().resolve("pipelines/sd15/model"));
        try (StableDiffusionModel model = StableDiffusionModel.load(folder, runtime)) {
            run(model, 20);
            long before = residentBytes();
            run(model, 200);
            assertThat(residentBytes() - before).as("bytes kept").isLessThan(ALLOWED);
        }
    }

    @Test
    void stoppingTwoHundredTimesLeavesNothingBehind() throws IOException {
        ModelFolder folder = ModelFolder.open(GoldenFiles.root().resolve("pipelines/sd15/model"));
        try (StableDiffusionModel model = StableDiffusionModel.load(folder, runtime)) {
            stop(model, 20);
            long before = residentBytes();
            stop(model, 200);
            assertThat(residentBytes() - before).as("bytes kept").isLessThan(ALLOWED);
        }
    }

    @Test
    void loadingTwentyTimesLeavesNothingBehind(@TempDir Path cache) throws IOException {
        BundledModels bundled = BundledModels.of(NativeMemoryTest.class.getClassLoader());
        ModelFolder folder = ModelFolder.open(bundled.unpack("dream-mini", cache));
        load(folder, 3);
        long before = residentBytes();
        load(folder, 20);
        assertThat(residentBytes() - before).as("bytes kept").isLessThan(ALLOWED);
    }

    @Test
    void changingStylesFortyTimesLeavesNothingBehind(@TempDir Path cache) throws IOException {
        BundledModels bundled = BundledModels.of(NativeMemoryTest.class.getClassLoader());
        ModelFolder folder = ModelFolder.open(bundled.unpack("dream-mini", cache));
        NetworkSource source = new NetworkSource("vae_decoder", folder.network(ModelPart.VAE_DECODER));
        try (ChangeableNetwork network = (ChangeableNetwork) runtime.load(source)) {
            change(network, 5);
            long before = residentBytes();
            change(network, 40);
            assertThat(residentBytes() - before).as("bytes kept").isLessThan(ALLOWED);
        }
    }

    private static void change(ChangeableNetwork network, int times) {
        for (int i = 0; i < times; i++) {
            collectGarbage(i);
            network.with(NetworkChanges.NONE).close();
        }
    }

    private void load(ModelFolder folder, int times) {
        for (int i = 0; i < times; i++) {
            runtime.load(new NetworkSource("vae_decoder", folder.network(ModelPart.VAE_DECODER)))
                    .close();
        }
    }

    private static void run(StableDiffusionModel model, int times) {
        for (int i = 0; i < times; i++) {
            collectGarbage(i);
            new StableDiffusionPipeline(model)
                    .generate(request(model), NoiseKind.CPU.source(i), step -> {}, new Cancellation());
        }
    }

    private static void stop(StableDiffusionModel model, int times) {
        for (int i = 0; i < times; i++) {
            collectGarbage(i);
            Cancellation cancellation = new Cancellation();
            try {
                new StableDiffusionPipeline(model)
                        .generate(request(model), NoiseKind.CPU.source(i), step -> cancellation.cancel(), cancellation);
            } catch (StoppedException e) {
                assertThat(cancellation.isStopped()).isTrue();
            }
        }
    }

    private static DiffusionRequest request(StableDiffusionModel model) {
        return DiffusionRequest.builder(model.folder(), "a cat")
                .size(SIDE, SIDE)
                .guidanceScale(1)
                .steps(1)
                .build();
    }

    /** Keeps Java's own heap small, so that what grows is native memory. */
    private static void collectGarbage(int run) {
        if (run % 10 == 0) {
            System.gc();
        }
    }

    private static long residentBytes() throws IOException {
        System.gc();
        return Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * PAGE;
    }
}
