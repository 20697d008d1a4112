package io.dreamprotocol.inference.diffusion.noise;

/**
 * Interpolation along the great circle between two vectors, which keeps the length that a straight line would shorten.
 *
 * <p>Source: Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985. Which numbers form a vector follows
 * AUTOMATIC1111, so that its variations come out the same: every column (one channel, one x, all y) is one.
 */
final class SphericalInterpolation {
    /** Above this mean cosine, the two images are taken to be parallel. */
    private static final double PARALLEL = 0.9995;

    private SphericalInterpolation() {}

    /**
     * Replaces an image by what lies between it and another.
     *
     * @param from one image, channels first, each channel of {@code height} rows of {@code width} numbers
     * @param to the other image
     * @param share 0 keeps {@code from}, 1 gives {@code to}
     */
    static void mix(float[] from, float[] to, double share, int height, int width) {
        int columns = from.length / height;
        double[] cosines = new double[columns];
        double total = 0;
        for (int column = 0; column < columns; column++) {
            cosines[column] = cosine(from, to, start(column, height, width), height, width);
            total += cosines[column];
        }
        if (total / columns > PARALLEL) {
            mixParallel(from, to, share);
            return;
        }
        for (int column = 0; column < columns; column++) {
            double angle = Math.acos(Math.clamp(cosines[column], -1, 1));
            double sine = Math.sin(angle);
            double fromFactor = sine == 0 ? 1 - share : Math.sin((1 - share) * angle) / sine;
            double toFactor = sine == 0 ? share : Math.sin(share * angle) / sine;
            int start = start(column, height, width);
            for (int y = 0, i = start; y < height; y++, i += width) {
                from[i] = (float) (fromFactor * from[i] + toFactor * to[i]);
            }
        }
    }

    private static int start(int column, int height, int width) {
        return column / width * height * width + column % width;
    }

    private static double cosine(float[] a, float[] b, int start, int height, int stride) {
        double product = 0;
        double squareA = 0;
        double squareB = 0;
        for (int y = 0, i = start; y < height; y++, i += stride) {
            product += (double) a[i] * b[i];
            squareA += (double) a[i] * a[i];
            squareB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squareA * squareB);
    }

    /** The shares are exchanged here: AUTOMATIC1111 does so, and its images are the reference. */
    private static void mixParallel(float[] from, float[] to, double share) {
        for (int i = 0; i < from.length; i++) {
            from[i] = (float) (from[i] * share + to[i] * (1 - share));
        }
    }
}
