package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/**
 * The shift of a flow matching schedule towards the noisy end, which larger images need (section 5.3.2 of <a
 * href="https://arxiv.org/abs/2403.03206">2403.03206</a>).
 */
record FlowShift(double factor, boolean dynamic) {

    static FlowShift of(SchedulerConfig config, String key) {
        return new FlowShift(config.real(key, 1, 1e-3, 1e3), config.flag("use_dynamic_shifting", false));
    }

    /** The factor of a run; with dynamic shifting it is the run's own. */
    double of(RunOptions options) {
        return dynamic ? Math.exp(mu(options)) : factor;
    }

    /** The shift that a run must state where shifting is dynamic. */
    static double mu(RunOptions options) {
        Double mu = options.mu();
        if (mu == null) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "This model's scheduler shifts its noise levels by image size; give the run a mu.");
        }
        return mu;
    }
}
