package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** The multistep updates of DPM-Solver, whatever the network's output means. */
abstract class DpmSolverMultistepRun extends VariancePreservingRun {

    /** Runs shorter than this end with lower orders, which keeps them stable. */
    private static final int FEW_STEPS = 15;

    /** What a configuration says about the solver. */
    record Solver(
            DpmSolverFormula.Algorithm algorithm,
            DpmSolverFormula.Correction correction,
            int order,
            boolean lowersFinalOrders,
            boolean endsWithEuler,
            boolean endsAtZero) {

        static Solver of(SchedulerConfig config, DpmSolverFormula.Algorithm... known) {
            Solver solver = new Solver(
                    DpmSolverFormula.Algorithm.of(config, known),
                    DpmSolverFormula.Correction.of(config),
                    config.integer("solver_order", 2, 1, 3),
                    config.flag("lower_order_final", true),
                    config.flag("euler_at_final", false),
                    config.choice("final_sigmas_type", "zero", "zero", "sigma_min")
                            .equals("zero"));
            requirePossible(config, solver);
            return solver;
        }

        private static void requirePossible(SchedulerConfig config, Solver solver) {
            if (!solver.algorithm.predictsData() && solver.endsAtZero) {
                throw config.invalid(
                        "final_sigmas_type", "zero", "sigma_min for algorithm_type dpmsolver and sde-dpmsolver");
            }
            if (solver.algorithm == DpmSolverFormula.Algorithm.NOISE_SDE && solver.order > 2) {
                throw config.invalid("solver_order", solver.order, "1 or 2 for algorithm_type sde-dpmsolver");
            }
        }
    }

    private final Solver solver;
    private float[] draw = {};
    private float[] firstDifference = {};
    private float[] secondDifference = {};

    DpmSolverMultistepRun(
            double[] timesteps, float[] sigmas, float initNoiseSigma, Split split, Solver solver, RunOptions options) {
        super(timesteps, sigmas, initNoiseSigma, split, solver.order(), options);
        this.solver = solver;
    }

    /** Turns the network's output into what the solver integrates. */
    abstract void convert(float[] modelOutput, int index, float[] sample, float[] out);

    @Override
    final void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
        convert(modelOutput, index, sample, newOutput(sample.length));
        if (solver.algorithm().isStochastic()) {
            draw = sized(draw, sample.length);
            noise.fill(draw);
        }
        int order = order(index);
        float h = lambda(index + 1) - lambda(index);
        DpmSolverFormula formula = DpmSolverFormula.of(
                solver.algorithm(),
                switch (order) {
                    case 1 -> DpmSolverFormula.Correction.NONE;
                    case 2 -> solver.correction();
                    default -> DpmSolverFormula.Correction.TAYLOR;
                },
                alpha(index + 1),
                deviation(index + 1),
                alpha(index),
                deviation(index),
                h);
        if (order == 2) {
            formula = formula.withoutSecondDifference();
        }
        takeDifferences(order, index, h, sample.length);
        formula.apply(sample, output(0), firstDifference, secondDifference, draw, out);
    }

    private int order(int index) {
        int left = length() - index;
        boolean few = solver.lowersFinalOrders() && length() < FEW_STEPS;
        if (left == 1 && (solver.endsWithEuler() || few || solver.endsAtZero())) {
            return 1;
        }
        int most = left == 2 && few ? 2 : solver.order();
        return Math.min(most, outputCount());
    }

    private void takeDifferences(int order, int index, float h, int size) {
        if (order == 1) {
            return;
        }
        firstDifference = sized(firstDifference, size);
        float[] m0 = output(0);
        float[] m1 = output(1);
        float r0 = (lambda(index) - lambda(index - 1)) / h;
        if (order == 2) {
            for (int i = 0; i < size; i++) {
                firstDifference[i] = 1 / r0 * (m0[i] - m1[i]);
            }
            return;
        }
        secondDifference = sized(secondDifference, size);
        float[] m2 = output(2);
        float r1 = (lambda(index - 1) - lambda(index - 2)) / h;
        for (int i = 0; i < size; i++) {
            float near = 1 / r0 * (m0[i] - m1[i]);
            float far = 1 / r1 * (m1[i] - m2[i]);
            firstDifference[i] = near + r0 / (r0 + r1) * (near - far);
            secondDifference[i] = 1 / (r0 + r1) * (near - far);
        }
    }

    private static float[] sized(float[] array, int size) {
        return array.length == 0 ? new float[size] : array;
    }
}
