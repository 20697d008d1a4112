package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import java.util.Objects;

/**
 * A style model with the strengths at which a request uses it.
 *
 * @param style the style model
 * @param unetWeight its weight in the denoising network: 1 as it was trained, 0 not at all, negative the other way round
 * @param textEncoderWeight its weight in the text encoders
 */
public record AppliedStyle(StyleModel style, double unetWeight, double textEncoderWeight) {
    /** The largest magnitude of a weight; beyond about 2 pictures fall apart. */
    public static final double MAX_WEIGHT = 100;

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@code invalid-request} if a weight is not a number or larger than {@link
     *     #MAX_WEIGHT}
     */
    public AppliedStyle {
        Objects.requireNonNull(style, "style");
        requireRange(style, unetWeight);
        requireRange(style, textEncoderWeight);
    }

    /**
     * Uses a style model at one weight everywhere.
     *
     * @param style the style model
     * @param weight the weight in all networks
     * @return the style with its weights
     */
    public static AppliedStyle of(StyleModel style, double weight) {
        return new AppliedStyle(style, weight, weight);
    }

    /** The weight in a network. */
    double weight(ModelPart part) {
        return part == ModelPart.UNET ? unetWeight : textEncoderWeight;
    }

    private static void requireRange(StyleModel style, double weight) {
        if (!(Math.abs(weight) <= MAX_WEIGHT)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The weight of the style model " + style.file() + " is " + weight + "; it must be from -"
                            + MAX_WEIGHT + " to " + MAX_WEIGHT);
        }
    }
}
