package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.inference.diffusion.noise.NoiseSource;

/** Euler's method with EDM's preconditioning, <a href="https://arxiv.org/abs/2206.00364">2206.00364</a>. */
final class EdmEulerMethod implements SchedulingMethod {

    private final EdmLevels levels;

    EdmEulerMethod(SchedulerConfig config) {
        levels = new EdmLevels(config);
    }

    @Override
    public DenoisingRun start(RunOptions options) {
        return new Run(levels.sigmasRepeatingTheLast(options.steps()), options);
    }

    private final class Run extends DenoisingRun {

        private final RunOptions.Churn churn;
        private float[] churned = {};
        private float[] original = {};

        Run(float[] sigmas, RunOptions options) {
            super(levels.timesteps(sigmas), sigmas, levels.initNoiseSigma(), 1, options);
            churn = options.churn();
        }

        @Override
        void scale(float[] sample, int index, float[] out) {
            levels.scale(sigma(index), sample, out);
        }

        @Override
        void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
            if (original.length == 0) {
                original = new float[sample.length];
                churned = new float[sample.length];
            }
            float sigma = sigma(index);
            float gamma = (float) churn.gamma(sigma, length());
            float raised = sigma * (gamma + 1);
            float[] from = sample;
            if (gamma > 0) {
                from = churned;
                noise.fill(from);
                churn.add(sample, from, sigma, raised);
            }
            levels.toOriginal(raised, modelOutput, from, original);
            float step = sigma(index + 1) - raised;
            for (int i = 0; i < out.length; i++) {
                out[i] = from[i] + (from[i] - original[i]) / raised * step;
            }
        }

        @Override
        void mix(float[] clean, float[] noise, int index, float[] out) {
            mix(1, clean, sigma(index), noise, out);
        }
    }
}
