package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import org.jspecify.annotations.Nullable;

/** Euler's method with optional churn, algorithm 2 of <a href="https://arxiv.org/abs/2206.00364">2206.00364</a>. */
final class EulerMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final Prediction prediction;
    private final Spacing spacing;
    private final int offset;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;
    private final boolean logLinear;
    private final boolean logTimesteps;
    private final boolean endsAtZero;

    EulerMethod(SchedulerConfig config) {
        table = NoiseTable.rescalableFinite(config, NoiseTable.Defaults.DDPM);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
        logLinear = config.choice("interpolation_type", "linear", "linear", "log_linear")
                .equals("log_linear");
        logTimesteps = config.choice("timestep_type", "discrete", "discrete", "continuous")
                        .equals("continuous")
                && prediction == Prediction.V;
        endsAtZero =
                config.choice("final_sigmas_type", "zero", "zero", "sigma_min").equals("zero");
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] timesteps = spacing.fractional(table.length(), options, offset);
        SigmaLadder ladder = logLinear
                ? new SigmaLadder(timesteps, logLinearSigmas(options.steps())).laidBy(table, schedule, range)
                : SigmaLadder.spaced(table, timesteps, schedule, range);
        float[] sigmas = ladder.float32Sigmas(endsAtZero ? 0 : table.minSigma());
        return new Run(logTimesteps ? logTimesteps(sigmas) : ladder.float32Timesteps(), sigmas, options);
    }

    private double[] logLinearSigmas(int steps) {
        float[] logs = Float32.linspace(table.logSigma(table.length() - 1), table.logSigma(0), steps + 1);
        double[] sigmas = new double[logs.length];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = Float32.exp(logs[i]);
        }
        return sigmas;
    }

    private static double[] logTimesteps(float[] sigmas) {
        double[] timesteps = new double[sigmas.length - 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = 0.25f * Float32.log(sigmas[i]);
        }
        return timesteps;
    }

    private final class Run extends VarianceExplodingRun {

        private final RunOptions.Churn churn;
        private final int levels;
        private float[] churned = {};
        private float[] original = {};

        Run(double[] timesteps, float[] sigmas, RunOptions options) {
            super(timesteps, sigmas, initNoiseSigma(spacing, sigmas), 1, options);
            churn = options.churn();
            levels = sigmas.length - 1;
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            float sigma = sigma(index);
            float gamma = (float) churn.gamma(sigma, levels);
            float raised = sigma * (gamma + 1);
            float[] from = sample;
            if (gamma > 0) {
                if (churned.length == 0) {
                    churned = new float[sample.length];
                }
                from = churned;
                noise.fill(from);
                churn.add(sample, from, sigma, raised);
            }
            if (original.length == 0) {
                original = new float[sample.length];
            }
            prediction.toOriginalUnscaled(prediction == Prediction.V ? sigma : raised, modelOutput, from, original);
            float step = sigma(index + 1) - raised;
            for (int i = 0; i < out.length; i++) {
                out[i] = from[i] + (from[i] - original[i]) / raised * step;
            }
        }
    }
}
