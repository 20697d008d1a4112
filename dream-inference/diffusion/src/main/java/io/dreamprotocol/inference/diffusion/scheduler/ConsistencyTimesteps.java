package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/** The timesteps of consistency models: a subset of those that the model was distilled on. */
final class ConsistencyTimesteps {

    private final int originalSteps;
    private final int stride;

    ConsistencyTimesteps(SchedulerConfig config, int trainTimesteps) {
        originalSteps = config.integer("original_inference_steps", 50, 1, trainTimesteps);
        stride = trainTimesteps / originalSteps;
    }

    /** The timesteps of a run, the noisiest first. */
    int[] of(RunOptions options) {
        int steps = options.steps();
        int usable = (int) (originalSteps * options.trainedShare());
        if (steps > usable) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "The number of steps is " + steps + ", but this model was distilled on " + originalSteps
                            + ", of which " + usable + " may be used; choose at most that many.");
        }
        int[] timesteps = new int[steps];
        double share = (double) usable / steps;
        for (int i = 0; i < steps; i++) {
            int fromNoisiest = (int) (i * share);
            timesteps[i] = (usable - fromNoisiest) * stride - 1;
        }
        return timesteps;
    }
}
