package io.dreamprotocol.inference.diffusion.noise;

/**
 * A stream of standard normal numbers, drawn in blocks as a seeded generator of another framework would draw them.
 *
 * <p>How the numbers fall may depend on how they are asked for: one call to {@link #fill} stands for one
 * {@code torch.randn} call of that many elements, and two calls of half the size are not the same as one call of the
 * whole. Callers therefore ask for a whole latent tensor at a time. A source has state and belongs to one thread.
 */
@FunctionalInterface
public interface NoiseSource {

    /**
     * Overwrites the array with the next draws of this source.
     *
     * @param out receives {@code out.length} independent draws of a normal distribution of mean 0 and deviation 1
     */
    void fill(float[] out);
}
