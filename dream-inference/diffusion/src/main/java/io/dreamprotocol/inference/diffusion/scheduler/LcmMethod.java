package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** Multistep consistency sampling of latent consistency models, <a href="https://arxiv.org/abs/2310.04378">2310.04378</a>. */
final class LcmMethod implements SchedulingMethod {

    private static final float SIGMA_DATA = 0.5f;

    private final ConsistencyTimesteps timesteps;
    private final NoiseTable table;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final float timestepScaling;

    LcmMethod(SchedulerConfig config) {
        table = NoiseTable.rescalable(config, NoiseTable.Defaults.CONSISTENCY);
        timesteps = new ConsistencyTimesteps(config, table.length());
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        limit = SampleLimit.thresholdingOrClipping(config, false);
        timestepScaling = (float) config.real("timestep_scaling", 10, 0, 1e6);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(timesteps.of(options), options);
    }

    private final class Run extends DenoisingRun {

        private final int[] wholeTimesteps;
        private float[] original = {};
        private float[] draw = {};

        Run(int[] wholeTimesteps, RunOptions options) {
            super(listed(wholeTimesteps), new float[0], 1, 1, options);
            this.wholeTimesteps = wholeTimesteps;
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
                draw = new float[sample.length];
            }
            int timestep = wholeTimesteps[index];
            float alphaProd = table.alphaCumprod(timestep);
            prediction.toOriginal(Float32.sqrt(alphaProd), Float32.sqrt(1 - alphaProd), modelOutput, sample, original);
            limit.apply(original, batch());

            float scaled = timestep * timestepScaling;
            float variance = scaled * scaled + SIGMA_DATA * SIGMA_DATA;
            float skip = SIGMA_DATA * SIGMA_DATA / variance;
            float take = scaled / Float32.sqrt(variance);
            for (int i = 0; i < out.length; i++) {
                out[i] = take * original[i] + skip * sample[i];
            }
            if (index + 1 < length()) {
                noise.fill(draw);
                mix(out, draw, index + 1, out);
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            float alphaProd = table.alphaCumprod(wholeTimesteps[index]);
            mix(Float32.sqrt(alphaProd), clean, Float32.sqrt(1 - alphaProd), noise, out);
        }
    }
}
