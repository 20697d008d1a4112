package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.AddedEmbeddings;
import io.dreamprotocol.inference.diffusion.network.ChangeableNetwork;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleChanges;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeableOnnxNetworkTest {
    private static final OnnxRuntime RUNTIME =
            OnnxRuntime.start(OnnxOptions.defaults().withThreads(1));
    private static final Path GOLDEN = GoldenFiles.root().resolve("pipelines/sd15/model");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"unet", "text_encoder"})
    void aNetworkWithoutChangesGivesTheSameNumbers(String part) {
        try (ChangeableNetwork network = golden(part);
                Network first = network.with(NetworkChanges.NONE);
                Network second = network.with(NetworkChanges.NONE)) {
            float[] expected = run(network);
            assertThat(run(first)).containsExactly(expected);
            assertThat(run(second)).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"style_a_kohya", "style_locon_kohya"})
    void theSimplifiedGraphGivesTheNumbersOfTheFile(String style) {
        try (ChangeableNetwork network = golden("unet")) {
            NetworkChanges changes = changes(network, style, ModelPart.UNET, 0.75);
            try (Network fromFile = network.with(changes);
                    Network prepared = network.with(changes)) {
                float[] expected = run(fromFile);
                assertThat(expected).isNotEqualTo(run(network));
                assertThat(run(prepared)).containsExactly(expected);
            }
        }
    }

    @Test
    void styledNetworksRunBesideEachOther() throws Exception {
        try (ChangeableNetwork network = golden("text_encoder");
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Network> networks = new ArrayList<>(List.of(network));
            List<float[]> expected = new ArrayList<>(List.of(run(network)));
            List<Future<Network>> made = new ArrayList<>();
            for (double weight : new double[] {1, -0.5, 0.25}) {
                made.add(threads.submit(
                        () -> network.with(changes(network, "style_a_peft", ModelPart.TEXT_ENCODER, weight))));
            }
            for (Future<Network> each : made) {
                networks.add(each.get());
                expected.add(run(each.get()));
            }
            assertThat(expected.get(1)).isNotEqualTo(expected.get(2));
            List<Future<float[]>> runs = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Network each = networks.get(i % networks.size());
                runs.add(threads.submit(() -> run(each)));
            }
            for (int i = 0; i < runs.size(); i++) {
                assertThat(runs.get(i).get()).containsExactly(expected.get(i % expected.size()));
            }
            networks.forEach(Network::close);
        }
    }

    @Test
    void aStyledNetworkOutlivesItsBase() {
        ChangeableNetwork network = golden("text_encoder");
        Network changed = network.with(changes(network, "style_a_peft", ModelPart.TEXT_ENCODER, 1));
        float[] expected = run(changed);
        network.close();
        assertThat(run(changed)).containsExactly(expected);
        changed.close();
        assertThatThrownBy(() -> run(changed)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyStoredOrderOfAWeightIsChangedRightly() {
        // y = x W for a weight of 2 outputs and 3 inputs; the change adds output + 10 * input.
        List<OnnxBytes> graphs = List.of(
                graph().node("/a/MatMul", "MatMul", "y", "x", "w").floats("w", new long[] {300, 200}, ones()),
                graph().node("/a/Gemm", "Gemm", "transB", 1, "y", "x", "w").floats("w", new long[] {200, 300}, ones()),
                graph().node("/a/Gemm", "Gemm", "transB", 0, "y", "x", "w").floats("w", new long[] {300, 200}, ones()),
                graph().node("/a/Transpose", "Transpose", "perm", new long[] {1, 0}, "t", "a.weight")
                        .node("/a/MatMul", "MatMul", "y", "x", "t")
                        .floats("a.weight", new long[] {200, 300}, ones()),
                graph().node("/half/Cast", "Cast", "to", OnnxBytes.FLOAT16, "h", "x")
                        .node("/a/MatMul", "MatMul", "p", "h", "w")
                        .node("/full/Cast", "Cast", "to", OnnxBytes.FLOAT, "y", "p")
                        .halves("w", new long[] {300, 200}, ones()),
                graph().node("/a/Cast", "Cast", "to", 1, "c", "w")
                        .node("/a/MatMul", "MatMul", "y", "x", "c")
                        .halves("w", new long[] {300, 200}, ones()));
        for (OnnxBytes bytes : graphs) {
            try (ChangeableNetwork network = load(bytes.write(folder.resolve("model.onnx")))) {
                assertThat(network.layers()).isEqualTo(Map.of("a", Shape.of(200, 300)));
                for (int round = 0; round < 3; round++) {
                    try (Network changed = network.with(
                            new NetworkChanges(List.of(pattern(0.25f), pattern(0.75f)), Optional.empty()))) {
                        float[] y = run(changed, "x", oneHot(7), "y");
                        assertThat(y[0]).isEqualTo(71);
                        assertThat(y[199]).isEqualTo(270);
                    }
                }
            }
        }
    }

    @Test
    void weightsBesideTheGraphAreChangedWhereTheyAre() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(300 * 200 * 4 + 12).order(ByteOrder.LITTLE_ENDIAN);
        data.position(12);
        data.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(ones());
        Files.write(folder.resolve("model.onnx_data"), data.array());
        OnnxBytes bytes = graph().node("/a/MatMul", "MatMul", "h", "x", "w")
                .node("/b/MatMul", "MatMul", "y", "h", "v")
                .external("w", OnnxBytes.FLOAT, new long[] {300, 200}, "model.onnx_data", 12, 300 * 200 * 4)
                .external("v", OnnxBytes.FLOAT, new long[] {200, 200}, "model.onnx_data", 12, 200 * 200 * 4);
        try (ChangeableNetwork network = load(bytes.write(folder.resolve("model.onnx")))) {
            for (int round = 0; round < 2; round++) {
                try (Network changed = network.with(new NetworkChanges(List.of(pattern(1)), Optional.empty()))) {
                    // The sum over 200 channels of 1 + output + 70.
                    assertThat(run(changed, "x", oneHot(7), "y")[0]).isEqualTo(200 * 71 + 199 * 100);
                }
            }
        }
    }

    @Test
    void quantisedAndUnknownLayersAreRefused() {
        OnnxBytes bytes = graph().node("/a/DequantizeLinear", "DequantizeLinear", "d", "w", "s")
                .node("/a/MatMul", "MatMul", "y", "x", "d")
                .constant("w", OnnxBytes.INT8, new long[] {300, 200}, new byte[300 * 200])
                .floats("s", new long[0], 1);
        try (ChangeableNetwork network = load(bytes.write(folder.resolve("model.onnx")))) {
            assertThatThrownBy(() -> network.with(new NetworkChanges(List.of(pattern(1)), Optional.empty())))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("layer a")
                    .hasMessageContaining("quantised");
        }
        try (ChangeableNetwork network = golden("text_encoder")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> network.with(new NetworkChanges(List.of(pattern(1)), Optional.empty())));
        }
    }

    @Test
    void addedTokensHaveTheirOwnRows() {
        try (ChangeableNetwork network = golden("text_encoder")) {
            float[] rows = new float[64];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (float) Math.sin(i * i);
            }
            NetworkChanges changes = new NetworkChanges(List.of(), Optional.of(new AddedEmbeddings(1000, 32, rows)));
            try (Network changed = network.with(changes)) {
                float[] plain = encode(network, 998, 320, 321, 999);
                assertThat(encode(changed, 998, 320, 321, 999)).containsExactly(plain);
                float[] first = encode(changed, 998, 320, 1000, 999);
                float[] second = encode(changed, 998, 320, 1001, 999);
                assertThat(first).isNotEqualTo(second);
                // Attention looks back only: what stands before an added token does not change.
                assertThat(Arrays.copyOf(first, 64)).containsExactly(Arrays.copyOf(plain, 64), within(1e-5f));
                assertThat(first[64]).isNotCloseTo(second[64], within(1e-3f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 12, 13, 17})
    void addedTokensWorkInEveryVersionAndWithQuantisedTables(int opset) {
        OnnxBytes bytes = new OnnxBytes()
                .opset(opset)
                .input("input_ids", OnnxBytes.INT64, -1, -2)
                .output("y", OnnxBytes.FLOAT, -1, -2, 2)
                .node("/q", "Gather", "q", "table", "input_ids")
                .node("/f", "Cast", "to", 1, "f", "q")
                .node("/s", "Mul", "e", "f", "scale")
                .node("/y", "Add", "y", "e", "bias")
                .constant("table", OnnxBytes.INT8, new long[] {3, 2}, new byte[] {1, 2, 3, 4, 5, 6})
                .floats("scale", new long[0], 0.5f)
                .floats("bias", new long[] {2}, 100, 200);
        try (ChangeableNetwork network = load(bytes.write(folder.resolve("model.onnx")))) {
            AddedEmbeddings rows = new AddedEmbeddings(5, 2, new float[] {7.125f, 8, 9, 10});
            try (Network changed = network.with(new NetworkChanges(List.of(), Optional.of(rows)))) {
                Tensor ids = Tensor.zeros(ElementType.INT64, 1, 4);
                ids.put(0, new int[] {0, 5, 2, 6});
                float[] y = changed.run(Map.of("input_ids", ids), Set.of("y"), new Cancellation())
                        .get("y")
                        .toFloats();
                assertThat(y).containsExactly(100.5f, 201, 107.125f, 208, 102.5f, 203, 109, 210);
            }
        }
    }

    @Test
    void networksThatLookUpNoTokensTakeNone() {
        NetworkChanges changes =
                new NetworkChanges(List.of(), Optional.of(new AddedEmbeddings(1000, 32, new float[32])));
        NetworkChanges wide = new NetworkChanges(List.of(), Optional.of(new AddedEmbeddings(1000, 33, new float[33])));
        try (ChangeableNetwork unet = golden("unet");
                ChangeableNetwork textEncoder = golden("text_encoder")) {
            assertThatThrownBy(() -> unet.with(changes))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("textual inversions");
            assertThatThrownBy(() -> textEncoder.with(wide)).isInstanceOf(UnsupportedException.class);
        }
    }

    @Test
    void aFileThatWasReplacedSinceIsNoticed() throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.copy(GOLDEN.resolve("text_encoder/model.onnx"), file);
        try (ChangeableNetwork network = load(file)) {
            assertThat(network.layers()).isNotEmpty();
            byte[] other = Files.readAllBytes(file);
            other[other.length / 2]++;
            Files.write(file, other);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));
            assertThatThrownBy(() -> network.with(NetworkChanges.NONE))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("changed after it was loaded");
        }
    }

    @Test
    void randomChangesToAFileGiveAnErrorOrANetwork() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("text_encoder/model.onnx"));
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            byte[] bytes = whole.clone();
            for (int i = 0; i < 3; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path file = OnnxBytes.write(folder.resolve("model.onnx"), bytes);
            try (ChangeableNetwork network = load(file);
                    Network changed = network.with(NetworkChanges.NONE)) {
                assertThat(changed.inputs().keySet()).isEqualTo(network.inputs().keySet());
            } catch (DreamException e) {
                assertThat(e.getMessage()).contains("model.onnx").doesNotContain("\n");
            }
        }
    }

    private static OnnxBytes graph() {
        return new OnnxBytes().input("x", OnnxBytes.FLOAT, 1, 300).output("y", OnnxBytes.FLOAT, 1, 200);
    }

    private static float[] ones() {
        float[] ones = new float[300 * 200];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static Tensor oneHot(int at) {
        float[] values = new float[300];
        values[at] = 1;
        return Tensor.of(values, 1, 300);
    }

    /** Adds a multiple of the output's index and ten times the input's, in a layer of 200 x 300. */
    private static WeightChange pattern(float factor) {
        return new WeightChange() {
            @Override
            public String layer() {
                return "a";
            }

            @Override
            public void addTo(float[] weight, WeightLayout layout) {
                for (int output = 0; output < 200; output++) {
                    for (int input = 0; input < 300; input++) {
                        int at = layout == WeightLayout.OUTPUT_MAJOR ? output * 300 + input : input * 200 + output;
                        weight[at] += factor * (output + 10 * input);
                    }
                }
            }
        };
    }

    private static NetworkChanges changes(ChangeableNetwork network, String style, ModelPart part, double weight) {
        StyleModel model = StyleModel.load(GoldenFiles.root().resolve("lora/" + style + ".safetensors"));
        return new NetworkChanges(
                StyleChanges.of(List.of(AppliedStyle.of(model, weight)), part, network.layers()), Optional.empty());
    }

    private static ChangeableNetwork golden(String part) {
        return load(GOLDEN.resolve(part).resolve("model.onnx"));
    }

    private static ChangeableNetwork load(Path file) {
        return (ChangeableNetwork) RUNTIME.load(new NetworkSource("part", file));
    }

    private static float[] encode(Network network, int... ids) {
        Tensor tensor = Tensor.zeros(ElementType.INT32, 1, ids.length);
        tensor.put(0, ids);
        return run(network, "input_ids", tensor, "last_hidden_state");
    }

    private static float[] run(Network network, String input, Tensor tensor, String output) {
        return network.run(Map.of(input, tensor), Set.of(output), new Cancellation())
                .get(output)
                .toFloats();
    }

    /** The first output for fixed inputs. */
    private static float[] run(Network network) {
        Map<String, Tensor> inputs = new HashMap<>();
        network.inputs().forEach((name, info) -> inputs.put(name, filled(name, info)));
        String output = network.outputs().keySet().iterator().next();
        return network.run(inputs, Set.of(output), new Cancellation())
                .get(output)
                .toFloats();
    }

    private static Tensor filled(String name, TensorInfo info) {
        long[] sizes = info.shape().toArray();
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == Shape.DYNAMIC) {
                sizes[i] = i == 0 ? 1 : name.equals("sample") && i == 1 ? 4 : 8;
            }
        }
        Tensor tensor = Tensor.zeros(info.type(), sizes);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < tensor.elements(); i++) {
            float value = info.type() == ElementType.FLOAT32 ? random.nextFloat() : random.nextInt(900);
            tensor.put(i, new float[] {value}, 0, 1);
        }
        return tensor;
    }
}
