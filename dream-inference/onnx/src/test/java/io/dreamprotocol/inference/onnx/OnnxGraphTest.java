package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxGraphTest {
    @TempDir
    Path folder;

    @Test
    void operationsAndConstantsAreRead() {
        OnnxGraph graph = read(new OnnxBytes()
                .opset(14)
                .input("x", OnnxBytes.FLOAT, -1, 2)
                .node("first", "MatMul", "y", "x", "w")
                .node("second", "Transpose", "perm", new long[] {1, 0}, "z", "y")
                .floats("w", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .external("far", OnnxBytes.FLOAT16, new long[] {4}, "model.data", 8, 8)
                .output("z", OnnxBytes.FLOAT, 3, -1)
                .toArray());
        assertThat(graph.opset()).isEqualTo(14);
        assertThat(graph.inputs()).containsExactly("x");
        assertThat(graph.outputs()).containsExactly("z");
        assertThat(graph.nodes()).extracting(GraphNode::operator).containsExactly("MatMul", "Transpose");
        assertThat(graph.nodes().get(1).integers()).isEqualTo(Map.of("perm", List.of(1L, 0L)));
        GraphTensor near = graph.tensors().get("w");
        assertThat(near.shape()).isEqualTo(Shape.of(2, 3));
        assertThat(near.bytes()).isEqualTo(24);
        GraphTensor far = graph.tensors().get("far");
        assertThat(far.place()).isEqualTo(new GraphTensor.External("model.data", 8, 8));
        try (TensorFiles files = new TensorFiles(graph)) {
            assertThat(files.floats(near)).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void constantsBesideTheGraphAreRead() throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        byte[] data = {9, 9, 0, 0x3C, 0, (byte) 0xC0, 9};
        Files.write(folder.resolve("sub/model.data"), data);
        OnnxGraph graph = read(new OnnxBytes()
                .external("far", OnnxBytes.FLOAT16, new long[] {2}, "sub/model.data", 2, 4)
                .toArray());
        try (TensorFiles files = new TensorFiles(graph)) {
            assertThat(files.floats(graph.tensors().get("far"))).containsExactly(1, -2);
        }
    }

    @Test
    void constantsOutsideTheFolderAreRefused() {
        for (String location : List.of("../model.data", "/etc/passwd", "a/../../b")) {
            OnnxGraph graph = read(new OnnxBytes()
                    .external("far", OnnxBytes.FLOAT, new long[] {1}, location, 0, 4)
                    .toArray());
            try (TensorFiles files = new TensorFiles(graph)) {
                assertThatThrownBy(() -> files.floats(graph.tensors().get("far")))
                        .as(location)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining("outside its folder");
            }
        }
    }

    @Test
    void missingAndTruncatedFilesBesideTheGraphAreNamed() throws IOException {
        OnnxGraph graph = read(new OnnxBytes()
                .external("far", OnnxBytes.FLOAT, new long[] {1}, "model.data", 0, 4)
                .toArray());
        try (TensorFiles files = new TensorFiles(graph)) {
            assertThatThrownBy(() -> files.floats(graph.tensors().get("far")))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("model.data");
        }
        Files.write(folder.resolve("model.data"), new byte[3]);
        try (TensorFiles files = new TensorFiles(graph)) {
            assertThatThrownBy(() -> files.floats(graph.tensors().get("far")))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageContaining("truncated");
        }
    }

    static Stream<Arguments> malformedFiles() {
        ProtoWriter graph = new ProtoWriter().message(7, new ProtoWriter());
        byte[] whole = new OnnxBytes()
                .node("n", "MatMul", "y", "x", "w")
                .floats("w", new long[] {1}, 1)
                .toArray();
        return Stream.of(
                Arguments.of("nothing", new byte[0], "no graph"),
                Arguments.of("two graphs", graph.raw(graph.toArray()).toArray(), "two graphs"),
                Arguments.of("half a file", Arrays.copyOf(whole, whole.length / 2), "truncated"),
                Arguments.of("field zero", new byte[] {0}, "malformed field"),
                Arguments.of("a group", new byte[] {(1 << 3) | 3}, "malformed field"),
                Arguments.of("a graph that is a number", new byte[] {7 << 3, 1}, "wrong type"),
                Arguments.of(
                        "an endless integer", bytes(1 << 3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1), "ten bytes"),
                Arguments.of("a length beyond the end", bytes(7 << 3 | 2, 100), "truncated"),
                Arguments.of("a name that is no text", model(new ProtoWriter().bytes(3, new byte[] {-1})), "not UTF-8"),
                Arguments.of("a name without end", model(new ProtoWriter().bytes(3, new byte[70_000])), "too long"),
                Arguments.of(
                        "two constants of one name",
                        new OnnxBytes()
                                .floats("w", new long[] {1}, 1)
                                .floats("w", new long[] {1}, 1)
                                .toArray(),
                        "two constants of one name"),
                Arguments.of(
                        "a shape that does not fit",
                        new OnnxBytes().floats("w", new long[] {2}, 1).toArray(),
                        "longer or shorter"),
                Arguments.of(
                        "a negative dimension",
                        new OnnxBytes().floats("w", new long[] {-1}, 1).toArray(),
                        "negative size"),
                Arguments.of(
                        "a shape that overflows",
                        new OnnxBytes()
                                .floats("w", new long[] {1L << 40, 1L << 40}, 1)
                                .toArray(),
                        "absurd size"),
                Arguments.of(
                        "seventeen dimensions",
                        new OnnxBytes()
                                .floats("w", new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 1)
                                .toArray(),
                        "too many dimensions"),
                Arguments.of(
                        "a constant in a nameless file",
                        new OnnxBytes()
                                .external("w", 1, new long[] {1}, "", 0, 4)
                                .toArray(),
                        "without a name"),
                Arguments.of(
                        "a constant at a negative place",
                        new OnnxBytes()
                                .external("w", 1, new long[] {1}, "d", -1, 4)
                                .toArray(),
                        "negative place"),
                Arguments.of("graphs without end", model(nested(20)), "too deep"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedFiles")
    void malformedFilesAreRefused(String what, byte[] bytes, String reason) {
        assertThatThrownBy(() -> read(bytes))
                .as(what)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("model.onnx")
                .hasMessageContaining(reason);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> OnnxGraph.read(folder.resolve("none.onnx")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none.onnx");
    }

    @Test
    void aGraphIsWrittenAgainAsItWas() throws IOException {
        Path file = GoldenFiles.root().resolve("pipelines/sd15/model/text_encoder/model.onnx");
        OnnxGraph graph = OnnxGraph.read(file);
        assertThat(GraphWriter.write(graph, List.of(), GraphEdit.NONE, "x")).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void largeConstantsAreLeftOut() {
        Path file = GoldenFiles.root().resolve("pipelines/sd15/model/text_encoder/model.onnx");
        OnnxGraph graph = OnnxGraph.read(file);
        List<GraphTensor> large = GivenConstant.of(graph);
        OnnxGraph written = read(GraphWriter.write(graph, large, GraphEdit.NONE, "x"));
        assertThat(large).isNotEmpty().allMatch(tensor -> tensor.bytes() >= 256);
        for (GraphTensor tensor : graph.tensors().values()) {
            GraphTensor again = written.tensors().get(tensor.name());
            assertThat(again.shape()).isEqualTo(tensor.shape());
            assertThat(again.place() instanceof GraphTensor.External).isEqualTo(large.contains(tensor));
        }
        assertThat(written.nodes()).hasSameSizeAs(graph.nodes());
    }

    @Test
    void randomChangesToAFileGiveAnErrorOrAGraph() throws IOException {
        byte[] whole = Files.readAllBytes(GoldenFiles.root().resolve("pipelines/sd15/model/text_encoder/model.onnx"));
        Random random = new Random(77);
        int read = 0;
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = whole.clone();
            int changes = 1 + random.nextInt(8);
            for (int i = 0; i < changes; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            try {
                OnnxGraph graph = read(bytes);
                GraphLayers.of(graph);
                GraphWriter.write(graph, GivenConstant.of(graph), GraphEdit.NONE, "x");
                read++;
            } catch (DreamException e) {
                assertThat(e.getMessage()).contains("model.onnx").doesNotContain("\n");
            }
        }
        assertThat(read).isBetween(1, 1499);
    }

    private OnnxGraph read(byte[] bytes) {
        return OnnxGraph.read(OnnxBytes.write(folder.resolve("model.onnx"), bytes));
    }

    private static byte[] model(ProtoWriter node) {
        return new OnnxBytes().field(1, node).toArray();
    }

    /** An operation with a graph in its attribute, whose operation has a graph in its attribute, and so on. */
    private static ProtoWriter nested(int depth) {
        ProtoWriter node = OnnxBytes.nodeMessage("", "If", "y", "x");
        return depth == 0
                ? node
                : node.message(
                        5, new ProtoWriter().text(1, "a").message(6, new ProtoWriter().message(1, nested(depth - 1))));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
