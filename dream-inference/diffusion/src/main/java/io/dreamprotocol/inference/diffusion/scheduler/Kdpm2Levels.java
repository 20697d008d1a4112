package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/** What the methods of k-diffusion that call the network between levels read from a configuration, and the levels of their runs. */
final class Kdpm2Levels {

    private static final double NEARLY_WHOLE = 1e-3;

    private final NoiseTable table;
    private final Prediction prediction;
    private final Spacing spacing;
    private final int offset;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;

    Kdpm2Levels(SchedulerConfig config) {
        table = NoiseTable.of(config, NoiseTable.Defaults.K_DIFFUSION);
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.V);
        spacing = Spacing.of(config, Spacing.LINSPACE);
        offset = Spacing.offset(config);
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
    }

    Prediction prediction() {
        return prediction;
    }

    /** The levels with their own timesteps. */
    SigmaLadder exactLadder(RunOptions options) {
        double[] timesteps = spacing.fractional(table.length(), options, offset);
        return SigmaLadder.spaced(table, timesteps, schedule, range);
    }

    /** The levels with timesteps as diffusers has them. */
    SigmaLadder ladder(RunOptions options) {
        SigmaLadder ladder = exactLadder(options);
        if (schedule != SigmaSchedule.KARRAS) {
            return ladder;
        }
        double[] rounded = new double[ladder.timesteps().length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Math.rint(ladder.timesteps()[i]);
        }
        return new SigmaLadder(rounded, ladder.sigmas());
    }

    float initNoiseSigma(float[] sigmas) {
        return VarianceExplodingRun.initNoiseSigma(spacing, sigmas);
    }

    /** The first timestep, then each step's middle and end. */
    double[] timesteps(SigmaLadder ladder, float[] middles) {
        double[] ends = ladder.timesteps();
        double[] timesteps = new double[2 * ends.length - 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = i % 2 == 0 ? ends[i / 2] : table.timestepOf(middles[i / 2]);
        }
        if (schedule == null) {
            for (int i = 0; i < timesteps.length; i++) {
                timesteps[i] = (float) timesteps[i];
            }
        }
        return timesteps;
    }

    /** A ladder of levels that lie anywhere. Networks that take whole timesteps must not see 998 for what is nearly 999. */
    SigmaLadder ladderOf(double[] sigmas) {
        double[] timesteps = SigmaLadder.timestepsOf(table, sigmas);
        for (int i = 0; i < timesteps.length; i++) {
            double whole = Math.rint(timesteps[i]);
            timesteps[i] = Math.abs(timesteps[i] - whole) < NEARLY_WHOLE ? whole : (float) timesteps[i];
        }
        return new SigmaLadder(timesteps, sigmas);
    }

    double maxSigma() {
        return table.maxSigma();
    }

    double minSigma() {
        return table.minSigma();
    }

    /** The geometric mean of two levels; zero if one is zero. */
    static float middle(float from, float to) {
        if (to == 0) {
            return 0;
        }
        float logFrom = Float32.log(from);
        float logTo = Float32.log(to);
        return Float32.exp(logTo - (logTo - logFrom) * 0.5f);
    }

    /** The levels as they are listed: every one but the first twice, and a final zero. */
    static float[] listed(float[] sigmas) {
        float[] listed = new float[2 * sigmas.length];
        for (int i = 0; i < listed.length; i++) {
            listed[i] = sigmas[Math.min((i + 1) / 2, sigmas.length - 1)];
        }
        return listed;
    }
}
