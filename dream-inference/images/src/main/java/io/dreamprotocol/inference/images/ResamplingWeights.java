package io.dreamprotocol.inference.images;

/** For each pixel of a resized row or column those that it is made of, and how much of each, by Lanczos with three lobes. */
final class ResamplingWeights {
    private static final int UNIT_BITS = 22;
    private static final double LOBES = 3;

    private final int[] first;
    private final int[][] parts;

    ResamplingWeights(int from, int to) {
        first = new int[to];
        parts = new int[to][];
        double scale = (double) from / to;
        double stretch = Math.max(scale, 1);
        double reach = LOBES * stretch;
        double shrink = 1 / stretch;
        for (int i = 0; i < to; i++) {
            double center = (i + 0.5) * scale;
            first[i] = Math.max(0, (int) (center - reach + 0.5));
            int end = Math.min(from, (int) (center + reach + 0.5));
            double[] exact = new double[end - first[i]];
            double sum = 0;
            for (int j = 0; j < exact.length; j++) {
                exact[j] = lanczos((j + first[i] - center + 0.5) * shrink);
                sum += exact[j];
            }
            parts[i] = new int[exact.length];
            for (int j = 0; j < exact.length; j++) {
                double part = sum == 0 ? exact[j] : exact[j] / sum;
                parts[i][j] = (int) (part * (1 << UNIT_BITS) + (part < 0 ? -0.5 : 0.5));
            }
        }
    }

    private static double lanczos(double x) {
        return x >= -LOBES && x < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
    }

    private static double sinc(double x) {
        double angle = x * Math.PI;
        return x == 0 ? 1 : StrictMath.sin(angle) / angle;
    }

    /** The first old place that a new one is made of. */
    int first(int place) {
        return first[place];
    }

    /** The weighted sum for a new place over values that lie {@code step} apart from {@code start} on. */
    byte sum(byte[] values, int place, int start, int step) {
        int sum = 1 << (UNIT_BITS - 1);
        int at = start;
        for (int part : parts[place]) {
            sum += (values[at] & 0xFF) * part;
            at += step;
        }
        return (byte) Math.clamp(sum >> UNIT_BITS, 0, 255);
    }
}
