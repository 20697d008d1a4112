package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/** A way to lay the noise levels of a run between a largest and a smallest one, other than the model's own. */
enum SigmaSchedule {
    /** Equation 5 of <a href="https://arxiv.org/abs/2206.00364">2206.00364</a> with rho 7. */
    KARRAS("use_karras_sigmas"),
    /** Evenly spaced logarithms. */
    EXPONENTIAL("use_exponential_sigmas"),
    /** Quantiles of a beta distribution, <a href="https://arxiv.org/abs/2407.12173">2407.12173</a>. */
    BETA("use_beta_sigmas");

    private static final double KARRAS_RHO = 7;
    private static final double BETA_SHAPE = 0.6;

    private final String option;

    SigmaSchedule(String option) {
        this.option = option;
    }

    /** The schedule that a configuration switches on, or null for the model's own levels. */
    static @Nullable SigmaSchedule of(SchedulerConfig config) {
        SigmaSchedule chosen = null;
        for (SigmaSchedule schedule : values()) {
            if (config.flag(schedule.option, false)) {
                if (chosen != null) {
                    throw config.invalid(schedule.option, true, "false where " + chosen.option + " is true");
                }
                chosen = schedule;
            }
        }
        return chosen;
    }

    /** The levels from the largest to the smallest. */
    double[] sigmas(double max, double min, int count) {
        return switch (this) {
            case KARRAS -> karras(max, min, count, KARRAS_RHO);
            case EXPONENTIAL -> exponential(max, min, count);
            case BETA -> beta(max, min, count);
        };
    }

    private static double[] karras(double max, double min, int count, double rho) {
        double[] ramp = Spacing.evenly(0, 1, count);
        double minRoot = Math.pow(min, 1 / rho);
        double maxRoot = Math.pow(max, 1 / rho);
        double[] sigmas = new double[count];
        for (int i = 0; i < count; i++) {
            sigmas[i] = Math.pow(maxRoot + ramp[i] * (minRoot - maxRoot), rho);
        }
        return sigmas;
    }

    private static double[] exponential(double max, double min, int count) {
        double[] sigmas = Spacing.evenly(Math.log(max), Math.log(min), count);
        for (int i = 0; i < count; i++) {
            sigmas[i] = Math.exp(sigmas[i]);
        }
        return sigmas;
    }

    private static double[] beta(double max, double min, int count) {
        double[] ramp = Spacing.evenly(0, 1, count);
        double[] sigmas = new double[count];
        for (int i = 0; i < count; i++) {
            sigmas[i] = min + BetaDistribution.quantile(1 - ramp[i], BETA_SHAPE, BETA_SHAPE) * (max - min);
        }
        return sigmas;
    }
}
