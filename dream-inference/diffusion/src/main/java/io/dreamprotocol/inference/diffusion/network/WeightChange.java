package io.dreamprotocol.inference.diffusion.network;

/**
 * What is added to the weight of one layer while a network is given its weights.
 *
 * <p>Implementations are thread-safe.
 */
public interface WeightChange {

    /**
     * Returns the layer whose weight changes.
     *
     * @return its name as {@link ChangeableNetwork#layers} has it
     */
    String layer();

    /**
     * Adds the change to a weight, in single precision.
     *
     * @param weight the numbers of the layer's whole weight
     * @param layout their order; a convolution's kernel belongs to its input channels and is never transposed
     * @throws IllegalArgumentException if there are more or fewer numbers than the layer has
     */
    void addTo(float[] weight, WeightLayout layout);
}
