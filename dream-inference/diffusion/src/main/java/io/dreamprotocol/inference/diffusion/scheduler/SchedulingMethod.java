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
            case "DPMSolverSinglestepScheduler" -> new DpmSolverSinglestepMethod(config);
            case "DDPMScheduler" -> new DdpmMethod(config);
            case "PNDMScheduler" -> new PndmMethod(config);
            case "LMSDiscreteScheduler" -> new LmsMethod(config);
            case "HeunDiscreteScheduler" -> new HeunMethod(config);
            case "KDPM2DiscreteScheduler" -> new Kdpm2Method(config);
            case "KDPM2AncestralDiscreteScheduler" -> new Kdpm2AncestralMethod(config);
            case "DPMPP2SAncestralScheduler" -> new DpmSolver2sAncestralMethod(config);
            case "RestartScheduler" -> new RestartMethod(config);
            case "DPMFastScheduler" -> new DpmFastMethod(config);
            case "DEISMultistepScheduler" -> new DeisMethod(config);
            case "UniPCMultistepScheduler" -> new UniPcMethod(config);
            case "LCMScheduler" -> new LcmMethod(config);
            case "TCDScheduler" -> new TcdMethod(config);
            case "EDMEulerScheduler" -> new EdmEulerMethod(config);
            case "EDMDPMSolverMultistepScheduler" -> new EdmDpmSolverMethod(config);
            case "FlowMatchEulerDiscreteScheduler" -> new FlowMatchEulerMethod(config);
            case "FlowMatchHeunDiscreteScheduler" -> new FlowMatchHeunMethod(config);
            default ->
                throw new NotFoundException(
                        ErrorCode.UNKNOWN_SCHEDULER,
                        "There is no scheduler class " + config.className()
                                + "; choose another scheduler for this model.");
        };
    }
}
