package io.dreamprotocol.inference.diffusion.noise;

/**
 * What {@code torch.randn} gives on a CUDA device: Philox 4x32-10 with a counter of calls and elements, one normal number
 * a counter value.
 *
 * <p>It holds for tensors that one grid of GPU threads covers, which every usual latent size is. Sources: Salmon et al.,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011; the conversion to normals uses cuRAND's float32 constants.
 */
final class CudaPhiloxNoise implements NoiseSource {
    private static final int ROUNDS = 10;
    private static final long MASK = 0xFFFFFFFFL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    /** 2^-32 and 2 pi 2^-32 as the float32 numbers that cuRAND multiplies by. */
    private static final double TO_UNIFORM = 2.3283064e-10f;

    private static final double TO_ANGLE = (float) (2.3283064e-10 * 6.2831855);

    private final long seed;
    private long calls;

    /** All 64 bits of the seed count. */
    CudaPhiloxNoise(long seed) {
        this.seed = seed;
    }

    @Override
    public void fill(float[] out) {
        for (int i = 0; i < out.length; i++) {
            long words = firstWords(seed, calls, i);
            double uniform = (words >>> 32) * TO_UNIFORM + TO_UNIFORM / 2;
            double angle = (words & MASK) * TO_ANGLE + TO_ANGLE / 2;
            out[i] = (float) (Math.sqrt(-2 * Math.log(uniform)) * Math.sin(angle));
        }
        calls++;
    }

    /** Returns words 0 (high half) and 1 (low half) of the block at a counter; words 2 and 3 are not used by randn. */
    static long firstWords(long seed, long offset, long index) {
        long c0 = offset & MASK;
        long c1 = offset >>> 32;
        long c2 = index & MASK;
        long c3 = index >>> 32;
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = c0 * MULTIPLIER_0;
            long product1 = c2 * MULTIPLIER_1;
            c0 = (product1 >>> 32) ^ c1 ^ (k0 & MASK);
            c1 = product1 & MASK;
            c2 = (product0 >>> 32) ^ c3 ^ (k1 & MASK);
            c3 = product0 & MASK;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return c0 << 32 | c1;
    }
}
