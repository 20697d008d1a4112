package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.image.RgbImage;

/**
 * Turns an image into a vector such that similar images have vectors of similar direction, for example the image encoder of CLIP
 * (arXiv 2103.00020). Given by the caller; this project ships none.
 */
@FunctionalInterface
public interface ImageEmbedder {
    /**
     * Embeds an image.
     *
     * @param image the image
     * @return its vector, always of the same length, finite and not all zeros
     */
    float[] embed(RgbImage image);
}
