package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the layers of the model that a graph was exported from.
 *
 * <p>PyTorch's exporters leave a module's name in its operation's name ({@code /mid_block/.../to_q/MatMul}) or in its
 * weight's ({@code mid_block...to_q.weight}). The weights of linear layers are often stored transposed, under a generated
 * name, as a plain matrix product takes them.
 */
final class GraphLayers {
    private static final String WEIGHT = ".weight";

    /** What quantisation makes of a product, with the input that has the weight. */
    private static final Map<String, Integer> QUANTIZED = Map.of(
            "MatMulInteger", 1,
            "ConvInteger", 1,
            "QLinearMatMul", 3,
            "QLinearConv", 3,
            "DynamicQuantizeMatMul", 1,
            "MatMulIntegerToFloat", 1);

    /** The numbers that exporters put behind a name that is taken. */
    private static final Pattern OPERATION = Pattern.compile("/[^/]*$");

    private final OnnxGraph graph;
    private final Map<String, GraphNode> producers = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, LayerWeight> layers = new LinkedHashMap<>();
    private final Set<String> ambiguous = new HashSet<>();

    private GraphLayers(OnnxGraph graph) {
        this.graph = graph;
        for (GraphNode node : graph.nodes()) {
            node.outputs().forEach(output -> producers.put(output, node));
            node.inputs().forEach(this::use);
            node.captured().forEach(this::use);
        }
        graph.outputs().forEach(this::use);
    }

    /** The layers with a weight of two dimensions or more, by name, in the order of the graph. */
    static Map<String, LayerWeight> of(OnnxGraph graph) {
        GraphLayers found = new GraphLayers(graph);
        graph.nodes().forEach(found::examine);
        // One name for two weights says nothing about either.
        found.layers.keySet().removeAll(found.ambiguous);
        return Collections.unmodifiableMap(found.layers);
    }

    private void use(String name) {
        uses.merge(name, 1, Integer::sum);
    }

    private void examine(GraphNode node) {
        if (!node.domain().isEmpty() && !QUANTIZED.containsKey(node.operator())) {
            return;
        }
        switch (node.operator()) {
            case "Conv" -> {
                Source source = trace(node.input(1), false);
                if (source != null && !source.transposed) {
                    add(node, source, WeightLayout.OUTPUT_MAJOR);
                }
            }
            case "MatMul" -> add(node, trace(node.input(1), false), WeightLayout.INPUT_MAJOR);
            case "Gemm" -> {
                if (node.reals().getOrDefault("alpha", 1f) == 1 && node.integer("transA", 0) == 0) {
                    boolean straight = node.integer("transB", 0) != 0;
                    add(
                            node,
                            trace(node.input(1), false),
                            straight ? WeightLayout.OUTPUT_MAJOR : WeightLayout.INPUT_MAJOR);
                }
            }
            default -> {
                Integer weight = QUANTIZED.get(node.operator());
                if (weight != null) {
                    Source source = trace(node.input(weight), true);
                    boolean convolution = node.operator().contains("Conv");
                    add(node, source, convolution ? WeightLayout.OUTPUT_MAJOR : WeightLayout.INPUT_MAJOR);
                }
            }
        }
    }

    /** A constant that reaches an operation unchanged, transposed, in another precision, or from integers. */
    private record Source(GraphTensor tensor, boolean transposed, boolean quantized, boolean shared) {}

    private @Nullable Source trace(String name, boolean quantized) {
        boolean transposed = false;
        boolean integers = quantized;
        boolean shared = false;
        String at = name;
        // An acyclic graph has no longer way than its number of operations; an exporter's is a few.
        for (int step = 0; step < 8; step++) {
            shared |= uses.getOrDefault(at, 0) > 1;
            GraphTensor tensor = graph.tensors().get(at);
            if (tensor != null) {
                return new Source(tensor, transposed, integers, shared);
            }
            GraphNode producer = producers.get(at);
            if (producer == null) {
                return null;
            }
            switch (producer.operator()) {
                case "Transpose" -> {
                    if (!producer.integers()
                            .getOrDefault("perm", List.of(1L, 0L))
                            .equals(List.of(1L, 0L))) {
                        return null;
                    }
                    transposed = !transposed;
                }
                case "Cast", "Identity" -> {}
                case "DequantizeLinear" -> integers = true;
                default -> {
                    return null;
                }
            }
            at = producer.input(0);
        }
        return null;
    }

    private void add(GraphNode node, @Nullable Source source, WeightLayout untransposed) {
        if (source == null || source.tensor.shape().rank() < 2) {
            return;
        }
        GraphTensor tensor = source.tensor;
        boolean matrix = tensor.shape().rank() == 2;
        if (!matrix && untransposed == WeightLayout.INPUT_MAJOR) {
            return;
        }
        WeightLayout layout = untransposed;
        if (source.transposed) {
            layout = layout == WeightLayout.OUTPUT_MAJOR ? WeightLayout.INPUT_MAJOR : WeightLayout.OUTPUT_MAJOR;
        }
        String name = name(node, tensor);
        if (name.isEmpty()) {
            return;
        }
        Shape shape = layout == WeightLayout.INPUT_MAJOR
                ? Shape.of(tensor.shape().dimension(1), tensor.shape().dimension(0))
                : tensor.shape();
        LayerWeight weight = new LayerWeight(name, tensor, shape, layout, obstacle(source));
        LayerWeight other = layers.put(name, weight);
        if (other != null) {
            ambiguous.add(name);
        }
    }

    private static Optional<String> obstacle(Source source) {
        int type = source.tensor.type();
        if (source.quantized || (type != GraphTensor.FLOAT && type != GraphTensor.FLOAT16)) {
            return Optional.of("is quantised; use the model in single or half precision");
        }
        if (source.shared) {
            return Optional.of("is used in several places; export the model again without shared weights");
        }
        if (source.tensor.place() instanceof GraphTensor.Scattered) {
            return Optional.of("is not stored in one piece; export the model again");
        }
        return Optional.empty();
    }

    /** The weight's own name where an exporter kept it, or else the operation's path. */
    private static String name(GraphNode node, GraphTensor tensor) {
        if (tensor.name().endsWith(WEIGHT)) {
            return tensor.name().substring(0, tensor.name().length() - WEIGHT.length());
        }
        String path = OPERATION.matcher(node.name()).replaceFirst("");
        return path.startsWith("/") ? path.substring(1).replace('/', '.') : "";
    }
}
