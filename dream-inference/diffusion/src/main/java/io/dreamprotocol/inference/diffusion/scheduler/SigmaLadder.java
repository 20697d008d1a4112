package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/** The timesteps and noise levels of a k-diffusion run, the noisiest first and without the final level. */
final class SigmaLadder {

    private final double[] timesteps;
    private final double[] sigmas;

    SigmaLadder(double[] timesteps, double[] sigmas) {
        this.timesteps = timesteps;
        this.sigmas = sigmas;
    }

    /** The range that a configuration gives its noise levels; absent ends come from the spaced table. */
    record Range(@Nullable Double min, @Nullable Double max) {
        static final Range FULL = new Range(null, null);

        static Range of(SchedulerConfig config) {
            Double min = optional(config, "sigma_min");
            Double max = optional(config, "sigma_max");
            if (min != null && max != null && min > max) {
                throw config.invalid("sigma_min", min, "at most sigma_max, " + max);
            }
            return new Range(min, max);
        }

        private static @Nullable Double optional(SchedulerConfig config, String key) {
            return config.options().containsKey(key)
                    ? (Double) config.optionalReal(key, 1e-6, 1e6).orElseThrow()
                    : null;
        }

        double min(double absent) {
            return min == null ? absent : min;
        }

        double max(double absent) {
            return max == null ? absent : max;
        }
    }

    /** Levels at the timesteps of the table, laid anew between their ends if a schedule says so. */
    static SigmaLadder spaced(NoiseTable table, double[] timesteps, @Nullable SigmaSchedule schedule, Range range) {
        double[] sigmas = new double[timesteps.length];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = table.interpolatedSigma(timesteps[i]);
        }
        return new SigmaLadder(timesteps, sigmas).laidBy(table, schedule, range);
    }

    /** The same number of levels laid anew between the ends of this ladder. */
    SigmaLadder laidBy(NoiseTable table, @Nullable SigmaSchedule schedule, Range range) {
        if (schedule == null) {
            return this;
        }
        double[] laid = schedule.sigmas(range.max(sigmas[0]), range.min(sigmas[sigmas.length - 1]), timesteps.length);
        return new SigmaLadder(timestepsOf(table, laid), laid);
    }

    static double[] timestepsOf(NoiseTable table, double[] sigmas) {
        double[] timesteps = new double[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            timesteps[i] = table.timestepOf(sigmas[i]);
        }
        return timesteps;
    }

    double[] timesteps() {
        return timesteps;
    }

    double[] sigmas() {
        return sigmas;
    }

    /** The smallest level. */
    double lastSigma() {
        return sigmas[sigmas.length - 1];
    }

    /** The timesteps rounded to float32. */
    double[] float32Timesteps() {
        double[] rounded = new double[timesteps.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) timesteps[i];
        }
        return rounded;
    }

    /** The levels in float32 with a final one. */
    float[] float32Sigmas(double last) {
        float[] all = new float[sigmas.length + 1];
        for (int i = 0; i < sigmas.length; i++) {
            all[i] = (float) sigmas[i];
        }
        all[sigmas.length] = (float) last;
        return all;
    }
}
