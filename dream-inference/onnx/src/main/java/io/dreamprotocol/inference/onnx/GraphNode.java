package io.dreamprotocol.inference.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An operation of a graph.
 *
 * @param name its name, often empty
 * @param operator what it computes, such as {@code MatMul}
 * @param domain where the operator is defined; empty for ONNX's own
 * @param inputs the names of what it takes; empty ones are left out
 * @param outputs the names of what it gives
 * @param integers those of its attributes that are integers, or lists of integers
 * @param reals those of its attributes that are real numbers
 * @param texts the texts among its attributes that say how it treats edges
 * @param captured the names that graphs within its attributes use
 * @param start where its message begins in the file
 * @param end where its message ends
 */
record GraphNode(
        String name,
        String operator,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, List<Long>> integers,
        Map<String, Float> reals,
        Map<String, String> texts,
        Set<String> captured,
        long start,
        long end) {

    /** An attribute that is one integer. */
    long integer(String attribute, long absent) {
        List<Long> values = integers.get(attribute);
        return values == null || values.size() != 1 ? absent : values.getFirst();
    }

    /** The name of an input, empty if it has none there. */
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }
}
