package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** Denoising diffusion implicit models, equation 12 of <a href="https://arxiv.org/abs/2010.02502">2010.02502</a>. */
final class DdimMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final float finalAlpha;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final Spacing spacing;
    private final int offset;

    DdimMethod(SchedulerConfig config) {
        table = NoiseTable.rescalable(config, NoiseTable.Defaults.DDPM);
        finalAlpha = config.flag("set_alpha_to_one", true) ? 1 : table.alphaCumprod(0);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        limit = SampleLimit.thresholdingOrClipping(config, true);
        spacing = Spacing.of(config, Spacing.LEADING);
        offset = Spacing.offset(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(spacing.whole(table.length(), options, offset), options);
    }

    private final class Run extends DenoisingRun {

        private final int[] wholeTimesteps;
        private final int stride;
        private final float eta;
        private float[] original = {};
        private float[] draw = {};

        Run(int[] timesteps, RunOptions options) {
            super(listed(timesteps), new float[0], 1, 1, options);
            wholeTimesteps = timesteps;
            stride = table.length() / options.steps();
            eta = (float) options.eta(0);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            int timestep = wholeTimesteps[index];
            int previous = timestep - stride;
            float alphaProd = table.alphaCumprod(timestep);
            float alphaProdPrevious = previous >= 0 ? table.alphaCumprod(previous) : finalAlpha;
            float alpha = Float32.sqrt(alphaProd);
            float sigma = Float32.sqrt(1 - alphaProd);
            float variance = (1 - alphaProdPrevious) / (1 - alphaProd) * (1 - alphaProd / alphaProdPrevious);
            float deviation = eta * Float32.sqrt(variance);
            float noiseWeight = Float32.sqrt(1 - alphaProdPrevious - deviation * deviation);
            float originalWeight = Float32.sqrt(alphaProdPrevious);

            if (original.length == 0) {
                original = new float[sample.length];
            }
            prediction.toOriginal(alpha, sigma, modelOutput, sample, original);
            prediction.toNoise(alpha, sigma, modelOutput, sample, out);
            limit.apply(original, batch());
            for (int i = 0; i < out.length; i++) {
                out[i] = originalWeight * original[i] + noiseWeight * out[i];
            }
            if (eta > 0) {
                if (draw.length == 0) {
                    draw = new float[sample.length];
                }
                noise.fill(draw);
                for (int i = 0; i < out.length; i++) {
                    out[i] += deviation * draw[i];
                }
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            float alphaProd = table.alphaCumprod(wholeTimesteps[index]);
            mix(Float32.sqrt(alphaProd), clean, Float32.sqrt(1 - alphaProd), noise, out);
        }
    }
}
