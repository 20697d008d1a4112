package io.dreamprotocol.inference.diffusion.scheduler;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run of the exponential integrators, in which a sample is {@code alpha * clean + sigma * noise} and the steps are even
 * in the logarithm of alpha over sigma (section 3 of <a href="https://arxiv.org/abs/2206.00927">2206.00927</a>).
 */
abstract class VariancePreservingRun extends DenoisingRun {

    private final float[] alphas;
    private final float[] deviations;
    private final float[][] outputs;
    private int outputCount;

    /** How a listed noise level splits into the weights of signal and noise. */
    enum Split {
        /** Weights whose squares add up to one; the level is their quotient. */
        UNIT_VARIANCE,
        /** Weights that add up to one; the level is that of the noise. */
        FLOW,
        /** The signal has weight one. */
        UNIT_SIGNAL;

        float alpha(float level) {
            return switch (this) {
                case UNIT_VARIANCE -> 1 / Float32.sqrt(level * level + 1);
                case FLOW -> 1 - level;
                case UNIT_SIGNAL -> 1;
            };
        }

        float deviation(float level) {
            return this == UNIT_VARIANCE ? level * alpha(level) : level;
        }
    }

    /**
     * Creates a run.
     *
     * @param kept how many converted network outputs are remembered
     */
    VariancePreservingRun(
            double[] timesteps, float[] sigmas, float initNoiseSigma, Split split, int kept, RunOptions options) {
        super(timesteps, sigmas, initNoiseSigma, 1, options);
        alphas = new float[sigmas.length];
        deviations = new float[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            alphas[i] = split.alpha(sigmas[i]);
            deviations[i] = split.deviation(sigmas[i]);
        }
        outputs = new float[kept][];
    }

    final float alpha(int index) {
        return alphas[index];
    }

    final float deviation(int index) {
        return deviations[index];
    }

    /** Half the logarithm of the signal-to-noise ratio at an index; infinite without noise. */
    final float lambda(int index) {
        return Float32.log(alphas[index]) - Float32.log(deviations[index]);
    }

    /** A place for the newest converted output; the oldest is given up for it. */
    final float[] newOutput(int length) {
        float @Nullable [] oldest = outputs[outputs.length - 1];
        System.arraycopy(outputs, 0, outputs, 1, outputs.length - 1);
        outputs[0] = oldest == null ? new float[length] : oldest;
        outputCount = Math.min(outputCount + 1, outputs.length);
        return outputs[0];
    }

    /** The converted output of the given number of calls ago, 0 for the newest. */
    final float[] output(int callsAgo) {
        return outputs[callsAgo];
    }

    /** How many outputs are remembered. */
    final int outputCount() {
        return outputCount;
    }

    /** The newest outputs, all but the one that the next call overwrites. */
    @Override
    List<float[]> memory() {
        return newestOutputs(Math.min(outputCount, outputs.length - 1));
    }

    /** The newest outputs, newest first. */
    final List<float[]> newestOutputs(int count) {
        return List.copyOf(Arrays.asList(outputs).subList(0, count));
    }

    @Override
    final void mix(float[] original, float[] noise, int index, float[] out) {
        mix(alphas[index], original, deviations[index], noise, out);
    }
}
