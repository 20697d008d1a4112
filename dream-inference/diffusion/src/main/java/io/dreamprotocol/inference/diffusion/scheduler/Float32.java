package io.dreamprotocol.inference.diffusion.scheduler;

/** Functions of float32 scalars, rounded to float32 after each operation as tensor libraries do. */
final class Float32 {

    private Float32() {}

    static float sqrt(float x) {
        return (float) Math.sqrt(x);
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
