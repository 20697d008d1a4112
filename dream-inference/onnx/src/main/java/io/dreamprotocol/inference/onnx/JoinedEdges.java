package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins the edges of the images that a graph works on: what a convolution would take as zeros beyond an edge it takes from the
 * opposite edge, so that images come out whose copies fit each other.
 *
 * <p>Before each convolution with zeros around its input, rows and columns of that input are cut off and put on at the other
 * side, and the convolution gets none of its own. Operators of any version of ONNX since 10 do that; {@code Pad} itself wraps
 * only from version 19 on.
 */
final class JoinedEdges {
    private static final String PREFIX = "dream/joined_edges/";

    /** From this version on, the places of {@code Slice} are inputs. */
    private static final int MIN_OPSET = 10;

    private static final int INT64 = 7;
    private static final int IMAGE_RANK = 4;
    private static final int HEIGHT = 2;
    private static final int WIDTH = 3;
    private static final String TO_THE_END = PREFIX + "end";

    private static final Set<String> CONVOLUTIONS = Set.of("Conv", "ConvInteger", "QLinearConv");
    private static final Set<String> POOLS = Set.of("MaxPool", "AveragePool", "LpPool");

    private final OnnxGraph graph;
    private final Map<Integer, List<byte[]>> before = new HashMap<>();
    private final Map<Integer, String> padded = new HashMap<>();
    private final Set<Integer> replaced = new HashSet<>();
    private final Map<String, byte[]> constants = new LinkedHashMap<>();

