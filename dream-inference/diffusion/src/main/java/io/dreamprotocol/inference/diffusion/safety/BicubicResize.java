package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.image.RgbImage;

/**
 * Bicubic interpolation with the very values of Pillow: the filter of <a
 * href="https://doi.org/10.1109/TASSP.1981.1163711">Keys (1981)</a> with a = -1/2, widened where the picture shrinks, in two passes
 * with weights in units of 2<sup>-22</sup> and rounded to 8 bits after each.
 */
final class BicubicResize {
    private static final int CHANNELS = 3;
    private static final double SUPPORT = 2;
    private static final double A = -0.5;
    private static final int PRECISION = 22;

    private BicubicResize() {}

    /** Returns the values of the resized picture, pixel after pixel. */
    static byte[] resize(RgbImage picture, int width, int height) {
        byte[] values = picture.toArray();
        boolean downFirst = height < picture.height() && picture.height() - height > 2 * (picture.width() - width);
        if (downFirst) {
            byte[] low = down(values, picture.height(), height, picture.width());
            return across(low, picture.width(), width, height);
        }
        byte[] wide = across(values, picture.width(), width, picture.height());
        return down(wide, picture.height(), height, width);
    }

    private static byte[] across(byte[] values, int from, int to, int rows) {
        return pass(values, from, to, rows, CHANNELS, from * CHANNELS, to * CHANNELS);
    }

    private static byte[] down(byte[] values, int from, int to, int columns) {
        return pass(values, from, to, columns, columns * CHANNELS, CHANNELS, CHANNELS);
    }

    /**
     * Resizes along one axis.
     *
     * @param from the length along the axis
     * @param to the new length
     * @param lines how many lines there are across it
     * @param step the distance of two pixels along the axis
     * @param lineStep the distance of two lines
     * @param newLineStep the distance of two lines of the result
     */
    private static byte[] pass(byte[] values, int from, int to, int lines, int step, int lineStep, int newLineStep) {
        if (from == to) {
            return values;
        }
        byte[] resized = new byte[to * lines * CHANNELS];
        double scale = (double) from / to;
        double widened = Math.max(scale, 1);
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - SUPPORT * widened + 0.5));
            int end = Math.min(from, (int) (centre + SUPPORT * widened + 0.5));
            int[] weights = weights(centre, first, end, widened);
            for (int line = 0; line < lines; line++) {
                for (int channel = 0; channel < CHANNELS; channel++) {
                    int sum = 1 << (PRECISION - 1);
                    for (int j = first; j < end; j++) {
                        sum += (values[line * lineStep + j * step + channel] & 0xFF) * weights[j - first];
                    }
                    resized[line * newLineStep + i * step + channel] = (byte) Math.clamp(sum >> PRECISION, 0, 255);
                }
            }
        }
        return resized;
    }

    private static int[] weights(double centre, int first, int end, double widened) {
        double[] exact = new double[end - first];
        double sum = 0;
        for (int j = 0; j < exact.length; j++) {
            exact[j] = filter((first + j - centre + 0.5) * (1 / widened));
            sum += exact[j];
        }
        int[] weights = new int[exact.length];
        for (int j = 0; j < exact.length; j++) {
            double scaled = exact[j] * (1 / sum) * (1 << PRECISION);
            weights[j] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        return weights;
    }

    private static double filter(double x) {
        double at = Math.abs(x);
        if (at < 1) {
            return ((A + 2) * at - (A + 3)) * at * at + 1;
        }
        return at < 2 ? (((at - 5) * at + 8) * at - 4) * A : 0;
    }
}
