package io.dreamprotocol.core.image;

import java.util.Arrays;

/**
 * A picture of 8-bit red, green and blue values, without colour profile (sRGB assumed). Immutable.
 *
 * <p>Pixels lie row by row from the top left, three bytes each.
 */
public final class RgbImage {
    /** The most pixels that a picture may have: 2^28, which is 768 MiB of values. */
    public static final long MAX_PIXELS = 1L << 28;

    private final int width;
    private final int height;
    private final byte[] rgb;

    private RgbImage(int width, int height, byte[] rgb) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /**
     * Creates a picture from a copy of its values.
     *
     * @param width the width in pixels, at least 1
     * @param height the height in pixels, at least 1
     * @param rgb {@code width * height * 3} values
     * @return the picture
     */
    public static RgbImage of(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
            throw new IllegalArgumentException("Picture size out of range: " + width + "x" + height);
        }
        if (rgb.length != width * height * 3) {
            throw new IllegalArgumentException("A picture of " + width + "x" + height + " has " + (width * height * 3)
                    + " values, not " + rgb.length);
        }
        return new RgbImage(width, height, rgb.clone());
    }

    /**
     * Returns the width.
     *
     * @return the width in pixels
     */
    public int width() {
        return width;
    }

    /**
     * Returns the height.
     *
     * @return the height in pixels
     */
    public int height() {
        return height;
    }

    /**
     * Returns one pixel as {@code 0xRRGGBB}.
     *
     * @param x the column, from the left
     * @param y the row, from the top
     * @return the colour
     */
    public int pixel(int x, int y) {
        int at = (y * width + x) * 3;
        return ((rgb[at] & 0xFF) << 16) | ((rgb[at + 1] & 0xFF) << 8) | (rgb[at + 2] & 0xFF);
    }

    /**
     * Returns a copy of the values.
     *
     * @return {@code width * height * 3} bytes
     */
    public byte[] toArray() {
        return rgb.clone();
    }

    /** Copies one row to an array; spares the writer of a file a copy of the whole. */
    void copyRow(int y, byte[] target, int offset) {
        System.arraycopy(rgb, y * width * 3, target, offset, width * 3);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(rgb, image.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[" + width + "x" + height + "]";
    }
}
