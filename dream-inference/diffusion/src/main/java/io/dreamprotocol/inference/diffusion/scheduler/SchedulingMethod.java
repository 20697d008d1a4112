package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;

/** A scheduler's method with the options read and the tables made; immutable and shared by its runs. */
interface SchedulingMethod {

    /** Starts a run with state of its own. */
    DenoisingRun start(RunOptions options);

    /** The method that a configuration names. */
    static SchedulingMethod of(SchedulerConfig config) {
        return switch (config.className()) {
            case "DDIMScheduler" -> new DdimMethod(config);
            case "EulerDiscreteScheduler" -> new EulerMethod(config);
            case "EulerAncestralDiscreteScheduler" -> new EulerAncestralMethod(config);
            case "DPMSolverMultistepScheduler" -> new DpmSolverMultistepMethod(config);
            default ->
                throw new NotFoundException(
                        ErrorCode.UNKNOWN_SCHEDULER,
                        "There is no scheduler class " + config.className()
                                + "; choose another scheduler for this model.");
        };
    }
}
