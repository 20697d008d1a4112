package io.dreamprotocol.inference.diffusion.noise;

import java.util.OptionalDouble;

/**
 * What {@code torch.randn} gives on a CPU generator, bit for bit as x86-64 machines with AVX2 compute it.
 *
 * <p>Calls of 16 numbers and more turn 24-bit uniforms into normals in blocks of 16, in float32; a remainder is covered
 * by redrawing the last 16. Smaller calls work in float64, one number at a time, and keep the second number of each pair
 * for the next small call, however many large calls lie between.
 */
final class TorchCpuNoise implements NoiseSource {
    private static final int BLOCK = 16;
    private static final int HALF = BLOCK / 2;
    private static final float TWO_PI = (float) (2 * Math.PI);
    private static final long MANTISSA = (1L << 53) - 1;

    private final MersenneTwister twister;
    private OptionalDouble kept = OptionalDouble.empty();

    /** Only the low 32 bits of a seed reach torch's generator. */
    TorchCpuNoise(long seed) {
        twister = new MersenneTwister((int) seed);
    }

    @Override
    public void fill(float[] out) {
        if (out.length < BLOCK) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) nextSingle();
            }
            return;
        }
        uniforms(out, 0);
        for (int start = 0; start <= out.length - BLOCK; start += BLOCK) {
            transform(out, start);
        }
        if (out.length % BLOCK != 0) {
            uniforms(out, out.length - BLOCK);
            transform(out, out.length - BLOCK);
        }
    }

    private void uniforms(float[] out, int from) {
        for (int i = from; i < out.length; i++) {
            out[i] = (twister.next() & 0xFFFFFF) * 0x1p-24f;
        }
    }

    private static void transform(float[] values, int start) {
        for (int i = start; i < start + HALF; i++) {
            float radius = (float) Math.sqrt(-2 * FloatMath.log(1 - values[i]));
            float angle = TWO_PI * values[i + HALF];
            values[i] = radius * FloatMath.cos(angle);
            values[i + HALF] = radius * FloatMath.sin(angle);
        }
    }

    private double nextSingle() {
        if (kept.isPresent()) {
            double value = kept.getAsDouble();
            kept = OptionalDouble.empty();
            return value;
        }
        double angle = 2 * Math.PI * nextUniform();
        double radius = Math.sqrt(-2 * Math.log1p(-nextUniform()));
        kept = OptionalDouble.of(radius * Math.sin(angle));
        return radius * Math.cos(angle);
    }

    private double nextUniform() {
        long high = twister.next() & 0xFFFFFFFFL;
        long low = twister.next() & 0xFFFFFFFFL;
        return ((high << 32 | low) & MANTISSA) * 0x1p-53;
    }
}
