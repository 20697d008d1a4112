package io.dreamprotocol.inference.diffusion.scheduler;

/**
 * DPM-Solver and DPM-Solver++ of orders 1 to 3 from the outputs of earlier steps, deterministic or stochastic (algorithm 2
 * of <a href="https://arxiv.org/abs/2211.01095">2211.01095</a>).
 */
final class DpmSolverMultistepMethod implements SchedulingMethod {

    private final NoiseTable table;
    private final DpmSolverLevels levels;
    private final Spacing spacing;
    private final int offset;
    private final DpmSolverMultistepRun.Solver solver;
    private final DpmSolverConversion conversion;

    DpmSolverMultistepMethod(SchedulerConfig config) {
        table = NoiseTable.rescalableFinite(config, NoiseTable.Defaults.DDPM);
        levels = DpmSolverLevels.ofMultistep(config, table);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        solver = DpmSolverMultistepRun.Solver.of(
                config,
                DpmSolverFormula.Algorithm.DATA,
                DpmSolverFormula.Algorithm.NOISE,
                DpmSolverFormula.Algorithm.DATA_SDE,
                DpmSolverFormula.Algorithm.NOISE_SDE);
        conversion = DpmSolverConversion.of(config, solver.algorithm());
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int[] timesteps = spacing.beforeLast(table.length(), levels.lastTimestep(), options, offset);
        SigmaLadder ladder = levels.ladder(timesteps, options);
        return new Run(ladder, ladder.float32Sigmas(solver.endsAtZero() ? 0 : table.minSigma()), options);
    }

    private final class Run extends DpmSolverMultistepRun {

        Run(SigmaLadder ladder, float[] sigmas, RunOptions options) {
            super(ladder.timesteps(), sigmas, 1, levels.split(), solver, options);
        }

        @Override
        void convert(float[] modelOutput, int index, float[] sample, float[] out) {
            conversion.convert(this, index, modelOutput, sample, out);
        }
    }
}
