package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.RgbImage;
import java.util.List;
import java.util.Objects;

/**
 * What a pipeline made.
 *
 * @param images the pictures: those of the first prompt, then those of the second, and so on
 * @param latents what they were decoded from, in the same order
 */
public record DiffusionResult(List<RgbImage> images, Latents latents) {
    /** Copies the list. */
    public DiffusionResult {
        images = List.copyOf(images);
        Objects.requireNonNull(latents, "latents");
    }
}
