package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** Ancestral sampling of DDPM, equations 6 and 7 of <a href="https://arxiv.org/abs/2006.11239">2006.11239</a>. */
final class DdpmMethod implements SchedulingMethod {

    private static final float SMALLEST_VARIANCE = 1e-20f;

    private final NoiseTable table;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final Spacing spacing;
    private final int offset;
    private final String varianceType;

    DdpmMethod(SchedulerConfig config) {
        table = NoiseTable.rescalable(config, NoiseTable.Defaults.DDPM);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        limit = SampleLimit.thresholdingOrClipping(config, true);
        spacing = Spacing.of(config, Spacing.LEADING);
        offset = Spacing.offset(config);
        varianceType = config.choice(
                "variance_type", "fixed_small", "fixed_small", "fixed_small_log", "fixed_large", "fixed_large_log");
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(spacing.whole(table.length(), options, offset), options);
    }

    /** The deviation of the noise that is added, as each variance type defines it. */
    private float deviation(float variance, float beta) {
        return switch (varianceType) {
            case "fixed_small_log" -> Float32.exp(0.5f * Float32.log(variance));
            case "fixed_large", "fixed_large_log" -> Float32.sqrt(beta);
            default -> Float32.sqrt(variance);
        };
    }

    private final class Run extends DenoisingRun {

        private final int[] wholeTimesteps;
        private float[] original = {};
        private float[] draw = {};

        Run(int[] timesteps, RunOptions options) {
            super(listed(timesteps), new float[0], 1, 1, options);
            wholeTimesteps = timesteps;
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
                draw = new float[sample.length];
            }
            int timestep = wholeTimesteps[index];
            float alphaProd = table.alphaCumprod(timestep);
            float alphaProdPrevious = index + 1 < length() ? table.alphaCumprod(wholeTimesteps[index + 1]) : 1;
            float betaProd = 1 - alphaProd;
            float betaProdPrevious = 1 - alphaProdPrevious;
            float alpha = alphaProd / alphaProdPrevious;
            float beta = 1 - alpha;
            float originalWeight = Float32.sqrt(alphaProdPrevious) * beta / betaProd;
            float sampleWeight = Float32.sqrt(alpha) * betaProdPrevious / betaProd;
            prediction.toOriginal(Float32.sqrt(alphaProd), Float32.sqrt(betaProd), modelOutput, sample, original);
            limit.apply(original, batch());
            for (int i = 0; i < out.length; i++) {
                out[i] = originalWeight * original[i] + sampleWeight * sample[i];
            }
            if (timestep > 0) {
                float variance = Math.max(betaProdPrevious / betaProd * beta, SMALLEST_VARIANCE);
                float deviation = deviation(variance, beta);
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
