package io.dreamprotocol.inference.diffusion.scheduler;

/** Functions of float32 scalars, rounded to float32 after each operation as tensor libraries do. */
final class Float32 {

    private static final float[] LOG_NUMERATOR = {0f, 1f, 2.1126776f, 1.4800006f, 0.38088378f, 0.025899792f};

    private static final float[] LOG_DENOMINATOR = {1f, 2.6126776f, 2.453006f, 0.9864943f, 0.15464763f, 0.0058750953f};

    private static final float LOG_2 = 0.6931472f;
    private static final float SQRT_2 = 1.4142135f;

    private static final int ESTIMATE_BITS = 13;

    private Float32() {}

    /**
     * The square root to within one unit of the last place, as the vector library behind PyTorch's tables computes it: from
     * an estimate of the reciprocal root and one step of Newton's method in single precision. Differences that nearly
     * cancel and timesteps that are cut to whole numbers depend on that last bit.
     */
    static float sqrt(float x) {
        if (!(x > 0) || x == Float.POSITIVE_INFINITY) {
            return (float) Math.sqrt(x);
        }
        float estimate = withSignificantBits(1 / Math.sqrt(x));
        float root = x * estimate;
        float half = 0.5f * estimate;
        float error = 0.5f - root * half;
        root += root * error;
        half += half * error;
        return root + (x - root * root) * half;
    }

    private static float withSignificantBits(double x) {
        double unit = Math.scalb(1.0, Math.getExponent(x) - ESTIMATE_BITS + 1);
        return (float) (Math.rint(x / unit) * unit);
    }

    static float exp(float x) {
        return (float) Math.exp(x);
    }

    static float expm1(float x) {
        return (float) Math.expm1(x);
    }

    static float log(float x) {
        return (float) Math.log(x);
    }

    /**
     * The logarithm of a positive normal number to within two units of the last place, as NumPy computes it for float32
     * arrays: by a rational function of degree five. Where a timestep found from a logarithm is cut to a whole number, the
     * last bit decides which one it is, so it must be the same bit.
     */
    static float rationalLog(float x) {
        int exponent = Math.getExponent(x);
        float mantissa = Math.scalb(x, -exponent);
        if (mantissa > SQRT_2) {
            mantissa *= 0.5f;
            exponent++;
        }
        float z = mantissa - 1;
        return Math.fma(exponent, LOG_2, polynomial(LOG_NUMERATOR, z) / polynomial(LOG_DENOMINATOR, z));
    }

    private static float polynomial(float[] coefficients, float x) {
        float value = coefficients[coefficients.length - 1];
        for (int i = coefficients.length - 2; i >= 0; i--) {
            value = Math.fma(value, x, coefficients[i]);
        }
        return value;
    }

    /** Evenly spaced numbers with both ends included, built from both ends towards the middle. */
    static float[] linspace(double start, double end, int count) {
        float first = (float) start;
        float last = (float) end;
        float[] values = new float[count];
        if (count == 1) {
            values[0] = first;
            return values;
        }
        float step = (last - first) / (count - 1);
        for (int i = 0; i < count; i++) {
            values[i] = i < count / 2 ? first + step * i : last - step * (count - 1 - i);
        }
        return values;
    }
}
