package io.dreamprotocol.inference.diffusion.scheduler;

/**
 * A run of the k-diffusion methods: a sample is {@code clean + sigma * noise}, and the network sees it scaled to unit
 * variance (section 3 of <a href="https://arxiv.org/abs/2206.00364">2206.00364</a>).
 */
abstract class VarianceExplodingRun extends DenoisingRun {

    VarianceExplodingRun(double[] timesteps, float[] sigmas, float initNoiseSigma, int order, RunOptions options) {
        super(timesteps, sigmas, initNoiseSigma, order, options);
    }

    /** The deviation of the first sample: with leading spacing the first level is not yet pure noise. */
    static float initNoiseSigma(Spacing spacing, float[] sigmas) {
        float max = 0;
        for (float sigma : sigmas) {
            max = Math.max(max, sigma);
        }
        return spacing == Spacing.LEADING ? Float32.sqrt(max * max + 1) : max;
    }

    /** The noise level that the network meets at an index. */
    float inputSigma(int index) {
        return sigma(index);
    }

    @Override
    final void scale(float[] sample, int index, float[] out) {
        float sigma = inputSigma(index);
        float divisor = Float32.sqrt(sigma * sigma + 1);
        for (int i = 0; i < out.length; i++) {
            out[i] = sample[i] / divisor;
        }
    }

    @Override
    final void mix(float[] original, float[] noise, int index, float[] out) {
        mix(1, original, sigma(index), noise, out);
    }
}
