package io.dreamprotocol.inference.onnx;

import java.util.List;
import java.util.Map;

/**
 * What a graph gets in addition to its own operations and constants.
 *
 * @param inputNames new names for what operations take
 * @param outputNames new names for what operations give
 * @param firstNodes operations before all others, as messages
 * @param nodesAfter operations behind others, by the index of that other
 * @param tensors constants, as messages
 */
record GraphEdit(
        Map<String, String> inputNames,
        Map<String, String> outputNames,
        List<byte[]> firstNodes,
        Map<Integer, byte[]> nodesAfter,
        List<byte[]> tensors) {
    /** No addition. */
    static final GraphEdit NONE = new GraphEdit(Map.of(), Map.of(), List.of(), Map.of(), List.of());
}
