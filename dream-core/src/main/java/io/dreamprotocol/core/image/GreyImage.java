package io.dreamprotocol.core.image;

import java.util.Arrays;

/**
 * A picture of 8-bit grey values, such as a mask or an alpha channel. Immutable.
 *
 * <p>Pixels lie row by row from the top left, one byte each; 0 is black or transparent, 255 white or opaque.
 */
public final class GreyImage {
    private final int width;
    private final int height;
    private final byte[] grey;

    private GreyImage(int width, int height, byte[] grey) {
        this.width = width;
        this.height = height;
        this.grey = grey;
    }

    /**
     * Creates a picture from a copy of its values.
     *
     * @param width the width in pixels, at least 1
     * @param height the height in pixels, at least 1
     * @param grey {@code width * height} values
     * @return the picture
     */
    public static GreyImage of(int width, int height, byte[] grey) {
        if (width < 1 || height < 1 || (long) width * height > RgbImage.MAX_PIXELS) {
            throw new IllegalArgumentException("Picture size out of range: " + width + "x" + height);
        }
        if (grey.length != width * height) {
            throw new IllegalArgumentException("A grey picture of " + width + "x" + height + " has " + (width * height)
                    + " values, not " + grey.length);
        }
        return new GreyImage(width, height, grey.clone());
    }

    /**
     * Creates the grey version of a coloured picture: its luma by ITU-R BT.601, rounded as Pillow's mode L has it.
     *
     * @param image the coloured picture
     * @return the picture
     */
    public static GreyImage of(RgbImage image) {
        byte[] rgb = image.toArray();
        byte[] grey = new byte[rgb.length / 3];
        for (int i = 0; i < grey.length; i++) {
            int red = rgb[3 * i] & 0xFF;
            int green = rgb[3 * i + 1] & 0xFF;
            int blue = rgb[3 * i + 2] & 0xFF;
            // The weights 0.299, 0.587 and 0.114 in units of 2^-16.
            grey[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
        }
        return new GreyImage(image.width(), image.height(), grey);
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
     * Returns one pixel.
     *
     * @param x the column, from the left
     * @param y the row, from the top
     * @return the value, 0 to 255
     */
    public int pixel(int x, int y) {
        return grey[y * width + x] & 0xFF;
    }

    /**
     * Returns a copy of the values.
     *
     * @return {@code width * height} bytes
     */
    public byte[] toArray() {
        return grey.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GreyImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(grey, image.grey);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(grey);
    }

    @Override
    public String toString() {
        return "GreyImage[" + width + "x" + height + "]";
    }
}
