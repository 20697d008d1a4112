package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Heun's method of second order, algorithm 1 of <a href="https://arxiv.org/abs/2206.00364">2206.00364</a>. */
final class HeunMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final Spacing spacing;
    private final int offset;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;

    HeunMethod(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.K_DIFFUSION);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        limit = SampleLimit.clipping(config, false);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] timesteps = spacing.fractional(table.length(), options, offset);
        SigmaLadder ladder = SigmaLadder.spaced(table, timesteps, schedule, range);
        float[] sigmas = ladder.float32Sigmas(0);
        return new Run(innerTwice(ladder.float32Timesteps()), innerTwice(sigmas), options);
    }

    /** Every timestep but the first twice: a step ends where the next begins. */
    static double[] innerTwice(double[] timesteps) {
        double[] twice = new double[2 * timesteps.length - 1];
        for (int i = 0; i < twice.length; i++) {
            twice[i] = timesteps[(i + 1) / 2];
        }
        return twice;
    }

    /** Every noise level but the first and the last twice. */
    static float[] innerTwice(float[] sigmas) {
        float[] twice = new float[2 * sigmas.length - 2];
        for (int i = 0; i < twice.length; i++) {
            twice[i] = sigmas[(i + 1) / 2];
        }
        return twice;
    }

    private final class Run extends VarianceExplodingRun {

        private float[] derivative = {};
        private float[] start = {};
        private float[] original = {};

        Run(double[] timesteps, float[] sigmas, RunOptions options) {
            super(timesteps, sigmas, initNoiseSigma(spacing, sigmas), 2, options);
        }

        @Override
        List<float[]> memory() {
            return nextIndex() % 2 == 0 ? List.of() : List.of(start, derivative);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (derivative.length == 0) {
                derivative = new float[sample.length];
                start = new float[sample.length];
                original = new float[sample.length];
            }
            boolean first = index % 2 == 0;
            float sigma = sigma(index);
            prediction.toOriginalUnscaled(sigma, modelOutput, sample, original);
            limit.apply(original, batch());
            if (first) {
                float step = sigma(index + 1) - sigma;
                System.arraycopy(sample, 0, start, 0, sample.length);
                for (int i = 0; i < out.length; i++) {
                    derivative[i] = (start[i] - original[i]) / sigma;
                    out[i] = start[i] + derivative[i] * step;
                }
            } else {
                float step = sigma - sigma(index - 1);
                for (int i = 0; i < out.length; i++) {
                    float ending = (sample[i] - original[i]) / sigma;
                    out[i] = start[i] + (derivative[i] + ending) / 2 * step;
                }
            }
        }
    }
}
