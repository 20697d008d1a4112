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

    /** The same images in another size, interpolated bilinearly between the centres of the elements, as torch does. */
    Latents resized(int newHeight, int newWidth) {
        Latents resized = zeros(images, channels, newHeight, newWidth);
        float yScale = (float) height / newHeight;
        float xScale = (float) width / newWidth;
        int at = 0;
        for (int plane = 0; plane < images * channels; plane++) {
            int start = plane * height * width;
            for (int row = 0; row < newHeight; row++) {
                float y = Math.max(0, (row + 0.5f) * yScale - 0.5f);
                int above = (int) y;
                int top = start + above * width;
                int below = start + Math.min(above + 1, height - 1) * width;
                for (int column = 0; column < newWidth; column++) {
                    float x = Math.max(0, (column + 0.5f) * xScale - 0.5f);
                    int left = (int) x;
                    int right = Math.min(left + 1, width - 1);
                    float upper = between(values[top + left], values[top + right], x - left);
                    float lower = between(values[below + left], values[below + right], x - left);
                    resized.values[at++] = between(upper, lower, y - above);
                }
            }
        }
        return resized;
    }

    private static float between(float from, float to, float share) {
        return (1 - share) * from + share * to;
    }

    /** A copy that keeps its numbers when these change. */
    Latents copy() {
        return new Latents(images, channels, height, width, values.clone());
    }
}
