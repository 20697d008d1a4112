package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;

/**
 * DPM-Solver-2 as the k-diffusion library has it: the midpoint method in the logarithm of the noise level (algorithm 2 of
 * <a href="https://arxiv.org/abs/2206.00364">2206.00364</a> with the midpoint of <a
 * href="https://arxiv.org/abs/2206.00927">2206.00927</a>).
 */
final class Kdpm2Method implements SchedulingMethod {

    private final Kdpm2Levels levels;

    Kdpm2Method(SchedulerConfig config) {
        levels = new Kdpm2Levels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        SigmaLadder ladder = levels.ladder(options);
        float[] sigmas = ladder.float32Sigmas(0);
        float[] middles = new float[sigmas.length - 1];
        for (int i = 0; i < middles.length; i++) {
            middles[i] = Kdpm2Levels.middle(sigmas[i], sigmas[i + 1]);
        }
        return new Run(levels.timesteps(ladder, middles), sigmas, middles, options);
    }

    private final class Run extends VarianceExplodingRun {

        private final float[] levelSigmas;
        private final float[] middles;
        private float[] start = {};
        private float[] original = {};

        Run(double[] timesteps, float[] sigmas, float[] middles, RunOptions options) {
            super(timesteps, Kdpm2Levels.listed(sigmas), levels.initNoiseSigma(sigmas), 2, options);
            this.levelSigmas = sigmas;
            this.middles = middles;
        }

        @Override
        float inputSigma(int index) {
            return index % 2 == 0 ? levelSigmas[index / 2] : middles[index / 2];
        }

        @Override
        List<float[]> memory() {
            return nextIndex() % 2 == 0 ? List.of() : List.of(start);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (start.length == 0) {
                start = new float[sample.length];
                original = new float[sample.length];
            }
            boolean first = index % 2 == 0;
            int step = index / 2;
            float sigma = inputSigma(index);
            levels.prediction().toOriginalUnscaled(sigma, modelOutput, sample, original);
            if (first) {
                System.arraycopy(sample, 0, start, 0, sample.length);
            }
            float target = first ? middles[step] : levelSigmas[step + 1];
            float way = target - levelSigmas[step];
            for (int i = 0; i < out.length; i++) {
                out[i] = start[i] + (sample[i] - original[i]) / sigma * way;
            }
        }
    }
}
