package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.List;

/** Heun's method of second order for flow matching, <a href="https://arxiv.org/abs/2210.02747">2210.02747</a>. */
final class FlowMatchHeunMethod implements SchedulingMethod {

    private final FlowLevels levels;

    FlowMatchHeunMethod(SchedulerConfig config) {
        levels = new FlowLevels(config, new FlowShift(config.real("shift", 1, 1e-3, 1e3), false, true));
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        double[] shifted = levels.own(options);
        float[] sigmas = new float[shifted.length + 1];
        for (int i = 0; i < shifted.length; i++) {
            sigmas[i] = (float) shifted[i];
        }
        return new Run(sigmas, options);
    }

    private final class Run extends DenoisingRun {

        private float[] derivative = {};
        private float[] start = {};

        Run(float[] sigmas, RunOptions options) {
            super(HeunMethod.innerTwice(levels.timesteps(sigmas)), HeunMethod.innerTwice(sigmas), 1, 2, options);
        }

        @Override
        List<float[]> memory() {
            return nextIndex() % 2 == 0 ? List.of() : List.of(start, derivative);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (derivative.length == 0) {
                derivative = new float[sample.length];
                start = new float[sample.length];
            }
            if (index % 2 == 0) {
                float step = sigma(index + 1) - sigma(index);
                System.arraycopy(sample, 0, start, 0, sample.length);
                System.arraycopy(modelOutput, 0, derivative, 0, sample.length);
                for (int i = 0; i < out.length; i++) {
                    out[i] = start[i] + step * derivative[i];
                }
                return;
            }
            float step = sigma(index) - sigma(index - 1);
            for (int i = 0; i < out.length; i++) {
                out[i] = start[i] + 0.5f * (derivative[i] + modelOutput[i]) * step;
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            mix(1 - sigma(index), clean, sigma(index), noise, out);
        }
    }
}
