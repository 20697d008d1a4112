package io.dreamprotocol.inference.diffusion.network;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.util.Map;

/**
 * A network from which others can be made that differ in their weights, as style models and textual inversion need it.
 *
 * <p>Layers have the names of the model's own tree of modules, with dots between the levels ({@code
 * down_blocks.0.attentions.0.proj_in}), whatever form the network is stored in.
 */
public interface ChangeableNetwork extends Network {

    /**
     * Returns the layers whose weights can be changed.
     *
     * @return the shape of each layer's weight by the layer's name: output channels, input channels, and a convolution's
     *     kernel height and width
     * @throws UnsupportedException if the network is stored in a way that hides its layers
     * @throws CorruptDataException with {@code model-file-corrupt} if its file is damaged
     */
    Map<String, Shape> layers();

    /**
     * Makes a network with other weights. This one stays as it is, and each is closed on its own.
     *
     * @param changes the differences
     * @return the changed network, which the caller closes
     * @throws UnsupportedException if a weight is stored in a way that cannot be changed (quantised, or shared by several
     *     layers), or the network is no text encoder and tokens are to be added; with {@code not-enough-memory} if there is
     *     not enough memory
     * @throws UnavailableException with {@code engine-failed} if the engine failed
     * @throws IllegalArgumentException if a change names no layer of this network, or does not fit its shape
     */
    Network with(NetworkChanges changes);
}
