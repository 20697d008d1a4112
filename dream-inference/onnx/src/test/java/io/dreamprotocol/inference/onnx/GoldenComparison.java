package io.dreamprotocol.inference.onnx;

/** Measures how far numbers are from golden ones. */
final class GoldenComparison {
    private GoldenComparison() {}

    static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The largest difference; infinite if one is not a number. */
    static double largestDifference(float[] actual, float[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) actual[i] - expected[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** The share of picture values that differ by no more than a bound. */
    static double shareWithin(int bound, byte[] actual, int[] expected) {
        int close = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Math.abs((actual[i] & 0xFF) - expected[i]) <= bound) {
                close++;
            }
        }
        return (double) close / expected.length;
    }

    /** The peak signal-to-noise ratio in decibels; infinite for equal pictures. */
    static double psnr(byte[] actual, int[] expected) {
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = (actual[i] & 0xFF) - expected[i];
            squares += difference * difference;
        }
        return 10 * Math.log10(255 * 255 / (squares / expected.length));
    }
}
