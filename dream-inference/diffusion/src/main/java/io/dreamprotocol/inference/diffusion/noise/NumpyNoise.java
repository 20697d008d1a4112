package io.dreamprotocol.inference.diffusion.noise;

import java.util.OptionalDouble;

/**
 * What {@code numpy.random.RandomState(seed).randn} gives: Marsaglia's polar method on 53-bit uniforms of a Mersenne
 * Twister, in float64, with the second number of each pair kept for the next call.
 */
final class NumpyNoise implements NoiseSource {
    private final MersenneTwister twister;
    private OptionalDouble kept = OptionalDouble.empty();

    NumpyNoise(int seed) {
        twister = new MersenneTwister(seed);
    }

    @Override
    public void fill(float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) next();
        }
    }

    /** Returns the next number before it is rounded to float32. */
    double next() {
        if (kept.isPresent()) {
            double value = kept.getAsDouble();
            kept = OptionalDouble.empty();
            return value;
        }
        double x;
        double y;
        double square;
        do {
            x = 2 * nextUniform() - 1;
            y = 2 * nextUniform() - 1;
            square = x * x + y * y;
        } while (square >= 1 || square == 0);
        double factor = Math.sqrt(-2 * Math.log(square) / square);
        kept = OptionalDouble.of(factor * x);
        return factor * y;
    }

    private double nextUniform() {
        int high = twister.next() >>> 5;
        int low = twister.next() >>> 6;
        return (high * 0x1p26 + low) * 0x1p-53;
    }
}
