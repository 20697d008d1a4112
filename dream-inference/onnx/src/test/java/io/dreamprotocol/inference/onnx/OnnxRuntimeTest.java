package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnxruntime.OrtEnvironment;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxRuntimeTest {
    private static final Path UNET = GoldenFiles.root().resolve("pipelines/sd15/model/unet/model.onnx");
    private static final Set<String> OUTPUT = Set.of("out_sample");

    private final OnnxRuntime runtime = OnnxRuntime.start(OnnxOptions.defaults());

    @TempDir
    private Path folder;

    @Test
    void inputsAndOutputsAreThoseOfTheGraph() {
        try (Network network = load(UNET)) {
            assertThat(network.inputs())
                    .containsEntry("timestep", info(ElementType.INT64, Shape.DYNAMIC))
                    .containsEntry("encoder_hidden_states", info(ElementType.FLOAT32, Shape.DYNAMIC, Shape.DYNAMIC, 32))
                    .containsKey("sample")
                    .hasSize(3);
            assertThat(network.outputs()).containsOnlyKeys("out_sample");
        }
    }

    @Test
    void theEngineSaysWhatItIs() {
        assertThat(runtime.engine(ElementType.FLOAT32))
                .isEqualTo(new EngineInfo(
                        "onnxruntime", OrtEnvironment.getEnvironment().getVersion(), "cpu", "float32"));
        assertThat(runtime.substitutions()).isEmpty();
    }

    @Test
    void aRunDependsOnEveryInput() {
        try (Network network = load(UNET)) {
            float[] base = run(network, 8, 1, 500, 1);

            assertThat(run(network, 8, 1, 500, 1)).isEqualTo(base);
            assertThat(run(network, 8, 2, 500, 1)).isNotEqualTo(base);
            assertThat(run(network, 8, 1, 501, 1)).isNotEqualTo(base);
            assertThat(run(network, 8, 1, 500, 2)).isNotEqualTo(base);
        }
    }

    @Test
    void concurrentRunsGiveWhatTheyGiveAlone() throws Exception {
        try (Network network = load(UNET);
                ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> together = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int seed = i;
                together.add(executor.submit(() -> run(network, 8, seed, seed, seed)));
            }
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(run(network, 8, i, i, i));
            }
        }
    }

    @Test
    void runsOfDifferentSizesTakeTurns() {
        try (Network network = load(UNET);
                Network fresh = load(UNET)) {
            float[] small = run(network, 8, 1, 500, 1);
            float[] large = run(fresh, 16, 1, 500, 1);

            for (int side : new int[] {8, 16, 8, 8, 16, 16}) {
                assertThat(run(network, side, 1, 500, 1)).isEqualTo(side == 8 ? small : large);
            }
        }
    }

    @Test
    void whatARunGaveStaysAsItIsDuringTheNext() {
        try (Network network = load(UNET)) {
            float[] first = run(network, 8, 1, 500, 1);
            Tensor kept = network.run(inputs(8, 1, 500, 1), OUTPUT, new Cancellation())
                    .get("out_sample");
            run(network, 8, 2, 600, 2);

            assertThat(kept.toFloats()).isEqualTo(first);
        }
    }

    @Test
    void shapesMayDependOnValues() {
        Path file = new OnnxBytes()
                .node("where", "NonZero", "places", "x")
                .input("x", OnnxBytes.FLOAT, 4)
                .output("places", OnnxBytes.INT64, 1, -1)
                .write(folder.resolve("places.onnx"));
        try (Network network = load(file)) {
            for (float[] values :
                    new float[][] {{1, 0, 1, 0}, {0, 0, 0, 2}, {1, 1, 1, 1}, {1, 1, 1, 2}, {0, 1, 1, 0}}) {
                int expected = 0;
                for (float value : values) {
                    expected += value == 0 ? 0 : 1;
                }
                Tensor places = network.run(Map.of("x", Tensor.of(values, 4)), Set.of("places"), new Cancellation())
                        .get("places");
                assertThat(places.shape()).isEqualTo(Shape.of(1, expected));
                int last = values.length - 1;
                while (values[last] == 0) {
                    last--;
                }
                assertThat(places.bytes().getLong((expected - 1) * Long.BYTES)).isEqualTo(last);
            }
        }
    }

    @Test
    void inputsThatDoNotFitAreMistakes() {
        try (Network network = load(UNET)) {
            Map<String, Tensor> right = inputs(8, 1, 500, 1);
            assertMistake(network, Map.of(), OUTPUT, "takes the inputs");
            Tensor wide = Tensor.zeros(ElementType.FLOAT32, 1, 77, 33);
            assertMistake(network, with(right, "encoder_hidden_states", wide), OUTPUT, "[1, 77, 33]");
            assertMistake(
                    network, with(right, "sample", Tensor.zeros(ElementType.FLOAT16, 1, 4, 8, 8)), OUTPUT, "float16");
            assertMistake(network, right, Set.of("nothing"), "gives");
            assertMistake(network, right, Set.of(), "gives");
        }
    }

    @Test
    void sizesThatContradictEachOtherInsideTheNetworkAreTheModelsFault() {
        try (Network network = load(UNET)) {
            DreamException error = catchThrowableOfType(DreamException.class, () -> run(network, 7, 1, 500, 1));

            assertThat(error.code()).isEqualTo(ErrorCode.MODEL_SHAPE_MISMATCH);
            assertThat(error.getMessage()).contains(UNET.toString()).doesNotContain("\n");
        }
    }

    @Test
    void aRunStopsBetweenTwoOfItsOperations() throws Exception {
        try (Network network = load(UNET);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Cancellation cancellation = new Cancellation();
            // This size takes many times as long as the test waits.
            Future<DreamException> stopped = executor.submit(() -> catchThrowableOfType(
                    DreamException.class, () -> network.run(inputs(256, 1, 500, 1), OUTPUT, cancellation)));
            Thread.sleep(100);
            cancellation.cancel();

            assertThat(stopped.get()).isNotNull();
            assertThat(stopped.get().code()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(run(network, 8, 1, 500, 1)).hasSize(256);
        }
    }

    @Test
    void aRunThatWasStoppedBeforeDoesNotBegin() {
        try (Network network = load(UNET)) {
            Cancellation cancellation = new Cancellation();
            cancellation.cancel();

            DreamException error = catchThrowableOfType(
                    DreamException.class, () -> network.run(inputs(8, 1, 500, 1), OUTPUT, cancellation));
            assertThat(error.code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void aClosedNetworkRefusesToRun() {
        Network network = load(UNET);
        network.close();
        network.close();

        assertThatIllegalStateException().isThrownBy(() -> run(network, 8, 1, 500, 1));
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefused(folder.resolve("none.onnx"), ErrorCode.MODEL_FILE_MISSING);
        assertRefused(folder, ErrorCode.MODEL_FILE_MISSING);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0001, 0.1, 0.5, 0.9, 0.99999})
    void aTruncatedFileIsNamed(double share) throws IOException {
        byte[] whole = Files.readAllBytes(UNET);
        Path file = folder.resolve("truncated.onnx");
        Files.write(file, Arrays.copyOf(whole, (int) (whole.length * share)));

        assertRefused(file, ErrorCode.MODEL_FILE_CORRUPT);
    }

    @Test
    void aFileThatIsNoNetworkIsNamed() throws IOException {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        for (byte[] content : List.of(noise, "<!doctype html>".getBytes(StandardCharsets.UTF_8), new byte[100])) {
            Path file = folder.resolve("other.onnx");
            Files.write(file, content);
            assertRefused(file, ErrorCode.MODEL_FILE_CORRUPT);
        }
    }

    @ParameterizedTest
    @EnumSource(value = ExecutionProvider.class, mode = EnumSource.Mode.EXCLUDE, names = "CPU")
    void aProviderThatIsNotThereIsRefusedUnlessFallbackIsAllowed(ExecutionProvider provider) {
        OnnxOptions options = OnnxOptions.defaults().withProvider(provider);
        Assumptions.assumeFalse(
                OrtEnvironment.getAvailableProviders().contains(provider.provider()),
                provider.id() + " is part of this build of ONNX Runtime");

        DreamException error = catchThrowableOfType(DreamException.class, () -> OnnxRuntime.start(options));
        assertThat(error.code()).isEqualTo(ErrorCode.PROVIDER_UNAVAILABLE);
        assertThat(error.getMessage()).contains(provider.id(), "choose cpu").doesNotContain("\n");

        OnnxRuntime fallen = OnnxRuntime.start(options.withFallback(true));
        assertThat(fallen.engine(ElementType.FLOAT32).provider()).isEqualTo("cpu");
        assertThat(fallen.substitutions()).singleElement().asString().contains("cpu", provider.id());
    }

    private Network load(Path file) {
        return runtime.load(new NetworkSource("unet", file));
    }

    private void assertRefused(Path file, ErrorCode code) {
        DreamException error =
                catchThrowableOfType(DreamException.class, () -> load(file).close());

        assertThat(error).as("the refusal").isNotNull();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.getMessage()).contains(file.toString()).doesNotContain("\n");
    }

    private static void assertMistake(Network network, Map<String, Tensor> inputs, Set<String> wanted, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.run(inputs, wanted, new Cancellation()))
                .withMessageContaining(message);
    }

    private static float[] run(Network network, int side, int seed, int timestep, int textSeed) {
        return network.run(inputs(side, seed, timestep, textSeed), OUTPUT, new Cancellation())
                .get("out_sample")
                .toFloats();
    }

    private static Map<String, Tensor> inputs(int side, int seed, int timestep, int textSeed) {
        Tensor time = Tensor.zeros(ElementType.INT64, 1);
        time.fill(timestep);
        return Map.of(
                "sample",
                Tensor.of(noise(seed, 4 * side * side), 1, 4, side, side),
                "timestep",
                time,
                "encoder_hidden_states",
                Tensor.of(noise(textSeed, 77 * 32), 1, 77, 32));
    }

    private static Map<String, Tensor> with(Map<String, Tensor> inputs, String name, Tensor tensor) {
        Map<String, Tensor> changed = new HashMap<>(inputs);
        changed.put(name, tensor);
        return changed;
    }

    private static float[] noise(int seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static TensorInfo info(ElementType type, long... dimensions) {
        return new TensorInfo(type, Shape.of(dimensions));
    }
}
