package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * DPM-Solver of orders 1 to 3 with a given number of network calls (DPM-Solver-fast, appendix D.3 of <a
 * href="https://arxiv.org/abs/2206.00927">2206.00927</a>), and with fresh noise as AUTOMATIC1111 runs it (eta 1). It goes from the
 * model's largest noise level to its smallest, evenly in their logarithms, and ends there.
 */
final class DpmFastMethod implements SchedulingMethod {
    private static final int ORDER = 3;

    private final Kdpm2Levels levels;

    DpmFastMethod(SchedulerConfig config) {
        levels = new Kdpm2Levels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        int first = options.firstStep();
        double[] spaced = levels.exactLadder(options).sigmas();
        if (first == 0) {
            return new Run(groups(levels.maxSigma(), levels.minSigma(), options.steps()), options);
        }
        if (first == spaced.length) {
            return new Run(groups(spaced[0], spaced[first - 1], first), options);
        }
        // The run begins where the levels that are left do.
        RunOptions whole = RunOptions.steps(options.steps()).withBatch(options.batch());
        return new Run(groups(spaced[first], spaced[spaced.length - 1], spaced.length - first), whole);
    }

    /**
     * Calls that together take one step.
     *
     * @param sigmas the level of each call
     * @param target the level that the solver goes to
     * @param added the deviation of the noise that is added there
     */
    @SuppressWarnings("ArrayRecordComponent") // made and used in one place, and never compared
    private record Group(double[] sigmas, double target, float added) {
        /** The logarithm of how much lower the target's level is. */
        double length() {
            return Math.log(sigmas[0]) - Math.log(target);
        }
    }

    private static List<Group> groups(double max, double min, int calls) {
        int count = calls / ORDER + 1;
        double[] ends = Spacing.evenly(Math.log(max), Math.log(min), count + 1);
        List<Group> groups = new ArrayList<>();
        int left = calls;
        for (int i = 0; i < count; i++) {
            // Three calls each, and the rest at the end: as it is, or 2 and 1 where it is three.
            boolean lastButOne = i == count - 2 && left == ORDER;
            int order = lastButOne ? ORDER - 1 : Math.min(ORDER, left);
            left -= order;
            groups.add(group(Math.exp(ends[i]), Math.exp(ends[i + 1]), min, order));
        }
        return groups;
    }

    private static Group group(double from, double to, double min, int order) {
        double up = Math.min(to, to * Math.sqrt(from * from - to * to) / from);
        double target = Math.max(min, Math.sqrt(to * to - up * up));
        double[] sigmas = new double[order];
        for (int call = 0; call < order; call++) {
            sigmas[call] = from * Math.pow(target / from, (double) call / order);
        }
        return new Group(sigmas, target, (float) Math.sqrt(Math.max(0, to * to - target * target)));
    }

    private final class Run extends VarianceExplodingRun {

        private final List<Group> groups;

        /** The group of each call. */
        private final int[] groupOf;

        /** The number of each call in its group. */
        private final int[] partOf;

        private float[] start = {};
        private float[] firstNoise = {};
        private float[] nowNoise = {};
        private float[] draw = {};

        Run(List<Group> groups, RunOptions options) {
            this(groups, levels.ladderOf(called(groups)), options);
        }

        private Run(List<Group> groups, SigmaLadder called, RunOptions options) {
            super(
                    called.timesteps(),
                    called.float32Sigmas(groups.getLast().target),
                    levels.initNoiseSigma(called.float32Sigmas(0)),
                    1,
                    options);
            this.groups = groups;
            this.groupOf = new int[length()];
            this.partOf = new int[length()];
            int call = 0;
            for (int group = 0; group < groups.size(); group++) {
                for (int part = 0; part < groups.get(group).sigmas.length; part++) {
                    groupOf[call] = group;
                    partOf[call++] = part;
                }
            }
        }

        /** The level of each call. */
        private static double[] called(List<Group> groups) {
            return groups.stream()
                    .flatMapToDouble(group -> Arrays.stream(group.sigmas))
                    .toArray();
        }

        @Override
        List<float[]> memory() {
            return partOf[nextIndex()] == 0 ? List.of() : List.of(start, firstNoise);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (start.length == 0) {
                start = new float[sample.length];
                firstNoise = new float[sample.length];
                nowNoise = new float[sample.length];
                draw = new float[sample.length];
            }
            Group group = groups.get(groupOf[index]);
            int part = partOf[index];
            float sigma = sigma(index);
            levels.prediction().toOriginalUnscaled(sigma, modelOutput, sample, nowNoise);
            for (int i = 0; i < nowNoise.length; i++) {
                nowNoise[i] = (sample[i] - nowNoise[i]) / sigma;
            }
            if (part == 0) {
                System.arraycopy(sample, 0, start, 0, sample.length);
                System.arraycopy(nowNoise, 0, firstNoise, 0, sample.length);
            }
            boolean ends = part + 1 == group.sigmas.length;
            go(group, part, ends ? group.target : group.sigmas[part + 1], out);
            if (ends) {
                noise.fill(draw);
                for (int i = 0; i < out.length; i++) {
                    out[i] += group.added * draw[i];
                }
            }
        }

        /** Goes from where the group began to a level, with what the network said there and last (equations B.2 to B.4). */
        private void go(Group group, int part, double target, float[] out) {
            int order = group.sigmas.length;
            double way = (part + 1.0) / order * group.length();
            double grown = Math.expm1(way);
            float linear = (float) (target * grown);
            double seen = (double) part / order;
            double curved = 0;
            if (part > 0) {
                curved = order == 2
                        ? target * grown / (2 * seen)
                        : target * (part + 1.0) / order / seen * (grown / way - 1);
            }
            float difference = (float) curved;
            for (int i = 0; i < out.length; i++) {
                out[i] = start[i] - linear * firstNoise[i] - difference * (nowNoise[i] - firstNoise[i]);
            }
        }
    }
}
