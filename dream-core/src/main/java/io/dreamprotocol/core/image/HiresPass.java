package io.dreamprotocol.core.image;

import java.util.Objects;

/**
 * A second pass at a larger size, which begins with the first pass's image scaled up ("hires fix").
 *
 * @param scale the factor of width and height, above 1 to 4; sizes are rounded down to the model's multiple
 * @param steps the number of steps of the second pass, 1 to {@link CanonicalRequest#MAX_STEPS}
 * @param strength the share of these steps that run, above 0 to 1
 * @param upscaler how the image is scaled
 */
public record HiresPass(double scale, int steps, double strength, Upscaler upscaler) {
    private static final double MAX_SCALE = 4;

    /**
     * Checks the ranges.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public HiresPass {
        Objects.requireNonNull(upscaler, "upscaler");
        RequestOptions.check(scale > 1 && scale <= MAX_SCALE, "The second pass's scale lies above 1 and up to 4");
        RequestOptions.check(steps >= 1 && steps <= CanonicalRequest.MAX_STEPS, "The second pass has 1 to 1000 steps");
        RequestOptions.check(strength > 0 && strength <= 1, "The second pass's strength lies above 0 and up to 1");
    }

    /** How an image is scaled up between the passes. */
    public enum Upscaler {
        /** The latents are interpolated bilinearly, without leaving latent space. */
        LATENT,
        /** The pixels are interpolated by Lanczos' windowed sinc, radius 3. */
        LANCZOS
    }

    /**
     * Returns a side of the larger image.
     *
     * @param side the first pass's side in pixels
     * @param multiple what sides must be multiples of
     * @return the second pass's side in pixels
     */
    public int scaled(int side, int multiple) {
        return (int) Math.floor(side * scale / multiple) * multiple;
    }
}
