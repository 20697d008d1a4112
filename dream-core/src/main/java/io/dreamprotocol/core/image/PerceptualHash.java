package io.dreamprotocol.core.image;

/**
 * A picture's perceptual hash, which stays close under scaling and compression: the difference hash of 64 bits.
 *
 * <p>The picture is averaged to 9 by 8 grey cells (ITU-R BT.601 luma); bit 63 - (8 * row + column) says whether a cell is darker than
 * its right neighbour. Two pictures are alike if few of their bits differ ({@link #distance}).
 */
public final class PerceptualHash {
    private static final int COLUMNS = 9;
    private static final int ROWS = 8;

    private PerceptualHash() {}

    /**
     * Hashes a picture.
     *
     * @param image the picture
     * @return the 64 bits
     */
    public static long of(RgbImage image) {
        long[] luma = new long[COLUMNS * ROWS];
        long[] pixels = new long[COLUMNS * ROWS];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int cell =
                        (int) ((long) y * ROWS / image.height()) * COLUMNS + (int) ((long) x * COLUMNS / image.width());
                int rgb = image.pixel(x, y);
                luma[cell] += 299L * (rgb >> 16) + 587L * ((rgb >> 8) & 0xFF) + 114L * (rgb & 0xFF);
                pixels[cell]++;
            }
        }
        long bits = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS - 1; column++) {
                int cell = row * COLUMNS + column;
                bits = (bits << 1) | (mean(luma, pixels, cell) < mean(luma, pixels, cell + 1) ? 1 : 0);
            }
        }
        return bits;
    }

    /** Pictures smaller than the grid leave cells empty; those count as black. */
    private static long mean(long[] luma, long[] pixels, int cell) {
        return pixels[cell] == 0 ? 0 : luma[cell] / pixels[cell];
    }

    /**
     * Counts the bits in which two hashes differ.
     *
     * @param one a hash
     * @param other another
     * @return 0 for the same to 64
     */
    public static int distance(long one, long other) {
        return Long.bitCount(one ^ other);
    }
}
