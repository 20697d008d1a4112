package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** Euler steps that go further down than asked and make up for it with fresh noise, as the k-diffusion library does. */
final class EulerAncestralMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final Prediction prediction;
    private final Spacing spacing;
    private final int offset;

    EulerAncestralMethod(SchedulerConfig config) {
        table = NoiseTable.rescalableFinite(config, NoiseTable.Defaults.DDPM);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.V);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] timesteps = spacing.fractional(table.length(), options, offset);
        SigmaLadder ladder = SigmaLadder.spaced(table, timesteps, null, SigmaLadder.Range.FULL);
        return new Run(timesteps, ladder.float32Sigmas(0), options);
    }

    private final class Run extends VarianceExplodingRun {

        private float[] original = {};
        private float[] draw = {};

        Run(double[] timesteps, float[] sigmas, RunOptions options) {
            super(timesteps, sigmas, initNoiseSigma(spacing, sigmas), 1, options);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
                draw = new float[sample.length];
            }
            float sigma = sigma(index);
            float next = sigma(index + 1);
            float up = Float32.sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma));
            float down = Float32.sqrt(next * next - up * up);
            prediction.toOriginalUnscaled(sigma, modelOutput, sample, original);
            noise.fill(draw);
            float step = down - sigma;
            for (int i = 0; i < out.length; i++) {
                out[i] = sample[i] + (sample[i] - original[i]) / sigma * step + draw[i] * up;
            }
        }
    }
}
