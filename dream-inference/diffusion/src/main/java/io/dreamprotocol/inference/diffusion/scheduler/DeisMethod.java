package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/**
 * The log-rho variant of the diffusion exponential integrator sampler, <a
 * href="https://arxiv.org/abs/2204.13902">2204.13902</a>: the noise prediction is interpolated by a polynomial in the
 * logarithm of the noise level, and integrated exactly.
 */
final class DeisMethod implements SchedulingMethod {

    /** Runs shorter than this end with lower orders, which keeps them stable. */
    private static final int FEW_STEPS = 15;

    private final NoiseTable table;
    private final DpmSolverLevels levels;
    private final Spacing spacing;
    private final int offset;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final int solverOrder;
    private final boolean lowersFinalOrders;

    DeisMethod(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.DDPM);
        levels = DpmSolverLevels.of(config, table);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V, Prediction.FLOW);
        limit = SampleLimit.thresholding(config);
        solverOrder = config.integer("solver_order", 2, 1, 3);
        lowersFinalOrders = config.flag("lower_order_final", true);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int[] timesteps = spacing.beforeLast(table.length(), table.length(), options, offset);
        SigmaLadder ladder = levels.ladder(timesteps, options);
        double last = levels.followsTable() ? table.minSigma() : ladder.lastSigma();
        return new Run(ladder, ladder.float32Sigmas(last), options);
    }

    private final class Run extends VariancePreservingRun {

        private float[] original = {};

        Run(SigmaLadder ladder, float[] sigmas, RunOptions options) {
            super(ladder.timesteps(), sigmas, 1, levels.split(), solverOrder, options);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            convert(modelOutput, index, sample, newOutput(sample.length));
            switch (order(index)) {
                case 1 -> firstOrder(index, sample, out);
                case 2 -> secondOrder(index, sample, out);
                default -> thirdOrder(index, sample, out);
            }
        }

        private void convert(float[] modelOutput, int index, float[] sample, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
            }
            float alpha = alpha(index);
            float deviation = prediction == Prediction.FLOW ? sigma(index) : deviation(index);
            prediction.toOriginal(alpha, deviation, modelOutput, sample, original);
            limit.apply(original, batch());
            Prediction.SAMPLE.toNoise(alpha, deviation, original, sample, out);
        }

        private int order(int index) {
            int left = length() - index;
            boolean few = lowersFinalOrders && length() < FEW_STEPS;
            int most = few ? Math.min(left, solverOrder) : solverOrder;
            return Math.min(most, outputCount());
        }

        private void firstOrder(int index, float[] sample, float[] out) {
            float[] m0 = output(0);
            float h = lambda(index + 1) - lambda(index);
            float sampleWeight = alpha(index + 1) / alpha(index);
            float outputWeight = deviation(index + 1) * (Float32.exp(h) - 1);
            for (int i = 0; i < out.length; i++) {
                out[i] = sampleWeight * sample[i] - outputWeight * m0[i];
            }
        }

        private void secondOrder(int index, float[] sample, float[] out) {
            double target = rho(index + 1);
            double rho0 = rho(index);
            double rho1 = rho(index - 1);
            float c0 = (float) (linear(target, rho0, rho1) - linear(rho0, rho0, rho1));
            float c1 = (float) (linear(target, rho1, rho0) - linear(rho0, rho1, rho0));
            float[] m0 = output(0);
            float[] m1 = output(1);
            float alpha = alpha(index + 1);
            float from = alpha(index);
            for (int i = 0; i < out.length; i++) {
                out[i] = alpha * (sample[i] / from + c0 * m0[i] + c1 * m1[i]);
            }
        }

        private void thirdOrder(int index, float[] sample, float[] out) {
            double target = rho(index + 1);
            double rho0 = rho(index);
            double rho1 = rho(index - 1);
            double rho2 = rho(index - 2);
            float c0 = (float) (quadratic(target, rho0, rho1, rho2) - quadratic(rho0, rho0, rho1, rho2));
            float c1 = (float) (quadratic(target, rho1, rho2, rho0) - quadratic(rho0, rho1, rho2, rho0));
            float c2 = (float) (quadratic(target, rho2, rho0, rho1) - quadratic(rho0, rho2, rho0, rho1));
            float[] m0 = output(0);
            float[] m1 = output(1);
            float[] m2 = output(2);
            float alpha = alpha(index + 1);
            float from = alpha(index);
            for (int i = 0; i < out.length; i++) {
                out[i] = alpha * (sample[i] / from + c0 * m0[i] + c1 * m1[i] + c2 * m2[i]);
            }
        }

        private double rho(int index) {
            return deviation(index) / alpha(index);
        }
    }

    /** An antiderivative of the line in log t that is 1 at b and 0 at c. */
    private static double linear(double t, double b, double c) {
        return t * (Math.log(t) - Math.log(c) - 1) / (Math.log(b) - Math.log(c));
    }

    /** An antiderivative of the parabola in log t that is 1 at b and 0 at c and d. */
    private static double quadratic(double t, double b, double c, double d) {
        double logT = Math.log(t);
        double logC = Math.log(c);
        double logD = Math.log(d);
        double integral = t * (logT * logT - (logC + logD + 2) * logT + logC * logD + logC + logD + 2);
        return integral / ((Math.log(b) - logC) * (Math.log(b) - logD));
    }
}
