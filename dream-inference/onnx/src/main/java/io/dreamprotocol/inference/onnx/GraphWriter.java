package io.dreamprotocol.inference.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a graph again without the numbers of its large constants, which the engine then gets from elsewhere. */
final class GraphWriter {
    private static final int EXTERNAL = 1;
    private static final int ATTRIBUTE = 5;

    /** The attributes by which a convolution pads its input. */
    private static final Set<String> PADDING = Set.of("pads", "auto_pad");

    private final OnnxGraph graph;
    private final FileChannel channel;
    private final Collection<GraphTensor> without;
    private final GraphEdit edit;
    private final String location;

    private GraphWriter(
            OnnxGraph graph, FileChannel channel, Collection<GraphTensor> without, GraphEdit edit, String location) {
        this.graph = graph;
        this.channel = channel;
        this.without = without;
        this.edit = edit;
        this.location = location;
    }

    /**
     * Writes a graph.
     *
     * @param graph the graph, whose file must still be there
     * @param without the constants whose numbers are left out
     * @param edit what is added
     * @param location the name of a file in which the constants without numbers claim to be; the engine does not read it,
     *     but requires that it is there
     * @return the file's new bytes
     */
    static byte[] write(OnnxGraph graph, Collection<GraphTensor> without, GraphEdit edit, String location) {
        try (FileChannel channel = FileChannel.open(graph.file(), StandardOpenOption.READ)) {
            return new GraphWriter(graph, channel, without, edit, location).model();
        } catch (EOFException | MalformedGraphException e) {
            throw OnnxGraph.corrupt(graph.file(), "it has become shorter", e);
        } catch (IOException e) {
            throw OnnxGraph.unreadable(graph.file(), e);
        }
    }

    private byte[] model() throws IOException {
        ProtoWriter out = new ProtoWriter();
        for (OnnxGraph.Field field : graph.modelFields()) {
            if (field.number() == OnnxGraph.GRAPH) {
                out.message(OnnxGraph.GRAPH, graph());
            } else {
                out.raw(read(field.start(), field.end()));
            }
        }
        return out.toArray();
    }

    private ProtoWriter graph() throws IOException {
        Map<Long, GraphTensor> left = new HashMap<>();
        without.forEach(tensor -> left.put(tensor.end(), tensor));
        ProtoWriter out = new ProtoWriter();
        edit.firstNodes().forEach(node -> out.bytes(OnnxGraph.NODE, node));
        edit.tensors().forEach(tensor -> out.bytes(OnnxGraph.INITIALIZER, tensor));
        int index = 0;
        for (OnnxGraph.Field field : graph.graphFields()) {
            GraphTensor tensor = field.number() == OnnxGraph.INITIALIZER ? left.get(field.end()) : null;
            if (tensor != null) {
                out.message(OnnxGraph.INITIALIZER, stub(tensor));
            } else if (field.number() == OnnxGraph.NODE) {
                edit.nodesBefore().getOrDefault(index, List.of()).forEach(node -> out.bytes(OnnxGraph.NODE, node));
                if (!edit.removed().contains(index)) {
                    node(out, index, field);
                }
                byte[] behind = edit.nodesAfter().get(index);
                if (behind != null) {
                    out.bytes(OnnxGraph.NODE, behind);
                }
                index++;
            } else {
                out.raw(read(field.start(), field.end()));
            }
        }
        return out;
    }

    private void node(ProtoWriter out, int index, OnnxGraph.Field field) throws IOException {
        GraphNode node = graph.nodes().get(index);
        String padded = edit.padded().get(index);
        boolean renamed = padded != null
                || node.inputs().stream().anyMatch(edit.inputNames()::containsKey)
                || node.outputs().stream().anyMatch(edit.outputNames()::containsKey);
        if (!renamed) {
            out.raw(read(field.start(), field.end()));
            return;
        }
        ProtoWriter message = new ProtoWriter();
        ProtoReader in = new ProtoReader(channel);
        in.moveTo(node.start(), node.end());
        long start = in.position();
        int inputs = 0;
        for (int number = in.nextField(); number != 0; number = in.nextField()) {
            boolean kept = true;
            if (number == 1 || number == 2) {
                String name = in.text();
                Map<String, String> names = number == 1 ? edit.inputNames() : edit.outputNames();
                boolean first = number == 1 && inputs++ == 0;
                message.text(number, first && padded != null ? padded : names.getOrDefault(name, name));
                kept = false;
            } else if (number == ATTRIBUTE && padded != null) {
                kept = !PADDING.contains(attributeName(in));
            } else {
                in.skip();
            }
            if (kept) {
                message.raw(read(start, in.position()));
            }
            start = in.position();
        }
        out.message(OnnxGraph.NODE, message);
    }

    private static String attributeName(ProtoReader in) throws IOException {
        long outer = in.enter();
        String name = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == 1) {
                name = in.text();
            } else {
                in.skip();
            }
        }
        in.leave(outer);
        return name;
    }

    private ProtoWriter stub(GraphTensor tensor) {
        ProtoWriter out = new ProtoWriter();
        for (long dimension : tensor.shape().toArray()) {
            out.integer(1, dimension);
        }
        return out.integer(2, tensor.type())
                .text(8, tensor.name())
                .message(13, new ProtoWriter().text(1, "location").text(2, location))
                .integer(14, EXTERNAL);
    }

    private byte[] read(long start, long end) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new EOFException();
            }
        }
        return bytes.array();
    }
}
