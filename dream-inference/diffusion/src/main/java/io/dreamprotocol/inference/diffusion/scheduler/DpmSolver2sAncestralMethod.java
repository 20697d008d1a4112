package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;

/**
 * DPM-Solver++(2S) (<a href="https://arxiv.org/abs/2211.01095">2211.01095</a>) that goes further down than asked and makes up for it
 * with fresh noise, as the k-diffusion library does. A step calls the network at its beginning and at the geometric mean of its
 * levels; the last one calls it once.
 */
final class DpmSolver2sAncestralMethod implements SchedulingMethod {

    private final Kdpm2Levels levels;

    DpmSolver2sAncestralMethod(SchedulerConfig config) {
        levels = new Kdpm2Levels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        SigmaLadder ladder = levels.exactLadder(options);
        double[] exact = ladder.sigmas();
        float[] sigmas = ladder.float32Sigmas(0);
        int steps = sigmas.length - 1;
        float[] downs = new float[steps];
        float[] ups = new float[steps];
        float[] middles = new float[steps];
        for (int i = 0; i < steps; i++) {
            ups[i] = up(sigmas[i], sigmas[i + 1]);
            downs[i] = Float32.sqrt(sigmas[i + 1] * sigmas[i + 1] - ups[i] * ups[i]);
            middles[i] = Kdpm2Levels.middle(sigmas[i], downs[i]);
        }
        double[] called = new double[2 * steps - 1];
        for (int i = 0; i < called.length; i++) {
            called[i] = i % 2 == 0 ? exact[i / 2] : middles[i / 2];
        }
        return new Run(levels.ladderOf(called).timesteps(), sigmas, middles, downs, ups, options);
    }

    /** The deviation of the noise that a whole step of fresh noise leaves room for. */
    static float up(float from, float to) {
        float squared = to * to * (from * from - to * to) / (from * from);
        return Math.min(to, Float32.sqrt(squared));
    }

    private final class Run extends VarianceExplodingRun {

        private final float[] levelSigmas;
        private final float[] middles;
        private final float[] downs;
        private final float[] ups;
        private float[] start = {};
        private float[] original = {};
        private float[] draw = {};

        Run(double[] timesteps, float[] sigmas, float[] middles, float[] downs, float[] ups, RunOptions options) {
            super(timesteps, Kdpm2Levels.listed(sigmas), levels.initNoiseSigma(sigmas), 2, options);
            this.levelSigmas = sigmas;
            this.middles = middles;
            this.downs = downs;
            this.ups = ups;
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
            boolean first = index % 2 == 0;
            levels.prediction().toOriginalUnscaled(inputSigma(index), modelOutput, sample, original);
            if (first) {
                System.arraycopy(sample, 0, start, 0, sample.length);
            } else {
                noise.fill(draw);
            }
            // Without noise left over, the share is zero and the sample is what the network takes for clean.
            float share = (first ? middles[step] : downs[step]) / levelSigmas[step];
            float added = first ? 0 : ups[step];
            for (int i = 0; i < out.length; i++) {
                float next = share * start[i] + (1 - share) * original[i];
                out[i] = first ? next : next + added * draw[i];
            }
        }
    }
}
