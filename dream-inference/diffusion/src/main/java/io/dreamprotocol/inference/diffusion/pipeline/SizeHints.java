package io.dreamprotocol.inference.diffusion.pipeline;

/**
 * What SDXL is told about sizes (<a href="https://arxiv.org/abs/2307.01952">2307.01952</a>, section 2.2), in pixels.
 *
 * @param originalHeight the height of the picture that the training picture was made from
 * @param originalWidth its width
 * @param cropTop how many rows were cut off at its top
 * @param cropLeft how many columns were cut off at its left
 * @param targetHeight the height of the picture to make
 * @param targetWidth its width
 */
public record SizeHints(
        int originalHeight, int originalWidth, int cropTop, int cropLeft, int targetHeight, int targetWidth) {

    /** The scores that the refiner's authors recommend. */
    private static final float AESTHETIC_SCORE = 6;

    private static final float NEGATIVE_AESTHETIC_SCORE = 2.5f;

    /**
     * Returns the hints for a picture that was neither scaled nor cropped.
     *
     * @param height its height
     * @param width its width
     * @return the hints
     */
    public static SizeHints of(int height, int width) {
        return new SizeHints(height, width, 0, 0, height, width);
    }

    /**
     * The numbers that SDXL's refiner takes: with an aesthetic score in place of the size to make.
     *
     * @param isNegative whether they go with a negative prompt, so that they stand for what should not be
     */
    float[] idsWithScore(boolean isNegative) {
        return new float[] {
            originalHeight, originalWidth, cropTop, cropLeft, isNegative ? NEGATIVE_AESTHETIC_SCORE : AESTHETIC_SCORE
        };
    }

    /** The numbers in the order in which the network takes them. */
    float[] ids() {
        return new float[] {originalHeight, originalWidth, cropTop, cropLeft, targetHeight, targetWidth};
    }
}
