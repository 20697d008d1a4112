package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/**
 * The sizes that a model can make.
 *
 * @param sizeMultiple width and height must be multiples of this, in pixels
 * @param minSide the smallest width and height, in pixels
 * @param maxSide the largest width and height, in pixels
 * @param maxPixels the largest product of width and height
 */
public record ModelLimits(int sizeMultiple, int minSide, int maxSide, long maxPixels) {
    /** Checks the parts. */
    public ModelLimits {
        if (sizeMultiple < 1 || minSide < 1 || maxSide < minSide || maxPixels < 1) {
            throw new IllegalArgumentException("Model limits must be positive and in order");
        }
    }

    /**
     * Checks a size against these limits.
     *
     * @param width the width in pixels
     * @param height the height in pixels
     * @throws InvalidInputException with {@link ErrorCode#INVALID_SIZE}, saying the nearest size that fits
     */
    public void check(int width, int height) {
        if (width % sizeMultiple != 0 || height % sizeMultiple != 0) {
            throw invalid(width, height, "is not a multiple of " + sizeMultiple);
        }
        if (width < minSide || height < minSide) {
            throw invalid(width, height, "is below the smallest side of " + minSide);
        }
        if (width > maxSide || height > maxSide) {
            throw invalid(width, height, "is above the largest side of " + maxSide);
        }
        if ((long) width * height > maxPixels) {
            throw invalid(width, height, "has more than " + maxPixels + " pixels");
        }
    }

    private InvalidInputException invalid(int width, int height, String reason) {
        return new InvalidInputException(
                ErrorCode.INVALID_SIZE,
                "Size " + width + "x" + height + " " + reason + "; try " + nearest(width) + "x" + nearest(height));
    }

    private int nearest(int side) {
        int largest = Math.min(maxSide, (int) Math.sqrt((double) maxPixels)) / sizeMultiple * sizeMultiple;
        int smallest = Math.ceilDiv(minSide, sizeMultiple) * sizeMultiple;
        long rounded = Math.round((double) side / sizeMultiple) * sizeMultiple;
        return Math.clamp(rounded, smallest, Math.max(smallest, largest));
    }
}
