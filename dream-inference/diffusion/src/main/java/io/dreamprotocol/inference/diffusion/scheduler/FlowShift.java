package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import org.jspecify.annotations.Nullable;

/**
 * The shift of a flow matching schedule towards the noisy end, which larger images need (section 5.3.2 of <a
 * href="https://arxiv.org/abs/2403.03206">2403.03206</a>).
 *
 * @param factor the shift of a schedule that does not depend on the image's size
 * @param dynamic whether each run states its own
 * @param exponential whether a run states the logarithm of the shift
 */
record FlowShift(double factor, boolean dynamic, boolean exponential) {

    static FlowShift of(SchedulerConfig config, String key) {
        return new FlowShift(
                config.real(key, 1, 1e-3, 1e3),
                config.flag("use_dynamic_shifting", false),
                config.choice("time_shift_type", "exponential", "exponential", "linear")
                        .equals("exponential"));
    }

    /** The shift of a run. */
    double of(RunOptions options) {
        if (!dynamic) {
            return factor;
        }
        Double mu = options.mu();
        if (mu == null || (!exponential && mu <= 0)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "This model's scheduler shifts its noise levels by image size; give the run a "
                            + (exponential ? "mu." : "mu over 0."));
        }
        return exponential ? Math.exp(mu) : mu;
    }

    /** Shifts levels between 0 and 1, in place. */
    void apply(double[] sigmas, RunOptions options) {
        double shift = of(options);
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = shift * sigmas[i] / (1 + (shift - 1) * sigmas[i]);
        }
    }

    /** The level that a configuration's last step is to start from, or null. */
    static @Nullable Double terminal(SchedulerConfig config) {
        double terminal = config.real("shift_terminal", 0, 0, 0.999);
        return terminal == 0 ? null : terminal;
    }

    /** Stretches levels so that the last one is the given one, in place; 1 stays where it is, also if it is alone. */
    static void stretch(double[] sigmas, double terminal) {
        double scale = (1 - sigmas[sigmas.length - 1]) / (1 - terminal);
        if (scale == 0) {
            return;
        }
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = 1 - (1 - sigmas[i]) / scale;
        }
    }
}
