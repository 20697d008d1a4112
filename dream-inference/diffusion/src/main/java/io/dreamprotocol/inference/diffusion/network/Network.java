package io.dreamprotocol.inference.diffusion.network;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import java.util.Map;
import java.util.Set;

/**
 * One loaded network of a model: named tensors in, named tensors out.
 *
 * <p>A network is thread-safe: several threads may run it at once, each with tensors of its own. It holds native memory
 * until it is closed.
 */
public interface Network extends AutoCloseable {

    /**
     * Returns what the network takes.
     *
     * @return the inputs by name, in the network's own order
     */
    Map<String, TensorInfo> inputs();

    /**
     * Returns what the network gives.
     *
     * @return the outputs by name, in the network's own order
     */
    Map<String, TensorInfo> outputs();

    /**
     * Computes outputs from inputs.
     *
     * <p>The inputs are read until this call returns and not kept. The outputs are new tensors that belong to the caller.
     *
     * @param inputs a tensor for every input, of the declared type and a shape that fits the declared one
     * @param wanted the names of the outputs to compute
     * @param cancellation stops the computation between two of its operations
     * @return the wanted outputs by name
     * @throws IllegalArgumentException if an input is missing, unknown or of another type or shape, or a wanted output is
     *     unknown
     * @throws CorruptDataException if the network's own sizes contradict each other
     * @throws StoppedException if stopped
     * @throws UnsupportedException with {@code not-enough-memory} if the engine could not allocate what it needs
     * @throws UnavailableException with {@code engine-failed} if the engine failed otherwise
     * @throws IllegalStateException if the network is closed
     */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> wanted, Cancellation cancellation);

    /** Frees the network's memory, after the runs under way have ended. Closing twice does nothing more. */
    @Override
    void close();
}
