package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.network.Shape;

/**
 * A batch of latents, the small images of many channels on which the denoising works.
 *
 * <p>The numbers lie image after image, channel after channel, row after row. Immutable once a caller outside this package
 * sees it.
 */
public final class Latents {
    private final int images;
    private final int channels;
    private final int height;
    private final int width;
    private final float[] values;

    Latents(int images, int channels, int height, int width, float[] values) {
        this.images = images;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.values = values;
        if (values.length != shape().elements()) {
            throw new IllegalArgumentException(values.length + " values for latents of " + shape());
        }
    }

    /** Creates latents of zeros. */
    static Latents zeros(int images, int channels, int height, int width) {
        int elements = Shape.of(images, channels, height, width).elements();
        return new Latents(images, channels, height, width, new float[elements]);
    }

    /**
     * Returns the number of images.
     *
     * @return at least 1
     */
    public int images() {
        return images;
    }

    /**
     * Returns the number of channels.
     *
     * @return at least 1
     */
    public int channels() {
        return channels;
    }

    /**
     * Returns the height.
     *
     * @return rows of one channel
     */
    public int height() {
        return height;
    }

    /**
     * Returns the width.
     *
     * @return elements of one row
     */
    public int width() {
        return width;
    }

    /**
     * Returns the dimensions: images, channels, height, width.
     *
     * @return the shape
     */
    public Shape shape() {
        return Shape.of(images, channels, height, width);
    }

    /**
     * Returns the numbers.
     *
     * @return a fresh array, image after image, channel after channel, row after row
     */
    public float[] toArray() {
        return values.clone();
    }

    /** The numbers themselves, which the pipeline works on in place. */
    float[] values() {
        return values;
    }

    /** The number of elements of one image. */
    int imageSize() {
        return channels * height * width;
    }

    /**
     * The same images in another size, interpolated bilinearly between the centres of the elements, as torch does.
     *
     * @param seamless whether an image goes on at the opposite edge instead of ending
     */
    Latents resized(int newHeight, int newWidth, boolean seamless) {
        Latents resized = zeros(images, channels, newHeight, newWidth);
        float yScale = (float) height / newHeight;
        float xScale = (float) width / newWidth;
        int at = 0;
        for (int plane = 0; plane < images * channels; plane++) {
            int start = plane * height * width;
            for (int row = 0; row < newHeight; row++) {
                float y = place(row, yScale, seamless);
                int above = (int) Math.floor(y);
                int top = start + inside(above, height, seamless) * width;
                int below = start + inside(above + 1, height, seamless) * width;
                for (int column = 0; column < newWidth; column++) {
                    float x = place(column, xScale, seamless);
                    int leftOf = (int) Math.floor(x);
                    int left = inside(leftOf, width, seamless);
                    int right = inside(leftOf + 1, width, seamless);
                    float upper = between(values[top + left], values[top + right], x - leftOf);
                    float lower = between(values[below + left], values[below + right], x - leftOf);
                    resized.values[at++] = between(upper, lower, y - above);
                }
            }
        }
        return resized;
    }

    /** Where the centre of a new element lies between those of the old ones. */
    private static float place(int index, float scale, boolean seamless) {
        float place = (index + 0.5f) * scale - 0.5f;
        return seamless ? place : Math.max(0, place);
    }

    private static int inside(int at, int length, boolean seamless) {
        return seamless ? Math.floorMod(at, length) : Math.clamp(at, 0, length - 1);
    }

    private static float between(float from, float to, float share) {
        return (1 - share) * from + share * to;
    }

    /** A copy that keeps its numbers when these change. */
    Latents copy() {
        return new Latents(images, channels, height, width, values.clone());
    }
}
