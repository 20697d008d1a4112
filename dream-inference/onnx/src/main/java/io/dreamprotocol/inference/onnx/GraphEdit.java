package io.dreamprotocol.inference.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a graph's own operations and constants change, and what it gets in addition.
 *
 * @param inputNames new names for what operations take
 * @param outputNames new names for what operations give
 * @param firstNodes operations before all others, as messages
 * @param nodesBefore operations before others, as messages, by the index of that other
 * @param nodesAfter operations behind others, by the index of that other
 * @param padded new names for the first input of convolutions, by their index: it is padded already, so they pad nothing
 * @param removed the indices of operations that are left out
 * @param tensors constants, as messages
 */
record GraphEdit(
        Map<String, String> inputNames,
        Map<String, String> outputNames,
        List<byte[]> firstNodes,
        Map<Integer, List<byte[]>> nodesBefore,
        Map<Integer, byte[]> nodesAfter,
        Map<Integer, String> padded,
        Set<Integer> removed,
        List<byte[]> tensors) {
    /** No change. */
    static final GraphEdit NONE =
            new GraphEdit(Map.of(), Map.of(), List.of(), Map.of(), Map.of(), Map.of(), Set.of(), List.of());

    /** An edit that adds a few operations, and passes their results on. */
    static GraphEdit ofAdditions(
            Map<String, String> inputNames,
            Map<String, String> outputNames,
            List<byte[]> firstNodes,
            Map<Integer, byte[]> nodesAfter,
            List<byte[]> tensors) {
        return new GraphEdit(inputNames, outputNames, firstNodes, Map.of(), nodesAfter, Map.of(), Set.of(), tensors);
    }

    /** An edit that pads the input of convolutions. */
    static GraphEdit ofPadding(
            Map<Integer, List<byte[]>> nodesBefore,
            Map<Integer, String> padded,
            Set<Integer> removed,
            List<byte[]> tensors) {
        return new GraphEdit(Map.of(), Map.of(), List.of(), nodesBefore, Map.of(), padded, removed, tensors);
    }
}
