package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;

/** {@link Kdpm2Method} with ancestral noise after each step, as the k-diffusion library has it. */
final class Kdpm2AncestralMethod implements SchedulingMethod {

    private final Kdpm2Levels levels;

    Kdpm2AncestralMethod(SchedulerConfig config) {
        levels = new Kdpm2Levels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        SigmaLadder ladder = levels.ladder(options);
        float[] sigmas = ladder.float32Sigmas(0);
        int steps = sigmas.length - 1;
        float[] ups = new float[steps];
        float[] downs = new float[steps];
        float[] middles = new float[steps];
        for (int i = 0; i < steps; i++) {
            float from = sigmas[i] * sigmas[i];
            float to = sigmas[i + 1] * sigmas[i + 1];
            ups[i] = Float32.sqrt(to * (from - to) / from);
            downs[i] = Float32.sqrt(to - ups[i] * ups[i]);
            middles[i] = Kdpm2Levels.middle(sigmas[i], downs[i]);
        }
        return new Run(levels.timesteps(ladder, middles), sigmas, middles, ups, downs, options);
    }

    private final class Run extends VarianceExplodingRun {

        private final float[] levelSigmas;
        private final float[] middles;
        private final float[] ups;
        private final float[] downs;
        private float[] start = {};
        private float[] original = {};
        private float[] draw = {};

        Run(double[] timesteps, float[] sigmas, float[] middles, float[] ups, float[] downs, RunOptions options) {
            super(timesteps, Kdpm2Levels.listed(sigmas), levels.initNoiseSigma(sigmas), 2, options);
            this.levelSigmas = sigmas;
            this.middles = middles;
            this.ups = ups;
            this.downs = downs;
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
                draw = new float[sample.length];
            }
            int step = index / 2;
            float sigma = inputSigma(index);
            levels.prediction().toOriginalUnscaled(sigma, modelOutput, sample, original);
            if (index % 2 == 0) {
                System.arraycopy(sample, 0, start, 0, sample.length);
                float way = middles[step] - sigma;
                for (int i = 0; i < out.length; i++) {
                    out[i] = start[i] + (start[i] - original[i]) / sigma * way;
                }
                return;
            }
            noise.fill(draw);
            float way = downs[step] - levelSigmas[step];
            for (int i = 0; i < out.length; i++) {
                out[i] = start[i] + (sample[i] - original[i]) / sigma * way + draw[i] * ups[step];
            }
        }
    }
}
