package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/**
 * How the timesteps of a run lie among those of the training: table 2 of <a
 * href="https://arxiv.org/abs/2305.08891">2305.08891</a>.
 */
enum Spacing {
    /** From the first to the last timestep, both included. */
    LINSPACE,
    /** Multiples of a whole ratio counted from the clean end. */
    LEADING,
    /** Multiples of a ratio counted from the noisy end. */
    TRAILING;

    static Spacing of(SchedulerConfig config, Spacing absent) {
        String name = config.choice(
                "timestep_spacing", absent.name().toLowerCase(Locale.ROOT), "linspace", "leading", "trailing");
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    static int offset(SchedulerConfig config) {
        return config.integer("steps_offset", 0, -1_000, 1_000);
    }

    /** Whole timesteps, the noisiest first, for methods that step between table entries. */
    int[] whole(int trainTimesteps, RunOptions options, int offset) {
        int steps = checkedSteps(trainTimesteps, options.steps());
        int[] timesteps = rounded(
                switch (this) {
                    case LINSPACE -> reversed(evenly(0, trainTimesteps - 1, steps), steps);
                    case LEADING -> multiples(trainTimesteps / steps, steps, offset);
                    case TRAILING -> fromTheEnd(trainTimesteps, trainTimesteps, steps);
                });
        requireInTable(timesteps, trainTimesteps, steps);
        return timesteps;
    }

    /** Timesteps, the noisiest first and as float32 values, for methods that interpolate noise levels. */
    double[] fractional(int trainTimesteps, RunOptions options, int offset) {
        int steps = checkedSteps(trainTimesteps, options.steps());
        double[] timesteps = switch (this) {
            case LINSPACE -> reversed(evenly(0, trainTimesteps - 1, steps), steps);
            case LEADING -> multiples(trainTimesteps / steps, steps, offset);
            case TRAILING -> fromTheEnd(trainTimesteps, trainTimesteps, steps);
        };
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = (float) timesteps[i];
        }
        return timesteps;
    }

    /** Whole timesteps, the noisiest first, of a schedule whose last step goes below the last of them. */
    int[] beforeLast(int trainTimesteps, int lastTimestep, RunOptions options, int offset) {
        int steps = checkedSteps(trainTimesteps, options.steps());
        return rounded(
                switch (this) {
                    case LINSPACE -> reversed(evenly(0, lastTimestep - 1, steps + 1), steps);
                    case LEADING -> {
                        int ratio = lastTimestep / (steps + 1);
                        if (ratio == 0) {
                            throw tooMany(steps, lastTimestep - 1);
                        }
                        double[] all = multiples(ratio, steps + 1, offset);
                        yield Arrays.copyOf(all, steps);
                    }
                    case TRAILING -> fromTheEnd(trainTimesteps, lastTimestep, steps);
                });
    }

    static int checkedSteps(int trainTimesteps, int steps) {
        if (steps > trainTimesteps) {
            throw tooMany(steps, trainTimesteps);
        }
        return steps;
    }

    private static void requireInTable(int[] timesteps, int trainTimesteps, int steps) {
        if (timesteps[0] >= trainTimesteps || timesteps[timesteps.length - 1] < 0) {
            throw tooMany(steps, trainTimesteps - 1);
        }
    }

    private static InvalidInputException tooMany(int steps, int most) {
        return new InvalidInputException(
                ErrorCode.INVALID_STEPS,
                "The number of steps is " + steps + ", but this model's schedule has room for at most " + most
                        + "; choose fewer.");
    }

    /** Evenly spaced numbers with both ends included. */
    static double[] evenly(double start, double end, int count) {
        double[] values = new double[count];
        double step = (end - start) / (count - 1);
        for (int i = 0; i < count; i++) {
            values[i] = i * step + start;
        }
        values[count - 1] = end;
        if (count == 1) {
            values[0] = start;
        }
        return values;
    }

    /** The last {@code count} of the values, the last one first. */
    private static double[] reversed(double[] values, int count) {
        double[] turned = new double[count];
        for (int i = 0; i < count; i++) {
            turned[i] = values[values.length - 1 - i];
        }
        return turned;
    }

    private static double[] multiples(int ratio, int count, int offset) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (double) (count - 1 - i) * ratio + offset;
        }
        return values;
    }

    private static double[] fromTheEnd(int trainTimesteps, int lastTimestep, int steps) {
        double ratio = (double) trainTimesteps / steps;
        int count = Math.clamp((long) Math.ceil(lastTimestep / ratio), 1, steps);
        // Written as the difference of the first two values, since their rounding decides which whole number comes out.
        double step = (lastTimestep - ratio) - lastTimestep;
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = Math.rint(lastTimestep + i * step) - 1;
        }
        return values;
    }

    private static int[] rounded(double[] values) {
        int[] whole = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            whole[i] = (int) Math.rint(values[i]);
        }
        return whole;
    }
}
