package io.dreamprotocol.inference.diffusion.scheduler;

/**
 * DPM-Solver++ multistep (<a href="https://arxiv.org/abs/2211.01095">2211.01095</a>) with EDM's levels and preconditioning
 * (<a href="https://arxiv.org/abs/2206.00364">2206.00364</a>).
 */
final class EdmDpmSolverMethod implements SchedulingMethod {

    private final EdmLevels levels;
    private final DpmSolverMultistepRun.Solver solver;
    private final SampleLimit limit;

    EdmDpmSolverMethod(SchedulerConfig config) {
        levels = new EdmLevels(config);
        solver = DpmSolverMultistepRun.Solver.of(
                config, DpmSolverFormula.Algorithm.DATA, DpmSolverFormula.Algorithm.DATA_SDE);
        limit = SampleLimit.thresholding(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(levels.sigmas(options.steps()), options);
    }

    private final class Run extends DpmSolverMultistepRun {

        Run(float[] sigmas, RunOptions options) {
            super(levels.timesteps(sigmas), sigmas, levels.initNoiseSigma(), Split.UNIT_SIGNAL, solver, options);
        }

        @Override
        void scale(float[] sample, int index, float[] out) {
            levels.scale(sigma(index), sample, out);
        }

        @Override
        void convert(float[] modelOutput, int index, float[] sample, float[] out) {
            levels.toOriginal(sigma(index), modelOutput, sample, out);
            limit.apply(out, batch());
        }
    }
}
