package io.dreamprotocol.inference.diffusion.scheduler;

/** The noise levels of flow matching: the share of noise, from 1 towards 0. */
final class FlowLevels {

    private final int trainTimesteps;
    private final FlowShift shift;
    private final double smallest;

    FlowLevels(SchedulerConfig config, FlowShift shift) {
        this.trainTimesteps = NoiseTable.trainTimesteps(config);
        this.shift = shift;
        float first = 1f / trainTimesteps;
        // The training's own levels are shifted once already, unless runs state their shift.
        this.smallest =
                shift.dynamic() ? first : (float) shift.factor() * first / (1 + (float) (shift.factor() - 1) * first);
    }

    /** Levels between the ends of the training's, shifted. */
    double[] own(RunOptions options) {
        int steps = Spacing.checkedSteps(trainTimesteps, options.steps());
        double[] sigmas = Spacing.evenly(trainTimesteps, smallest * trainTimesteps, steps);
        for (int i = 0; i < steps; i++) {
            sigmas[i] /= trainTimesteps;
        }
        shift.apply(sigmas, options);
        return sigmas;
    }

    /** The levels that a run states, shifted in float32. */
    double[] given(double[] stated, RunOptions options) {
        float factor = (float) shift.of(options);
        double[] sigmas = new double[stated.length];
        for (int i = 0; i < sigmas.length; i++) {
            float sigma = (float) stated[i];
            sigmas[i] =
                    shift.dynamic() ? factor / (factor + (1 / sigma - 1)) : factor * sigma / (1 + (factor - 1) * sigma);
        }
        return sigmas;
    }

    double[] timesteps(float[] sigmas) {
        double[] timesteps = new double[sigmas.length - 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = sigmas[i] * trainTimesteps;
        }
        return timesteps;
    }
}
