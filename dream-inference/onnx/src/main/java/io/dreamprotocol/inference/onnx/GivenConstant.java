package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A large constant of a graph that is given to a session as it is made.
 *
 * @param tensor what it is like
 * @param numbers the memory that holds its numbers: direct, in native order
 */
record GivenConstant(GraphTensor tensor, ByteBuffer numbers) {
    /** Smaller constants stay in the graph, where the engine computes with them while it simplifies. */
    static final int MIN_BYTES = 256;

    /** The constants of a graph that are taken out of it: large ones of a type that the engine takes back. */
    static List<GraphTensor> of(OnnxGraph graph) {
        return graph.tensors().values().stream()
                .filter(tensor -> tensor.bytes() >= MIN_BYTES && !(tensor.place() instanceof GraphTensor.Scattered))
                .toList();
    }

    /** The constant in the form that the engine takes, over the same memory. */
    OnnxTensor toOnnx(OrtEnvironment environment) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                numbers.duplicate().order(ByteOrder.nativeOrder()),
                tensor.shape().toArray(),
                GraphTensor.javaType(tensor.type()).orElseThrow());
    }
}
