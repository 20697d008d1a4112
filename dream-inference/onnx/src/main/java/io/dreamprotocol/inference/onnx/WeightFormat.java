package io.dreamprotocol.inference.onnx;

import io.dreamprotocol.core.error.CorruptDataException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The number format of most of a network's weights, which the types of its inputs need not show. */
final class WeightFormat {
    /** What is said of a file that the engine reads and this module does not. */
    static final String UNKNOWN = "unknown";

    /** The names of ONNX's element types, by <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">their numbers</a>. */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "float32"),
            Map.entry(2, "uint8"),
            Map.entry(3, "int8"),
            Map.entry(4, "uint16"),
            Map.entry(5, "int16"),
            Map.entry(6, "int32"),
            Map.entry(7, "int64"),
            Map.entry(9, "bool"),
            Map.entry(10, "float16"),
            Map.entry(11, "float64"),
            Map.entry(12, "uint32"),
            Map.entry(13, "uint64"),
            Map.entry(16, "bfloat16"),
            Map.entry(17, "float8e4m3fn"),
            Map.entry(18, "float8e4m3fnuz"),
            Map.entry(19, "float8e5m2"),
            Map.entry(20, "float8e5m2fnuz"),
            Map.entry(21, "uint4"),
            Map.entry(22, "int4"),
            Map.entry(23, "float4e2m1"));

    private WeightFormat() {}

    /** The format of a file's weights; empty if it has none. */
    static Optional<String> of(Path file) {
        Map<Integer, Long> elements = new HashMap<>();
        try {
            for (GraphTensor tensor : OnnxGraph.read(file).tensors().values()) {
                elements.merge(tensor.type(), tensor.elements(), Long::sum);
            }
        } catch (CorruptDataException e) {
            return Optional.of(UNKNOWN);
        }
        return elements.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(most -> NAMES.getOrDefault(most.getKey(), UNKNOWN));
    }
}