    private JoinedEdges(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * Plans the change.
     *
     * @throws UnsupportedException if the graph has an operation at whose edges something else than zeros is needed
     */
    static GraphEdit edit(OnnxGraph graph) {
        return new JoinedEdges(graph).edit();
    }

    private GraphEdit edit() {
        if (graph.opset() < MIN_OPSET) {
            throw unsupported("is of version " + graph.opset() + " of ONNX, older than " + MIN_OPSET);
        }
        for (int i = 0; i < graph.nodes().size(); i++) {
            GraphNode node = graph.nodes().get(i);
            if (CONVOLUTIONS.contains(node.operator())) {
                convolution(i, node);
            } else if (node.operator().equals("Pad")) {
                pad(i, node);
            } else {
                requireNoEdges(node);
            }
        }
        if (padded.isEmpty()) {
            throw unsupported("has no convolutions with zeros around their input");
        }
        return GraphEdit.ofPadding(before, padded, replaced, List.copyOf(constants.values()));
    }

    private void convolution(int index, GraphNode node) {
        String automatic = node.texts().getOrDefault("auto_pad", "NOTSET");
        if (!node.domain().isEmpty() || !(automatic.equals("NOTSET") || automatic.equals("VALID"))) {
            throw unsupported(node, "pads its input in a way that is not known");
        }
        List<Long> pads = node.integers().getOrDefault("pads", List.of());
        if (automatic.equals("VALID") || pads.stream().allMatch(size -> size == 0)) {
            return;
        }
        if (pads.size() != IMAGE_RANK || pads.stream().anyMatch(size -> size < 0)) {
            throw unsupported(node, "works on something else than images");
        }
        List<byte[]> nodes = new ArrayList<>();
        String name = PREFIX + index;
        String high = wrap(nodes, name + "/height", node.input(0), HEIGHT, pads.get(0), pads.get(2));
        String wide = wrap(nodes, name + "/width", high, WIDTH, pads.get(1), pads.get(3));
        before.put(index, nodes);
        padded.put(index, wide);
    }

    /** Puts the last rows before the first, and the first ones behind the last. */
    private String wrap(List<byte[]> nodes, String name, String input, int axis, long first, long last) {
        List<String> parts = new ArrayList<>();
        if (first > 0) {
            parts.add(slice(nodes, name + "/before", input, number(-first), end(), axis));
        }
        parts.add(input);
        if (last > 0) {
            parts.add(slice(nodes, name + "/behind", input, number(0), number(last), axis));
        }
        return parts.size() == 1 ? input : concat(nodes, name, parts, axis);
    }

    /** Exporters compute how much to pad, so that here it is known only as the graph runs. */
    private void pad(int index, GraphNode node) {
        String mode = node.texts().getOrDefault("mode", "constant");
        if (mode.equals("wrap")) {
            return;
        }
        boolean known = mode.equals("constant")
                && node.domain().isEmpty()
                && node.inputs().size() >= 2;
        if (!known || graph.nodes().stream().anyMatch(user -> takesBesidesConvolutions(user, node))) {
            throw unsupported(node, "pads in a way that is not known");
        }
        String name = PREFIX + index;
        String pads = node.input(1);
        List<byte[]> nodes = new ArrayList<>();
        nodes.add(node("Shape", List.of(node.input(0)), name + "/shape"));
        String high = wrap(nodes, name + "/height", node.input(0), pads, name + "/shape", HEIGHT);
        String wide = wrap(nodes, name + "/width", high, pads, name + "/shape", WIDTH);
        nodes.add(node("Identity", List.of(wide), node.outputs().getFirst()));
        before.put(index, nodes);
        replaced.add(index);
    }

    private static boolean takesBesidesConvolutions(GraphNode user, GraphNode pad) {
        String output = pad.outputs().getFirst();
        boolean takes = user.inputs().contains(output) || user.captured().contains(output);
        return takes && !CONVOLUTIONS.contains(user.operator());
    }

    private String wrap(List<byte[]> nodes, String name, String input, String pads, String shape, int axis) {
        String size = slice(nodes, name + "/size", shape, number(axis), number(axis + 1), 0);
        String first = slice(nodes, name + "/first", pads, number(axis), number(axis + 1), 0);
        String last = slice(nodes, name + "/last", pads, number(axis + IMAGE_RANK), number(axis + IMAGE_RANK + 1), 0);
        String from = name + "/from";
        nodes.add(node("Sub", List.of(size, first), from));
        String before = slice(nodes, name + "/before", input, from, end(), axis);
        String behind = slice(nodes, name + "/behind", input, number(0), last, axis);
        return concat(nodes, name, List.of(before, input, behind), axis);
    }

    private void requireNoEdges(GraphNode node) {
        boolean padsPool = POOLS.contains(node.operator())
                && (node.integers().getOrDefault("pads", List.of()).stream().anyMatch(size -> size != 0)
                        || node.texts().getOrDefault("auto_pad", "NOTSET").startsWith("SAME"));
        boolean interpolates =
                (node.operator().equals("Resize") || node.operator().equals("Upsample"))
                        && !node.texts().getOrDefault("mode", "nearest").equals("nearest");
        if (padsPool || interpolates || node.operator().contains("Conv")) {
            throw unsupported(node, "mixes what is beside each other in a way that is not known");
        }
    }

    private String slice(List<byte[]> nodes, String name, String input, String from, String to, int axis) {
        nodes.add(node("Slice", List.of(input, from, to, number(axis)), name));
        return name;
    }

    private static String concat(List<byte[]> nodes, String name, List<String> parts, int axis) {
        ProtoWriter attribute =
                new ProtoWriter().text(1, "axis").integer(3, axis).integer(20, 2);
        nodes.add(new ProtoWriter()
                .raw(node("Concat", parts, name))
                .message(5, attribute)
                .toArray());
        return name;
    }

    private static byte[] node(String operator, List<String> inputs, String output) {
        ProtoWriter out = new ProtoWriter();
        inputs.forEach(input -> out.text(1, input));
        return out.text(2, output)
                .text(3, output + "/" + operator)
                .text(4, operator)
                .toArray();
    }

    private String end() {
        return constant(TO_THE_END, Long.MAX_VALUE);
    }

    private String number(long value) {
        return constant(PREFIX + "number" + value, value);
    }

    private String constant(String name, long value) {
        constants.computeIfAbsent(name, key -> {
            byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array();
            return new ProtoWriter()
                    .integer(1, 1)
                    .integer(2, INT64)
                    .text(8, key)
                    .bytes(9, bytes)
                    .toArray();
        });
        return name;
    }

    private UnsupportedException unsupported(GraphNode node, String reason) {
        return unsupported("has the operation " + node.name() + " (" + node.operator() + "), which " + reason);
    }

    private UnsupportedException unsupported(String reason) {
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The network " + graph.file() + " cannot make images whose edges fit each other: it " + reason
                        + "; leave tiling out");
    }
}
