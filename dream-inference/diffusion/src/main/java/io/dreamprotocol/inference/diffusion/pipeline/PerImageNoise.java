package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;

/**
 * Noise for a batch in which every image has a generator of its own, so that each can be made again alone.
 *
 * <p>A draw for the whole batch is one draw from each generator, for the image that it belongs to.
 */
public final class PerImageNoise implements NoiseSource {
    private final List<NoiseSource> sources;

    /**
     * Joins generators.
     *
     * @param sources one for each image of the batch, in order
     * @throws IllegalArgumentException if there are none
     */
    public PerImageNoise(List<? extends NoiseSource> sources) {
        this.sources = List.copyOf(sources);
        if (this.sources.isEmpty()) {
            throw new IllegalArgumentException("a batch needs a generator for each image");
        }
    }

    /**
     * Draws noise for the whole batch.
     *
     * @param out receives the draws, image after image
     * @throws IllegalArgumentException if the length is not a multiple of the number of generators
     */
    @Override
    public void fill(float[] out) {
        if (out.length % sources.size() != 0) {
            throw new IllegalArgumentException(out.length + " numbers for " + sources.size() + " images");
        }
        float[] image = new float[out.length / sources.size()];
        for (int i = 0; i < sources.size(); i++) {
            sources.get(i).fill(image);
            System.arraycopy(image, 0, out, i * image.length, image.length);
        }
    }
}
