package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphLayersTest {
    private static final long[] TWO_BY_THREE = {2, 3};

    @TempDir
    Path folder;

    @Test
    void productsTakeTheirWeightsTransposed() {
        LayerWeight layer = layers(new OnnxBytes()
                        .node("/mid/to_q/MatMul", "MatMul", "y", "x", "onnx::MatMul_1")
                        .floats("onnx::MatMul_1", TWO_BY_THREE, new float[6]))
                .get("mid.to_q");
        assertThat(layer.shape()).isEqualTo(Shape.of(3, 2));
        assertThat(layer.layout()).isEqualTo(WeightLayout.INPUT_MAJOR);
        assertThat(layer.obstacle()).isEmpty();
    }

    @Test
    void generalProductsSayWhetherTheyTranspose() {
        Map<String, LayerWeight> layers = layers(new OnnxBytes()
                .node("/a/Gemm", "Gemm", "transB", 1, "y", "x", "a.weight")
                .node("/b/Gemm", "Gemm", "transB", 0, "z", "x", "w")
                .node("/c/Gemm", "Gemm", "transA", 1, "v", "x", "c.weight")
                .floats("a.weight", TWO_BY_THREE, new float[6])
                .floats("w", TWO_BY_THREE, new float[6])
                .floats("c.weight", TWO_BY_THREE, new float[6]));
        assertThat(layers.keySet()).containsExactly("a", "b");
        assertThat(layers.get("a").layout()).isEqualTo(WeightLayout.OUTPUT_MAJOR);
        assertThat(layers.get("a").shape()).isEqualTo(Shape.of(2, 3));
        assertThat(layers.get("b").layout()).isEqualTo(WeightLayout.INPUT_MAJOR);
        assertThat(layers.get("b").shape()).isEqualTo(Shape.of(3, 2));
    }

    @Test
    void weightsAreFollowedThroughTranspositionsAndCasts() {
        LayerWeight layer = layers(new OnnxBytes()
                        .node("", "Transpose", "perm", new long[] {1, 0}, "t", "proj.weight")
                        .node("", "Cast", "to", 1, "c", "t")
                        .node("node_matmul_1", "MatMul", "y", "x", "c")
                        .halves("proj.weight", TWO_BY_THREE, new float[6]))
                .get("proj");
        assertThat(layer.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(layer.layout()).isEqualTo(WeightLayout.OUTPUT_MAJOR);
        assertThat(layer.obstacle()).isEmpty();
    }

    @Test
    void convolutionsKeepTheirKernels() {
        LayerWeight layer = layers(new OnnxBytes()
                        .node("/conv_in/Conv", "Conv", "y", "x", "conv_in.weight")
                        .floats("conv_in.weight", new long[] {2, 1, 3, 3}, new float[18]))
                .get("conv_in");
        assertThat(layer.shape()).isEqualTo(Shape.of(2, 1, 3, 3));
        assertThat(layer.layout()).isEqualTo(WeightLayout.OUTPUT_MAJOR);
    }

    @Test
    void quantisedWeightsAreKnownButCannotBeChanged() {
        Map<String, LayerWeight> layers = layers(new OnnxBytes()
                .node("/a/MatMul_quant", "MatMulInteger", "y", "x", "a.weight_quantized")
                .node("/b/DequantizeLinear", "DequantizeLinear", "d", "b.weight", "s")
                .node("/b/MatMul", "MatMul", "z", "x", "d")
                .constant("a.weight_quantized", OnnxBytes.INT8, TWO_BY_THREE, new byte[6])
                .constant("b.weight", OnnxBytes.INT8, TWO_BY_THREE, new byte[6])
                .floats("s", new long[0], 1));
        assertThat(layers.keySet()).containsExactly("a", "b");
        layers.values()
                .forEach(layer -> assertThat(layer.obstacle().orElseThrow()).contains("quantised"));
    }

    @Test
    void sharedWeightsCannotBeChanged() {
        Map<String, LayerWeight> layers = layers(new OnnxBytes()
                .node("/a/MatMul", "MatMul", "y", "x", "shared")
                .node("/b/MatMul", "MatMul", "z", "x", "shared")
                .floats("shared", TWO_BY_THREE, new float[6]));
        assertThat(layers.keySet()).containsExactly("a", "b");
        layers.values()
                .forEach(layer -> assertThat(layer.obstacle().orElseThrow()).contains("several places"));
    }

    @Test
    void weightsThatInnerGraphsUseCannotBeChanged() {
        ProtoWriter inner = new ProtoWriter().message(1, OnnxBytes.nodeMessage("", "Identity", "i", "w"));
        ProtoWriter branch = new ProtoWriter().text(1, "then_branch").message(6, inner);
        Map<String, LayerWeight> layers = layers(new OnnxBytes()
                .node("/a/MatMul", "MatMul", "y", "x", "w")
                .field(1, OnnxBytes.nodeMessage("", "If", "z", "y").message(5, branch))
                .floats("w", TWO_BY_THREE, new float[6]));
        assertThat(layers.get("a").obstacle()).isPresent();
    }

    @Test
    void weightsInNumbersOfTheirOwnCannotBeChanged() {
        ProtoWriter tensor = OnnxBytes.tensor("w", OnnxBytes.FLOAT, 1, 1).bytes(4, new byte[4]);
        Map<String, LayerWeight> layers = layers(
                new OnnxBytes().node("/a/MatMul", "MatMul", "y", "x", "w").field(5, tensor));
        assertThat(layers.get("a").obstacle().orElseThrow()).contains("not stored in one piece");
    }

    @Test
    void namesThatMeanTwoWeightsMeanNeither() {
        assertThat(layers(new OnnxBytes()
                        .node("/a/MatMul", "MatMul", "y", "x", "v")
                        .node("/a/MatMul_1", "MatMul", "z", "x", "w")
                        .floats("v", TWO_BY_THREE, new float[6])
                        .floats("w", TWO_BY_THREE, new float[6])))
                .isEmpty();
    }

    @Test
    void productsOfTwoComputedMatricesAreNoLayers() {
        assertThat(layers(new OnnxBytes()
                        .node("/attn/MatMul", "MatMul", "y", "x", "x")
                        .node("nameless", "MatMul", "z", "x", "w")
                        .floats("w", TWO_BY_THREE, new float[6])
                        .node("/bias/Add", "Add", "s", "x", "b")
                        .floats("b", new long[] {3}, new float[3])
                        .node("/other/Transpose", "Transpose", "perm", new long[] {0, 2, 1}, "t", "v")
                        .node("/other/MatMul", "MatMul", "u", "x", "t")
                        .floats("v", new long[] {1, 2, 3}, new float[6])))
                .isEmpty();
    }

    private Map<String, LayerWeight> layers(OnnxBytes bytes) {
        return GraphLayers.of(OnnxGraph.read(bytes.write(folder.resolve("model.onnx"))));
    }
}
