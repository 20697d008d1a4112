package io.dreamprotocol.inference.onnx;

import ai.onnxruntime.OnnxTensorLike;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A network whose session uses weights in memory of its caller's, which is given back when it is closed. */
final class ChangedOnnxNetwork implements Network {
    private final OnnxNetwork network;
    private final List<OnnxTensorLike> weights;
    private final Runnable giveBack;
    private boolean closed;

    ChangedOnnxNetwork(OnnxNetwork network, Collection<? extends OnnxTensorLike> weights, Runnable giveBack) {
        this.network = network;
        this.weights = List.copyOf(weights);
        this.giveBack = giveBack;
    }

    @Override
    public Map<String, TensorInfo> inputs() {
        return network.inputs();
    }

    @Override
    public Map<String, TensorInfo> outputs() {
        return network.outputs();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted, Cancellation cancellation) {
        try {
            return network.run(inputs, wanted, cancellation);
        } finally {
            // The session reads memory that this object alone keeps from the garbage collector.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        // After the runs under way, and after the session itself: both read the weights.
        network.close();
        synchronized (this) {
            if (!closed) {
                closed = true;
                weights.forEach(OnnxTensorLike::close);
                giveBack.run();
            }
        }
    }
}
