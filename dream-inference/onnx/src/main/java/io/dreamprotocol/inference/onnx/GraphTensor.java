package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OnnxJavaType;
import io.dreamprotocol.inference.diffusion.network.Shape;
import java.util.Optional;

/**
 * A constant of a graph, and where its numbers are.
 *
 * @param name its name
 * @param type its element type, as ONNX numbers them
 * @param shape its sizes
 * @param place where the numbers are
 * @param start where its message begins in the file
 * @param end where its message ends
 */
record GraphTensor(String name, int type, Shape shape, Place place, long start, long end) {
    static final int FLOAT = 1;
    static final int FLOAT16 = 10;

    /** Where the numbers of a constant are. */
    sealed interface Place {}

    /** A run of bytes in the graph's own file, in the memory order of little-endian machines. */
    record Inline(long offset, long length) implements Place {}

    /** A run of bytes in another file beside the graph's. */
    record External(String location, long offset, long length) implements Place {
        /** The length of what ends where its file does. */
        static final long TO_THE_END = -1;
    }

    /** In the fields that protocol buffers have for numbers; only small constants are stored so. */
    record Scattered() implements Place {}

    /** The number of elements. */
    long elements() {
        long elements = 1;
        for (long dimension : shape.toArray()) {
            elements *= dimension;
        }
        return elements;
    }

    /** The type under its name in Java, if it has one of a fixed size. */
    static Optional<OnnxJavaType> javaType(int type) {
        return switch (type) {
            case FLOAT -> Optional.of(OnnxJavaType.FLOAT);
            case 2 -> Optional.of(OnnxJavaType.UINT8);
            case 3 -> Optional.of(OnnxJavaType.INT8);
            case 5 -> Optional.of(OnnxJavaType.INT16);
            case 6 -> Optional.of(OnnxJavaType.INT32);
            case 7 -> Optional.of(OnnxJavaType.INT64);
            case FLOAT16 -> Optional.of(OnnxJavaType.FLOAT16);
            case 11 -> Optional.of(OnnxJavaType.DOUBLE);
            case 16 -> Optional.of(OnnxJavaType.BFLOAT16);
            default -> Optional.empty();
        };
    }

    /** The numbers' size in bytes, zero where the type has none of its own. */
    long bytes() {
        return javaType(type).map(known -> elements() * known.size).orElse(0L);
    }
}
