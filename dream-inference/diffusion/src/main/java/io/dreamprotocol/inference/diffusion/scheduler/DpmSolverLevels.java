package io.dreamprotocol.inference.diffusion.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * The timesteps and noise levels of the DPM-Solver family, which lays its levels over the whole table whatever the
 * spacing, and lists whole timesteps.
 */
final class DpmSolverLevels {

    private final NoiseTable table;
    private final @Nullable SigmaSchedule schedule;
    private final boolean evenLogs;
    private final SigmaLadder.Range range;
    private final boolean flow;
    private final FlowShift shift;
    private final boolean rounds;
    private final double minLambda;

    private DpmSolverLevels(SchedulerConfig config, NoiseTable table, boolean evenLogs, boolean rounds) {
        this.table = table;
        this.evenLogs = evenLogs;
        this.rounds = rounds;
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
        flow = config.flag("use_flow_sigmas", false);
        shift = FlowShift.of(config, "flow_shift");
        minLambda = config.real("lambda_min_clipped", Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e3);
        if (flow && schedule != null) {
            throw config.invalid("use_flow_sigmas", true, "false where another noise schedule is switched on");
        }
    }

    static DpmSolverLevels of(SchedulerConfig config, NoiseTable table) {
        return new DpmSolverLevels(config, table, false, true);
    }

    /** The levels of the multistep solver, which has one schedule more and rounds timesteps less. */
    static DpmSolverLevels ofMultistep(SchedulerConfig config, NoiseTable table) {
        return new DpmSolverLevels(
                config,
                table,
                config.flag("use_lu_lambdas", false),
                !config.text("beta_schedule", "").equals("squaredcos_cap_v2"));
    }

    /** How the listed levels split into signal and noise. */
    VariancePreservingRun.Split split() {
        return flow ? VariancePreservingRun.Split.FLOW : VariancePreservingRun.Split.UNIT_VARIANCE;
    }

    /** Whether the levels are those of the table at the spaced timesteps. */
    boolean followsTable() {
        return schedule == null && !evenLogs && !flow;
    }

    /** One more than the last timestep whose signal-to-noise ratio is not clipped. */
    int lastTimestep() {
        int last = table.length();
        while (last > 1 && lambda(last - 1) < minLambda) {
            last--;
        }
        return last;
    }

    private double lambda(int timestep) {
        float alphaProd = table.alphaCumprod(timestep);
        return Float32.log(Float32.sqrt(alphaProd)) - Float32.log(Float32.sqrt(1 - alphaProd));
    }

    /** The levels of a run whose own timesteps, if no schedule replaces them, are the given ones. */
    SigmaLadder ladder(int[] timesteps, RunOptions options) {
        int steps = options.steps();
        if (schedule != null) {
            double[] sigmas = schedule.sigmas(range.max(table.maxSigma()), range.min(table.minSigma()), steps);
            return laid(sigmas, schedule == SigmaSchedule.KARRAS && rounds);
        }
        if (evenLogs) {
            double[] sigmas = Spacing.evenly(table.logSigma(table.length() - 1), table.logSigma(0), steps);
            for (int i = 0; i < steps; i++) {
                sigmas[i] = Math.exp(sigmas[i]);
            }
            return laid(sigmas, rounds);
        }
        if (flow) {
            double[] sigmas = flowSigmas(steps, shift.of(options));
            double[] whole = new double[steps];
            for (int i = 0; i < steps; i++) {
                whole[i] = (long) (sigmas[i] * table.length());
            }
            return new SigmaLadder(whole, sigmas);
        }
        return SigmaLadder.spaced(table, DenoisingRun.listed(timesteps), null, range);
    }

    private SigmaLadder laid(double[] sigmas, boolean rounded) {
        double[] timesteps = SigmaLadder.timestepsOf(table, sigmas);
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = rounded ? Math.rint(timesteps[i]) : (long) timesteps[i];
        }
        return new SigmaLadder(timesteps, sigmas);
    }

    private double[] flowSigmas(int steps, double factor) {
        double[] alphas = Spacing.evenly(1, 1.0 / table.length(), steps + 1);
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            double sigma = 1 - alphas[steps - i];
            sigmas[i] = factor * sigma / (1 + (factor - 1) * sigma);
        }
        return sigmas;
    }
}
