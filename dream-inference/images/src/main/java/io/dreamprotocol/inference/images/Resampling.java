package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;

/** A way to change a picture's size, with the very values that {@code Image.resize} of Pillow 13 gives, which the Python tools use. */
public enum Resampling {
    /**
     * Lanczos with three lobes: sharp, and smoothed as far as a smaller picture needs. Made in two passes, rounded to 8 bits after
     * each, with weights in units of 2<sup>-22</sup>: across and then down, or down first where the height loses more than twice what
     * the width does.
     */
    LANCZOS {
        @Override
        byte[] resize(byte[] values, int channels, int fromWidth, int fromHeight, int width, int height) {
            if (height < fromHeight && fromHeight - height > 2 * (fromWidth - width)) {
                byte[] low = down(values, fromHeight, height, fromWidth * channels);
                return across(low, fromWidth, width, height, channels);
            }
            byte[] wide = across(values, fromWidth, width, fromHeight, channels);
            return down(wide, fromHeight, height, width * channels);
        }
    },
    /** The value of the nearest pixel: no new values, as masks need it. */
    NEAREST {
        @Override
        byte[] resize(byte[] values, int channels, int fromWidth, int fromHeight, int width, int height) {
            int[] columns = nearest(fromWidth, width);
            int[] rows = nearest(fromHeight, height);
            byte[] resized = new byte[width * height * channels];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int from = (rows[y] * fromWidth + columns[x]) * channels;
                    System.arraycopy(values, from, resized, (y * width + x) * channels, channels);
                }
            }
            return resized;
        }
    };

    /**
     * Changes the size of a coloured picture.
     *
     * @param image the picture
     * @param width the new width in pixels, at least 1
     * @param height the new height in pixels, at least 1
     * @return the resized picture
     */
    public RgbImage resize(RgbImage image, int width, int height) {
        check(width, height);
        return RgbImage.of(width, height, resize(image.toArray(), 3, image.width(), image.height(), width, height));
    }

    /**
     * Changes the size of a grey picture.
     *
     * @param image the picture
     * @param width the new width in pixels, at least 1
     * @param height the new height in pixels, at least 1
     * @return the resized picture
     */
    public GreyImage resize(GreyImage image, int width, int height) {
        check(width, height);
        return GreyImage.of(width, height, resize(image.toArray(), 1, image.width(), image.height(), width, height));
    }

    private static void check(int width, int height) {
        if (width < 1 || height < 1 || (long) width * height > ImageFiles.MAX_PIXELS) {
            throw new IllegalArgumentException("Picture size out of range: " + width + "x" + height);
        }
    }

    abstract byte[] resize(byte[] values, int channels, int fromWidth, int fromHeight, int width, int height);

    private static int[] nearest(int from, int to) {
        double step = (double) from / to;
        int[] places = new int[to];
        // Added up, not multiplied, because Pillow does so and the sum rounds otherwise.
        double place = step * 0.5;
        for (int i = 0; i < to; i++) {
            places[i] = Math.min((int) place, from - 1);
            place += step;
        }
        return places;
    }

    /** Resizes every row. */
    private static byte[] across(byte[] values, int from, int to, int rows, int channels) {
        if (from == to) {
            return values;
        }
        ResamplingWeights weights = new ResamplingWeights(from, to);
        byte[] resized = new byte[length(rows, to, channels)];
        int at = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < to; x++) {
                int first = (y * from + weights.first(x)) * channels;
                for (int channel = 0; channel < channels; channel++) {
                    resized[at++] = weights.sum(values, x, first + channel, channels);
                }
            }
        }
        return resized;
    }

    /** Resizes every column, where a row has this many values. */
    private static byte[] down(byte[] values, int from, int to, int rowLength) {
        if (from == to) {
            return values;
        }
        ResamplingWeights weights = new ResamplingWeights(from, to);
        byte[] resized = new byte[length(to, rowLength, 1)];
        int at = 0;
        for (int y = 0; y < to; y++) {
            int first = weights.first(y) * rowLength;
            for (int i = 0; i < rowLength; i++) {
                resized[at++] = weights.sum(values, y, first + i, rowLength);
            }
        }
        return resized;
    }

    private static int length(int rows, int columns, int channels) {
        long length = (long) rows * columns * channels;
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("The picture between both passes would be too large");
        }
        return (int) length;
    }
}
