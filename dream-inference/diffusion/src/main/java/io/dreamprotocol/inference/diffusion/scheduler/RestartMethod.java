package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Heun steps that go back from low noise to higher noise and down again, which makes up for their errors (<a
 * href="https://arxiv.org/abs/2306.14878">2306.14878</a>), with the restarts that AUTOMATIC1111 chooses for a number of steps. All
 * steps count, those after a restart too.
 */
final class RestartMethod implements SchedulingMethod {
    private static final int FEWEST_STEPS = 20;
    private static final int MANY_STEPS = 36;
    private static final double RESTART_FROM = 0.1;
    private static final double RESTART_TO = 2;

    private final Kdpm2Levels levels;

    RestartMethod(SchedulerConfig config) {
        levels = new Kdpm2Levels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] all = levels.exactLadder(options).sigmas();
        int first = options.firstStep();
        int steps = all.length - first;
        if (steps == 0) {
            return new Run(plain(all), options);
        }
        double[] sigmas = new double[steps];
        System.arraycopy(all, first, sigmas, 0, steps);
        // The run begins where these levels do.
        RunOptions whole = RunOptions.steps(options.steps()).withBatch(options.batch());
        return new Run(steps < FEWEST_STEPS ? plain(sigmas) : restarted(sigmas), whole);
    }

    /** The steps from one level to the next, the last of them to zero. */
    private static List<Step> plain(double[] sigmas) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < sigmas.length; i++) {
            steps.add(new Step(sigmas[i], i + 1 < sigmas.length ? sigmas[i + 1] : 0));
        }
        return steps;
    }

    private static List<Step> restarted(double[] sigmas) {
        int count = sigmas.length;
        int again = count < MANY_STEPS ? 9 : count / 4;
        int times = count < MANY_STEPS ? 1 : 2;
        double[] down = SigmaSchedule.KARRAS.sigmas(sigmas[0], sigmas[count - 1], count - again * times);
        int low = nearest(down, RESTART_FROM);
        int high = nearest(down, RESTART_TO);
        List<Step> steps = plain(down);
        if (low > 0 && high < low) {
            List<Step> restart = plain(SigmaSchedule.KARRAS.sigmas(down[high], down[low], again + 1))
                    .subList(0, again);
            for (int i = 0; i < times; i++) {
                steps.addAll(low, restart);
            }
        }
        return steps;
    }

    /** The index of the level next to a value, of the levels and the zero behind them. */
    private static int nearest(double[] sigmas, double value) {
        int nearest = 0;
        for (int i = 1; i <= sigmas.length; i++) {
            double sigma = i < sigmas.length ? sigmas[i] : 0;
            double best = nearest < sigmas.length ? sigmas[nearest] : 0;
            if (Math.abs(sigma - value) < Math.abs(best - value)) {
                nearest = i;
            }
        }
        return nearest;
    }

    /** A step from one noise level to a lower one. */
    private record Step(double from, double to) {}

    private final class Run extends VarianceExplodingRun {

        private final List<Step> steps;
        private float[] start = {};
        private float[] derivative = {};
        private float[] original = {};
        private float[] draw = {};

        Run(List<Step> steps, RunOptions options) {
            this(steps, levels.ladderOf(called(steps)), options);
        }

        private Run(List<Step> steps, SigmaLadder called, RunOptions options) {
            super(
                    called.timesteps(),
                    called.float32Sigmas(0),
                    levels.initNoiseSigma(called.float32Sigmas(0)),
                    2,
                    options);
            this.steps = steps;
        }

        /** The level of each call: where a step begins, and where it ends unless that is without noise. */
        private static double[] called(List<Step> steps) {
            double[] called = new double[2 * steps.size() - 1];
            for (int i = 0; i < called.length; i++) {
                Step step = steps.get(i / 2);
                called[i] = i % 2 == 0 ? step.from : step.to;
            }
            return called;
        }

        @Override
        List<float[]> memory() {
            return nextIndex() % 2 == 0 ? List.of() : List.of(start, derivative);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (start.length == 0) {
                start = new float[sample.length];
                derivative = new float[sample.length];
                original = new float[sample.length];
                draw = new float[sample.length];
            }
            Step step = steps.get(index / 2);
            float way = (float) step.to - (float) step.from;
            float sigma = inputSigma(index);
            levels.prediction().toOriginalUnscaled(sigma, modelOutput, sample, original);
            if (index % 2 == 0) {
                System.arraycopy(sample, 0, start, 0, sample.length);
                for (int i = 0; i < out.length; i++) {
                    derivative[i] = (start[i] - original[i]) / sigma;
                    out[i] = start[i] + derivative[i] * way;
                }
                return;
            }
            for (int i = 0; i < out.length; i++) {
                float ending = (sample[i] - original[i]) / sigma;
                out[i] = start[i] + (derivative[i] + ending) / 2 * way;
            }
            double next = steps.get(index / 2 + 1).from;
            if (next > step.to) {
                noise.fill(draw);
                float added = (float) Math.sqrt(next * next - step.to * step.to);
                for (int i = 0; i < out.length; i++) {
                    out[i] += added * draw[i];
                }
            }
        }
    }
}
