package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/**
 * Strategic stochastic sampling of trajectory consistency distillation, algorithm 4 of <a
 * href="https://arxiv.org/abs/2402.19159">2402.19159</a>.
 */
final class TcdMethod implements SchedulingMethod {

    private static final double DEFAULT_ETA = 0.3;

    private final ConsistencyTimesteps timesteps;
    private final NoiseTable table;
    private final Prediction prediction;

    TcdMethod(SchedulerConfig config) {
        table = NoiseTable.rescalable(config, NoiseTable.Defaults.CONSISTENCY);
        timesteps = new ConsistencyTimesteps(config, table.length());
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(timesteps.of(options), options);
    }

    private final class Run extends DenoisingRun {

        private final int[] wholeTimesteps;
        private final double eta;
        private float[] original = {};
        private float[] draw = {};

        Run(int[] wholeTimesteps, RunOptions options) {
            super(listed(wholeTimesteps), new float[0], 1, 1, options);
            this.wholeTimesteps = wholeTimesteps;
            this.eta = options.eta(DEFAULT_ETA);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
                draw = new float[sample.length];
            }
            int previous = index + 1 < length() ? wholeTimesteps[index + 1] : 0;
            float alphaProd = table.alphaCumprod(wholeTimesteps[index]);
            float alphaProdPrevious = table.alphaCumprod(previous);
            // The product is taken in float32, whose rounding decides which whole number comes out.
            float alphaProdMiddle = table.alphaCumprod((int) Math.floor((float) (1 - eta) * previous));
            float alpha = Float32.sqrt(alphaProd);
            float deviation = Float32.sqrt(1 - alphaProd);
            prediction.toOriginal(alpha, deviation, modelOutput, sample, original);
            prediction.toNoise(alpha, deviation, modelOutput, sample, out);
            mix(Float32.sqrt(alphaProdMiddle), original, Float32.sqrt(1 - alphaProdMiddle), out, out);
            if (eta > 0 && index + 1 < length()) {
                float kept = alphaProdPrevious / alphaProdMiddle;
                noise.fill(draw);
                mix(Float32.sqrt(kept), out, Float32.sqrt(1 - kept), draw, out);
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            float alphaProd = table.alphaCumprod(wholeTimesteps[index]);
            mix(Float32.sqrt(alphaProd), clean, Float32.sqrt(1 - alphaProd), noise, out);
        }
    }
}
