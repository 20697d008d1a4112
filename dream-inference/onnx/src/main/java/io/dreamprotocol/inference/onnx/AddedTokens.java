package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.network.AddedEmbeddings;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives a text encoder's graph the embeddings of further tokens.
 *
 * <p>The graph's own table stays as it is, however it is stored: ids from a certain one on are looked up in a second table
 * instead. That is six small operations, and a table of the added rows alone.
 */
final class AddedTokens {
    private static final String INPUT = "input_ids";
    private static final String PREFIX = "dream/added_tokens/";

    /** {@code Where} takes every type that is needed here from this version of ONNX on. */
    private static final int MIN_OPSET = 9;

    /** From this version on, axes are an input. */
    private static final int AXES_AS_INPUT = 13;

    private static final int INT32 = 6;
    private static final int INT64 = 7;

    /** What turns the numbers of a quantised table into real ones. */
    private static final Set<String> DEQUANTIZING = Set.of("Cast", "Mul", "Sub", "DequantizeLinear", "Identity");

    private final OnnxGraph graph;
    private final AddedEmbeddings embeddings;
    private final int idType;

    private AddedTokens(OnnxGraph graph, AddedEmbeddings embeddings, ElementType idType) {
        this.graph = graph;
        this.embeddings = embeddings;
        this.idType = idType == ElementType.INT32 ? INT32 : INT64;
    }

    /**
     * Plans the change.
     *
     * @param graph a text encoder's graph
     * @param embeddings the rows to add
     * @param idType the type of its token ids
     */
    static GraphEdit edit(OnnxGraph graph, AddedEmbeddings embeddings, ElementType idType) {
        return new AddedTokens(graph, embeddings, idType).edit();
    }

    private GraphEdit edit() {
        Lookup lookup = lookup();
        String known = PREFIX + "known";
        String knownIds = PREFIX + "known_ids";
        String first = PREFIX + "first";
        String zero = PREFIX + "zero";
        String rows = PREFIX + "rows";
        String mask = PREFIX + "mask";
        String axes = PREFIX + "axes";
        String own = PREFIX + "own";
        String added = PREFIX + "added";
        List<byte[]> nodes = new ArrayList<>();
        nodes.add(node("Less", List.of(INPUT, first), known));
        nodes.add(node("Where", List.of(known, INPUT, zero), knownIds));
        nodes.add(node("Sub", List.of(INPUT, first), PREFIX + "shifted"));
        nodes.add(node("Where", List.of(known, zero, PREFIX + "shifted"), PREFIX + "added_ids"));
        nodes.add(node("Gather", List.of(rows, PREFIX + "added_ids"), added));
        List<byte[]> tensors = new ArrayList<>();
        tensors.add(id(first, embeddings.firstId()));
        tensors.add(id(zero, 0));
        tensors.add(rows(rows, lookup.half));
        if (graph.opset() >= AXES_AS_INPUT) {
            tensors.add(tensor(axes, INT64, new long[] {1}, longs(-1)));
            nodes.add(node("Unsqueeze", List.of(known, axes), mask));
        } else {
            nodes.add(unsqueezeWithAttribute(known, mask));
        }
        return GraphEdit.ofAdditions(
                Map.of(INPUT, knownIds),
                Map.of(lookup.output, own),
                nodes,
                Map.of(lookup.producer, node("Where", List.of(mask, own, added), lookup.output)),
                tensors);
    }

    /** The result of looking up the tokens in the graph's own table: its name, and the index of what computes it. */
    private record Lookup(String output, int producer, boolean half) {}

    private Lookup lookup() {
        if (graph.opset() < MIN_OPSET || !graph.inputs().contains(INPUT)) {
            throw unsupported("is of an old version of ONNX, or takes no " + INPUT);
        }
        Set<String> ids = new HashSet<>(Set.of(INPUT));
        for (int i = 0; i < graph.nodes().size(); i++) {
            GraphNode node = graph.nodes().get(i);
            switch (node.operator()) {
                case "Reshape", "Cast", "Identity", "Unsqueeze", "Squeeze", "Flatten" -> {
                    if (ids.contains(node.input(0))) {
                        ids.addAll(node.outputs());
                    }
                }
                case "Gather" -> {
                    GraphTensor table = graph.tensors().get(node.input(0));
                    if (table != null
                            && isTable(table)
                            && ids.contains(node.input(1))
                            && node.integer("axis", 0) == 0) {
                        return dequantized(i, table);
                    }
                }
                default -> {}
            }
        }
        throw unsupported("looks up its tokens in a way that is not known");
    }

    private boolean isTable(GraphTensor tensor) {
        Shape shape = tensor.shape();
        return shape.rank() == 2
                && shape.dimension(1) == embeddings.width()
                && shape.dimension(0) <= embeddings.firstId();
    }

    private Lookup dequantized(int gather, GraphTensor table) {
        String output = graph.nodes().get(gather).outputs().getFirst();
        if (table.type() == GraphTensor.FLOAT || table.type() == GraphTensor.FLOAT16) {
            return new Lookup(output, gather, table.type() == GraphTensor.FLOAT16);
        }
        int producer = gather;
        boolean half = false;
        for (int i = gather + 1; i < graph.nodes().size(); i++) {
            GraphNode node = graph.nodes().get(i);
            if (!node.inputs().contains(output)) {
                continue;
            }
            if (!DEQUANTIZING.contains(node.operator())) {
                break;
            }
            half |= node.operator().equals("Cast") && node.integer("to", 0) == GraphTensor.FLOAT16;
            output = node.outputs().getFirst();
            producer = i;
        }
        if (producer == gather) {
            throw unsupported("has a quantised table of tokens, and how it is used is not known");
        }
        return new Lookup(output, producer, half);
    }

    private byte[] node(String operator, List<String> inputs, String output) {
        ProtoWriter out = new ProtoWriter();
        inputs.forEach(input -> out.text(1, input));
        return out.text(2, output)
                .text(3, output + "/" + operator)
                .text(4, operator)
                .toArray();
    }

    private byte[] unsqueezeWithAttribute(String input, String output) {
        ProtoWriter axes = new ProtoWriter().text(1, "axes").integer(8, 2).integer(20, 7);
        return new ProtoWriter()
                .raw(node("Unsqueeze", List.of(input), output))
                .message(5, axes)
                .toArray();
    }

    private byte[] id(String name, int value) {
        byte[] bytes = longs(value);
        return tensor(name, idType, new long[0], idType == INT64 ? bytes : Arrays.copyOf(bytes, Integer.BYTES));
    }

    private byte[] rows(String name, boolean half) {
        float[] values = embeddings.values();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * (half ? Short.BYTES : Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (half) {
                bytes.putShort(Float.floatToFloat16(value));
            } else {
                bytes.putFloat(value);
            }
        }
        long[] sizes = {embeddings.count(), embeddings.width()};
        return tensor(name, half ? GraphTensor.FLOAT16 : GraphTensor.FLOAT, sizes, bytes.array());
    }

    private static byte[] tensor(String name, int type, long[] sizes, byte[] bytes) {
        ProtoWriter out = new ProtoWriter();
        for (long size : sizes) {
            out.integer(1, size);
        }
        return out.integer(2, type).text(8, name).bytes(9, bytes).toArray();
    }

    private static byte[] longs(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private UnsupportedException unsupported(String reason) {
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The text encoder " + graph.file() + " cannot take textual inversions: it " + reason
                        + "; export the model again with a current exporter");
    }
}
