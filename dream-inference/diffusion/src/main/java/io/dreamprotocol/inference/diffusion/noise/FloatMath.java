package io.dreamprotocol.inference.diffusion.noise;

/**
 * Logarithm, sine and cosine in float32, rounded exactly as the vector code behind torch's {@code randn} rounds them.
 *
 * <p>The approximations are those of the Cephes library (Moshier, {@code logf.c} and {@code sinf.c}). Which products are
 * fused into sums is part of the result: it decides the last bit, and with it whether an image equals torch's.
 */
final class FloatMath {
    private static final float SQRT_HALF = 0.70710677f;

    /** The natural logarithm of 2 and pi/4, each cut into parts whose products with small integers are exact. */
    private static final float LN2_HIGH = 0.6933594f;

    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float QUARTER_PI_HIGH = 0.78515625f;
    private static final float QUARTER_PI_MIDDLE = 2.4187565e-4f;
    private static final float QUARTER_PI_LOW = 3.774895e-8f;
    private static final float FOUR_OVER_PI = 1.2732395f;

    private FloatMath() {}

    /**
     * Returns the natural logarithm.
     *
     * @param x a positive normal number
     */
    static float log(float x) {
        int bits = Float.floatToRawIntBits(x);
        float exponent = (bits >>> 23) - 126;
        float m = Float.intBitsToFloat((bits & 0x007FFFFF) | 0x3F000000);
        if (m < SQRT_HALF) {
            exponent -= 1;
            m = m - 1 + m;
        } else {
            m -= 1;
        }
        float square = m * m;
        float sum = 0.070376836f;
        sum = Math.fma(sum, m, -0.1151461f);
        sum = Math.fma(sum, m, 0.116769984f);
        sum = Math.fma(sum, m, -0.12420141f);
        sum = Math.fma(sum, m, 0.14249323f);
        sum = Math.fma(sum, m, -0.16668057f);
        sum = Math.fma(sum, m, 0.20000714f);
        sum = Math.fma(sum, m, -0.24999994f);
        sum = Math.fma(sum, m, 0.3333333f);
        sum = Math.fma(sum * m, square, exponent * LN2_LOW);
        sum -= 0.5f * square;
        return Math.fma(exponent, LN2_HIGH, m + sum);
    }

    /**
     * Returns the sine.
     *
     * @param x an angle in radians, from 0 to 2 pi
     */
    static float sin(float x) {
        int octant = octant(x);
        float reduced = reduced(x, octant);
        float value = (octant & 2) == 0 ? sinOfSmall(reduced) : cosOfSmall(reduced);
        return (octant & 4) == 0 ? value : -value;
    }

    /**
     * Returns the cosine.
     *
     * @param x an angle in radians, from 0 to 2 pi
     */
    static float cos(float x) {
        int octant = octant(x);
        float reduced = reduced(x, octant);
        float value = (octant & 2) == 0 ? cosOfSmall(reduced) : sinOfSmall(reduced);
        return (octant + 2 & 4) == 0 ? value : -value;
    }

    /** Returns the nearest even number of eighths of a turn, so that what is left lies between -pi/4 and pi/4. */
    private static int octant(float x) {
        return (int) (x * FOUR_OVER_PI) + 1 & ~1;
    }

    private static float reduced(float x, int octant) {
        float rest = Math.fma(octant, -QUARTER_PI_HIGH, x);
        rest = Math.fma(octant, -QUARTER_PI_MIDDLE, rest);
        return Math.fma(octant, -QUARTER_PI_LOW, rest);
    }

    private static float sinOfSmall(float x) {
        float square = x * x;
        float sum = -1.9515296e-4f;
        sum = Math.fma(sum, square, 0.008332161f);
        sum = Math.fma(sum, square, -0.16666655f);
        return Math.fma(sum * square, x, x);
    }

    private static float cosOfSmall(float x) {
        float square = x * x;
        float sum = 2.4433157e-5f;
        sum = Math.fma(sum, square, -0.0013887316f);
        sum = Math.fma(sum, square, 0.041666646f);
        return Math.fma(sum * square, square, -0.5f * square) + 1;
    }
}
