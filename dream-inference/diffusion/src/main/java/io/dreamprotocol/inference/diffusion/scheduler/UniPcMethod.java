package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The unified predictor-corrector, <a href="https://arxiv.org/abs/2302.04867">2302.04867</a>: each network output first
 * corrects the sample it was made from, then predicts the next.
 */
final class UniPcMethod implements SchedulingMethod {

    private static final int MAX_ORDER = 6;

    /** Keeps the logarithm of a signal that is not there finite. */
    private static final double BELOW_PURE_NOISE = 1e-6;

    private final NoiseTable table;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;
    private final boolean flow;
    private final FlowShift shift;
    private final @Nullable Double terminal;
    private final Spacing spacing;
    private final int offset;
    private final boolean endsAtZero;
    private final Prediction prediction;
    private final SampleLimit limit;
    private final boolean predictsData;
    private final boolean firstKernel;
    private final int solverOrder;
    private final boolean lowersFinalOrders;
    private final Set<Integer> uncorrected;

    UniPcMethod(SchedulerConfig config) {
        table = NoiseTable.rescalableFinite(config, NoiseTable.Defaults.DDPM);
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
        flow = config.flag("use_flow_sigmas", false);
        if (flow && schedule != null && schedule != SigmaSchedule.KARRAS) {
            throw config.invalid("use_flow_sigmas", true, "false where exponential or beta sigmas are switched on");
        }
        shift = FlowShift.of(config, "flow_shift");
        terminal = FlowShift.terminal(config);
        if (terminal != null && !flow) {
            throw config.invalid("shift_terminal", terminal, "left out unless use_flow_sigmas is true");
        }
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        endsAtZero =
                config.choice("final_sigmas_type", "zero", "zero", "sigma_min").equals("zero");
        predictsData = config.flag("predict_x0", true);
        prediction = predictsData
                ? Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V, Prediction.FLOW)
                : Prediction.of(config, Prediction.EPSILON, Prediction.SAMPLE, Prediction.V);
        limit = predictsData ? SampleLimit.thresholding(config) : new SampleLimit.None();
        firstKernel = config.choice("solver_type", "bh2", "bh1", "bh2", "midpoint", "heun", "logrho")
                .equals("bh1");
        solverOrder = config.integer("solver_order", 2, 1, MAX_ORDER);
        lowersFinalOrders = config.flag("lower_order_final", true);
        uncorrected = uncorrected(config);
    }

    private static Set<Integer> uncorrected(SchedulerConfig config) {
        Set<Integer> steps = new HashSet<>();
        if (config.options().get("disable_corrector") instanceof List<?> list && list.isEmpty()) {
            return steps;
        }
        double @Nullable [] listed = config.reals("disable_corrector", RunOptions.MAX_STEPS, 0, RunOptions.MAX_STEPS);
        if (listed != null) {
            for (double step : listed) {
                steps.add((int) step);
            }
        }
        return steps;
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int steps = options.steps();
        if (schedule != null) {
            Spacing.checkedSteps(table.length(), steps);
            double[] sigmas = schedule.sigmas(range.max(table.maxSigma()), range.min(table.minSigma()), steps);
            return start(flow ? flowLadder(karrasShares(sigmas)) : tableLadder(sigmas), options);
        }
        if (flow) {
            Spacing.checkedSteps(table.length(), steps);
            return start(flowLadder(flowSigmas(options)), options);
        }
        int[] timesteps = spacing.beforeLast(table.length(), table.length(), options, offset);
        SigmaLadder ladder = SigmaLadder.spaced(table, DenoisingRun.listed(timesteps), null, range);
        return new Run(ladder, ladder.float32Sigmas(endsAtZero ? 0 : table.minSigma()), options);
    }

    private DenoisingRun start(SigmaLadder ladder, RunOptions options) {
        return new Run(ladder, ladder.float32Sigmas(endsAtZero ? 0 : ladder.lastSigma()), options);
    }

    private SigmaLadder tableLadder(double[] sigmas) {
        double[] timesteps = SigmaLadder.timestepsOf(table, sigmas);
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = schedule == SigmaSchedule.KARRAS ? Math.rint(timesteps[i]) : (long) timesteps[i];
        }
        return new SigmaLadder(timesteps, sigmas);
    }

    private static double[] karrasShares(double[] sigmas) {
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = sigmas[i] / (sigmas[i] + 1);
        }
        return sigmas;
    }

    private double[] flowSigmas(RunOptions options) {
        double[] all = Spacing.evenly(1, 1.0 / table.length(), options.steps() + 1);
        double[] sigmas = Arrays.copyOf(all, options.steps());
        shift.apply(sigmas, options);
        if (terminal != null) {
            FlowShift.stretch(sigmas, terminal);
        }
        if (Math.abs(sigmas[0] - 1) < BELOW_PURE_NOISE) {
            sigmas[0] -= BELOW_PURE_NOISE;
        }
        return sigmas;
    }

    private SigmaLadder flowLadder(double[] sigmas) {
        double[] timesteps = new double[sigmas.length];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = (long) (sigmas[i] * table.length());
        }
        return new SigmaLadder(timesteps, sigmas);
    }

    private final class Run extends VariancePreservingRun {

        private final float[][] differences = new float[solverOrder][];
        private float[] converted = {};
        private float[] corrected = {};
        private int lastOrder;

        Run(SigmaLadder ladder, float[] sigmas, RunOptions options) {
            super(ladder.timesteps(), sigmas, 1, flow ? Split.FLOW : Split.UNIT_VARIANCE, solverOrder, options);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (converted.length == 0) {
                converted = new float[sample.length];
                corrected = new float[sample.length];
                for (int i = 0; i < differences.length; i++) {
                    differences[i] = new float[sample.length];
                }
            }
            convert(modelOutput, index, sample);
            if (lastOrder > 0 && !uncorrected.contains(index - 1)) {
                update(lastOrder, index - 1, corrected, true, corrected);
            } else {
                System.arraycopy(sample, 0, corrected, 0, sample.length);
            }
            System.arraycopy(converted, 0, newOutput(sample.length), 0, sample.length);
            int most = lowersFinalOrders ? Math.min(solverOrder, length() - index) : solverOrder;
            lastOrder = Math.min(most, outputCount());
            update(lastOrder, index, corrected, false, out);
        }

        /** What the corrector goes back to: the sample that the last call left, corrected, and all outputs. */
        @Override
        List<float[]> memory() {
            List<float[]> memory = new ArrayList<>();
            if (lastOrder > 0) {
                memory.add(corrected);
                memory.addAll(newestOutputs(outputCount()));
            }
            return memory;
        }

        private void convert(float[] modelOutput, int index, float[] sample) {
            float alpha = alpha(index);
            float deviation = prediction == Prediction.FLOW ? sigma(index) : deviation(index);
            if (predictsData) {
                prediction.toOriginal(alpha, deviation, modelOutput, sample, converted);
                limit.apply(converted, batch());
            } else {
                prediction.toNoise(alpha, deviation, modelOutput, sample, converted);
            }
        }

        /**
         * Goes from one index to the next: as predictor from the remembered outputs, as corrector with the output at the
         * target too.
         */
        private void update(int order, int from, float[] x, boolean corrects, float[] out) {
            int to = from + 1;
            float lambda = lambda(from);
            float h = lambda(to) - lambda;
            float[] m0 = output(0);
            float[] ratios = new float[order];
            for (int i = 1; i < order; i++) {
                ratios[i - 1] = (lambda(from - i) - lambda) / h;
                float[] difference = differences[i - 1];
                float[] mi = output(i);
                for (int j = 0; j < difference.length; j++) {
                    difference[j] = (mi[j] - m0[j]) / ratios[i - 1];
                }
            }
            ratios[order - 1] = 1;
            float signed = predictsData ? -h : h;
            float phi = Float32.expm1(signed);
            float kernel = firstKernel ? signed : phi;
            int unknowns = corrects ? order : order - 1;
            float[] weights = weights(ratios, signed, kernel, unknowns, corrects ? 1 : 2);

            float scale = predictsData ? alpha(to) : deviation(to);
            float sampleWeight = predictsData ? deviation(to) / deviation(from) : alpha(to) / alpha(from);
            float outputWeight = scale * phi;
            float differenceWeight = scale * kernel;
            for (int j = 0; j < out.length; j++) {
                float sum = 0;
                for (int i = 0; i < order - 1; i++) {
                    sum += weights[i] * differences[i][j];
                }
                if (corrects) {
                    sum += weights[order - 1] * (converted[j] - m0[j]);
                }
                float next = sampleWeight * x[j] - outputWeight * m0[j];
                out[j] = unknowns == 0 ? next : next - differenceWeight * sum;
            }
        }

        /**
         * Solves equation 6 of the paper for the weights of the differences.
         *
         * @param halfOrder the order at which one half is taken instead of the solution, as the paper's appendix does
         */
        private float[] weights(float[] ratios, float signed, float kernel, int unknowns, int halfOrder) {
            if (unknowns == 0) {
                return new float[0];
            }
            if (ratios.length == halfOrder) {
                return new float[] {0.5f};
            }
            double[][] matrix = new double[unknowns][unknowns];
            double[] right = new double[unknowns];
            float phiK = Float32.expm1(signed) / signed - 1;
            int factorial = 1;
            for (int row = 0; row < unknowns; row++) {
                for (int column = 0; column < unknowns; column++) {
                    matrix[row][column] = (float) Math.pow(ratios[column], row);
                }
                right[row] = phiK * factorial / kernel;
                factorial *= row + 2;
                phiK = phiK / signed - 1f / factorial;
            }
            return LinearSystem.solve(matrix, right);
        }
    }
}
