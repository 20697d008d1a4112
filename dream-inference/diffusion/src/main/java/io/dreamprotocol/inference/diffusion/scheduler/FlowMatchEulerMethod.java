package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import org.jspecify.annotations.Nullable;

/**
 * Euler's method for flow matching, <a href="https://arxiv.org/abs/2210.02747">2210.02747</a>, as Stable Diffusion 3 and
 * Flux use it (<a href="https://arxiv.org/abs/2403.03206">2403.03206</a>).
 */
final class FlowMatchEulerMethod implements SchedulingMethod {

    private final FlowLevels levels;
    private final @Nullable SigmaSchedule schedule;
    private final SigmaLadder.Range range;
    private final @Nullable Double terminal;
    private final boolean inverted;
    private final boolean stochastic;

    FlowMatchEulerMethod(SchedulerConfig config) {
        levels = new FlowLevels(config, FlowShift.of(config, "shift"));
        schedule = SigmaSchedule.of(config);
        range = SigmaLadder.Range.of(config);
        terminal = FlowShift.terminal(config);
        inverted = config.flag("invert_sigmas", false);
        stochastic = config.flag("stochastic_sampling", false);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] given = options.sigmas();
        double[] shifted = given == null ? levels.own(options) : levels.given(given, options);
        if (terminal != null) {
            FlowShift.stretch(shifted, terminal);
        }
        if (schedule != null) {
            shifted = schedule.sigmas(range.max(shifted[0]), range.min(shifted[shifted.length - 1]), shifted.length);
        }
        float[] sigmas = new float[shifted.length + 1];
        for (int i = 0; i < shifted.length; i++) {
            sigmas[i] = inverted ? 1 - (float) shifted[i] : (float) shifted[i];
        }
        sigmas[shifted.length] = inverted ? 1 : 0;
        return new Run(sigmas, options);
    }

    private final class Run extends DenoisingRun {

        private float[] draw = {};

        Run(float[] sigmas, RunOptions options) {
            super(levels.timesteps(sigmas), sigmas, 1, 1, options);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            float sigma = sigma(index);
            float next = sigma(index + 1);
            if (!stochastic) {
                float step = next - sigma;
                for (int i = 0; i < out.length; i++) {
                    out[i] = sample[i] + step * modelOutput[i];
                }
                return;
            }
            if (draw.length == 0) {
                draw = new float[sample.length];
            }
            noise.fill(draw);
            for (int i = 0; i < out.length; i++) {
                float clean = sample[i] - sigma * modelOutput[i];
                out[i] = (1 - next) * clean + next * draw[i];
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            mix(1 - sigma(index), clean, sigma(index), noise, out);
        }
    }
}
