package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * DPM-Solver and DPM-Solver++ of orders 2 and 3 in which a step of several network calls starts anew from its own sample
 * (algorithm 1 of <a href="https://arxiv.org/abs/2211.01095">2211.01095</a>); each call counts as a step of the run.
 */
final class DpmSolverSinglestepMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final DpmSolverLevels levels;
    private final DpmSolverFormula.Algorithm algorithm;
    private final DpmSolverFormula.Correction correction;
    private final DpmSolverConversion conversion;
    private final int solverOrder;
    private final boolean lowersFinalOrders;
    private final boolean endsAtZero;

    DpmSolverSinglestepMethod(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.DDPM);
        levels = DpmSolverLevels.of(config, table);
        algorithm = DpmSolverFormula.Algorithm.of(
                config,
                DpmSolverFormula.Algorithm.DATA,
                DpmSolverFormula.Algorithm.NOISE,
                DpmSolverFormula.Algorithm.DATA_SDE);
        correction = DpmSolverFormula.Correction.of(config);
        conversion = DpmSolverConversion.of(config, algorithm);
        solverOrder = config.integer("solver_order", 2, 1, 3);
        lowersFinalOrders = config.flag("lower_order_final", false);
        endsAtZero =
                config.choice("final_sigmas_type", "zero", "zero", "sigma_min").equals("zero");
        if (!algorithm.predictsData() && endsAtZero) {
            throw config.invalid("final_sigmas_type", "zero", "sigma_min for algorithm_type dpmsolver");
        }
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int[] timesteps = Spacing.LINSPACE.beforeLast(table.length(), levels.lastTimestep(), options, 0);
        SigmaLadder ladder = levels.ladder(timesteps, options);
        return new Run(ladder, ladder.float32Sigmas(endsAtZero ? 0 : table.minSigma()), options);
    }

    /** The order of each call: 1, 2, 3, 1, 2, 3, ... with lower orders where the last group is not whole. */
    private int[] orders(int steps) {
        int[] orders = new int[steps];
        for (int i = 0; i < steps; i++) {
            orders[i] = i % solverOrder + 1;
        }
        boolean lowers = lowersFinalOrders || steps % solverOrder != 0 || endsAtZero;
        if (lowers && steps % solverOrder == 0) {
            orders[steps - 1] = 1;
        }
        if (endsAtZero) {
            orders[steps - 1] = 1;
        }
        return orders;
    }

    private final class Run extends VariancePreservingRun {

        private final int[] orders;
        private float[] anchor = {};
        private float[] draw = {};
        private float[] firstDifference = {};
        private float[] secondDifference = {};

        Run(SigmaLadder ladder, float[] sigmas, RunOptions options) {
            super(ladder.timesteps(), sigmas, 1, levels.split(), solverOrder, options);
            orders = orders(options.steps());
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (anchor.length == 0) {
                anchor = new float[sample.length];
                draw = new float[sample.length];
                firstDifference = new float[sample.length];
                secondDifference = new float[sample.length];
            }
            conversion.convert(this, index, modelOutput, sample, newOutput(sample.length));
            if (algorithm.isStochastic()) {
                noise.fill(draw);
            }
            int order = Math.min(orders[index], outputCount());
            if (order == 1) {
                System.arraycopy(sample, 0, anchor, 0, sample.length);
            }
            int anchorIndex = index - (order - 1);
            float h = lambda(index + 1) - lambda(anchorIndex);
            DpmSolverFormula formula = DpmSolverFormula.of(
                    algorithm,
                    switch (order) {
                        case 1 -> DpmSolverFormula.Correction.NONE;
                        case 2 -> correction;
                        default -> DpmSolverFormula.Correction.TAYLOR;
                    },
                    alpha(index + 1),
                    deviation(index + 1),
                    alpha(anchorIndex),
                    deviation(anchorIndex),
                    h);
            if (order == 2 || correction == DpmSolverFormula.Correction.MIDPOINT) {
                formula = formula.withoutSecondDifference();
            }
            takeDifferences(order, index, h);
            formula.apply(anchor, output(order - 1), firstDifference, secondDifference, draw, out);
        }

        /** The sample and the outputs of the group that the next call belongs to, if it does not begin one. */
        @Override
        List<float[]> memory() {
            int order = Math.min(orders[nextIndex()], outputCount() + 1);
            List<float[]> memory = new ArrayList<>();
            if (order > 1) {
                memory.add(anchor);
                memory.addAll(newestOutputs(order - 1));
            }
            return memory;
        }

        private void takeDifferences(int order, int index, float h) {
            if (order == 1) {
                return;
            }
            int anchorIndex = index - (order - 1);
            float[] m0 = output(0);
            float[] m1 = output(1);
            float r0 = (lambda(index) - lambda(anchorIndex)) / h;
            if (order == 2) {
                for (int i = 0; i < m0.length; i++) {
                    firstDifference[i] = 1 / r0 * (m0[i] - m1[i]);
                }
                return;
            }
            float[] m2 = output(2);
            float r1 = (lambda(index - 1) - lambda(anchorIndex)) / h;
            boolean midpoint = correction == DpmSolverFormula.Correction.MIDPOINT;
            for (int i = 0; i < m0.length; i++) {
                float near = 1 / r1 * (m1[i] - m2[i]);
                float far = 1 / r0 * (m0[i] - m2[i]);
                firstDifference[i] = midpoint ? far : (r0 * near - r1 * far) / (r0 - r1);
                secondDifference[i] = 2 * (far - near) / (r0 - r1);
            }
        }
    }
}
