package io.dreamprotocol.core.image;

/** A look at an unfinished image, made only when asked for. Valid until the listener that was given it returns. */
public interface LatentPreview {
    /**
     * Returns a rough small picture, one pixel for each latent, by a linear map of the latent's channels to colours. Costs next to
     * nothing.
     *
     * @return the picture
     */
    RgbImage linear();

    /**
     * Returns the picture that the model's own decoder makes of the unfinished latents. Costs as much as decoding the finished
     * image.
     *
     * @return the picture, in the image's size
     */
    RgbImage decoded();
}
