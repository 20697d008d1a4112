package io.dreamprotocol.inference.diffusion.noise;

/**
 * Logarithm, sine and cosine in float32, rounded exactly as the vector code behind torch's {@code randn} rounds them.
 *
 * <p>The approximations are those of the Cephes library (Moshier, {@code logf.c} and {@code sinf.c}). Which products are
 * fused into sums is part of the result: it decides the last bit, and with it whether an image equals torch's.
 */
final class FloatMath {
    private static final float SQRT_HALF = 0.70710678118654752f;

    /** The natural logarithm of 2 and pi/4, each cut into parts whose products with small integers are exact. */
    private static final float LN2_HIGH = 0.693359375f;

    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float QUARTER_PI_HIGH = 0.78515625f;
    private static final float QUARTER_PI_MIDDLE = 2.4187564849853515625e-4f;
    private static final float QUARTER_PI_LOW = 3.77489497744594108e-8f;
    private static final float FOUR_OVER_PI = 1.27323954473516f;

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
        float sum = 7.0376836292e-2f;
        sum = Math.fma(sum, m, -1.1514610310e-1f);
        sum = Math.fma(sum, m, 1.1676998740e-1f);
        sum = Math.fma(sum, m, -1.2420140846e-1f);
        sum = Math.fma(sum, m, 1.4249322787e-1f);
        sum = Math.fma(sum, m, -1.6668057665e-1f);
        sum = Math.fma(sum, m, 2.0000714765e-1f);
        sum = Math.fma(sum, m, -2.4999993993e-1f);
        sum = Math.fma(sum, m, 3.3333331174e-1f);
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
        float sum = -1.9515295891e-4f;
        sum = Math.fma(sum, square, 8.3321608736e-3f);
        sum = Math.fma(sum, square, -1.6666654611e-1f);
        return Math.fma(sum * square, x, x);
    }

    private static float cosOfSmall(float x) {
        float square = x * x;
        float sum = 2.443315711809948e-5f;
        sum = Math.fma(sum, square, -1.388731625493765e-3f);
        sum = Math.fma(sum, square, 4.166664568298827e-2f);
        return Math.fma(sum * square, square, -0.5f * square) + 1;
    }
}
