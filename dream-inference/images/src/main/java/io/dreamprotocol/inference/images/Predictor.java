package io.dreamprotocol.inference.images;

/** The predictors of lossless WebP, which guess a pixel from those before it (RFC 9649, section 4.1). */
final class Predictor {
    /** How many there are. */
    static final int MODES = 14;

    private Predictor() {}

    /**
     * Predicts a pixel that lies neither in the first row nor in the first column.
     *
     * @param mode which predictor
     * @param pixels the picture, known up to this pixel
     * @param at the pixel's place
     * @param width the picture's width; beyond its right edge lies the next row
     */
    static int predict(int mode, int[] pixels, int at, int width) {
        int left = pixels[at - 1];
        int top = pixels[at - width];
        int topLeft = pixels[at - width - 1];
        int topRight = pixels[at - width + 1];
        return switch (mode) {
            case 0 -> 0xFF000000;
            case 1 -> left;
            case 2 -> top;
            case 3 -> topRight;
            case 4 -> topLeft;
            case 5 -> average(average(left, topRight), top);
            case 6 -> average(left, topLeft);
            case 7 -> average(left, top);
            case 8 -> average(topLeft, top);
            case 9 -> average(top, topRight);
            case 10 -> average(average(left, topLeft), average(top, topRight));
            case 11 -> select(left, top, topLeft);
            case 12 -> clampedSum(left, top, topLeft);
            default -> clampedHalf(average(left, top), topLeft);
        };
    }

    /** Halves the sum of every channel. */
    private static int average(int a, int b) {
        return ((a ^ b) >>> 1 & 0x7F7F7F7F) + (a & b);
    }

    private static int select(int left, int top, int topLeft) {
        int toLeft = 0;
        int toTop = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int corner = topLeft >> shift & 0xFF;
            // The estimate is left + top - corner, so its distance from one is that of the other from the corner.
            toLeft += Math.abs((top >> shift & 0xFF) - corner);
            toTop += Math.abs((left >> shift & 0xFF) - corner);
        }
        return toLeft < toTop ? left : top;
    }

    private static int clampedSum(int left, int top, int topLeft) {
        int sum = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = (left >> shift & 0xFF) + (top >> shift & 0xFF) - (topLeft >> shift & 0xFF);
            sum |= Math.clamp(value, 0, 255) << shift;
        }
        return sum;
    }

    private static int clampedHalf(int middle, int topLeft) {
        int sum = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = middle >> shift & 0xFF;
            sum |= Math.clamp(value + (value - (topLeft >> shift & 0xFF)) / 2, 0, 255) << shift;
        }
        return sum;
    }
}
