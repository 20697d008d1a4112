package io.dreamprotocol.inference.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes small ONNX files. */
final class OnnxBytes {
    static final int FLOAT = 1;
    static final int INT8 = 3;
    static final int INT64 = 7;
    static final int FLOAT16 = 10;

    private final ProtoWriter graph = new ProtoWriter();
    private long opset = 17;

    OnnxBytes opset(long version) {
        opset = version;
        return this;
    }

    /** Adds an operation with one output. */
    OnnxBytes node(String name, String operator, String output, String... inputs) {
        graph.message(1, nodeMessage(name, operator, output, inputs));
        return this;
    }

    /** Adds an operation with an integer attribute. */
    OnnxBytes node(String name, String operator, String attribute, long value, String output, String... inputs) {
        ProtoWriter integer =
                new ProtoWriter().text(1, attribute).integer(3, value).integer(20, 2);
        graph.message(1, nodeMessage(name, operator, output, inputs).message(5, integer));
        return this;
    }

    /** Adds an operation with a list of integers as its attribute. */
    OnnxBytes node(String name, String operator, String attribute, long[] values, String output, String... inputs) {
        ProtoWriter integers = new ProtoWriter().text(1, attribute);
        Arrays.stream(values).forEach(value -> integers.integer(8, value));
        integers.integer(20, 7);
        graph.message(1, nodeMessage(name, operator, output, inputs).message(5, integers));
        return this;
    }

    static ProtoWriter nodeMessage(String name, String operator, String output, String... inputs) {
        ProtoWriter node = new ProtoWriter();
        Arrays.stream(inputs).forEach(input -> node.text(1, input));
        return node.text(2, output).text(3, name).text(4, operator);
    }

    /** Adds anything to the graph. */
    OnnxBytes field(int number, ProtoWriter message) {
        graph.message(number, message);
        return this;
    }

    /** Adds a constant of single precision. */
    OnnxBytes floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, FLOAT, shape, bytes.array());
    }

    /** Adds a constant of half precision. */
    OnnxBytes halves(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float.floatToFloat16(value));
        }
        return constant(name, FLOAT16, shape, bytes.array());
    }

    /** Adds a constant. */
    OnnxBytes constant(String name, int type, long[] shape, byte[] bytes) {
        graph.message(5, tensor(name, type, shape).bytes(9, bytes));
        return this;
    }

    /** Adds a constant whose numbers are in another file. */
    OnnxBytes external(String name, int type, long[] shape, String location, long offset, long length) {
        ProtoWriter tensor = tensor(name, type, shape)
                .message(13, new ProtoWriter().text(1, "location").text(2, location))
                .message(13, new ProtoWriter().text(1, "offset").text(2, Long.toString(offset)))
                .message(13, new ProtoWriter().text(1, "length").text(2, Long.toString(length)))
                .integer(14, 1);
        graph.message(5, tensor);
        return this;
    }

    static ProtoWriter tensor(String name, int type, long... shape) {
        ProtoWriter tensor = new ProtoWriter();
        Arrays.stream(shape).forEach(dimension -> tensor.integer(1, dimension));
        return tensor.integer(2, type).text(8, name);
    }

    /** Declares an input. */
    OnnxBytes input(String name, int type, long... shape) {
        graph.message(11, value(name, type, shape));
        return this;
    }

    /** Declares an output. */
    OnnxBytes output(String name, int type, long... shape) {
        graph.message(12, value(name, type, shape));
        return this;
    }

    private static ProtoWriter value(String name, int type, long... shape) {
        ProtoWriter sizes = new ProtoWriter();
        for (long dimension : shape) {
            sizes.message(
                    1,
                    dimension < 0
                            ? new ProtoWriter().text(2, "n" + -dimension)
                            : new ProtoWriter().integer(1, dimension));
        }
        ProtoWriter tensor = new ProtoWriter().integer(1, type).message(2, sizes);
        return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
    }

    byte[] toArray() {
        return new ProtoWriter()
                .integer(1, 8)
                .text(2, "test")
                .message(7, new ProtoWriter().text(2, "graph").raw(graph.toArray()))
                .message(8, new ProtoWriter().text(1, "").integer(2, opset))
                .toArray();
    }

    Path write(Path path) {
        return write(path, toArray());
    }

    static Path write(Path path, byte[] bytes) {
        try {
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
