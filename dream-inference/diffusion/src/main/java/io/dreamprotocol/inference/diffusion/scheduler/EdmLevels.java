package io.dreamprotocol.inference.diffusion.scheduler;

/**
 * The noise levels and the preconditioning of EDM, equation 5 and table 1 of <a
 * href="https://arxiv.org/abs/2206.00364">2206.00364</a>.
 */
final class EdmLevels {

    private final double min;
    private final double max;
    private final double rho;
    private final double sigmaData;
    private final boolean exponential;
    private final boolean endsAtZero;
    private final Prediction prediction;

    EdmLevels(SchedulerConfig config) {
        min = config.real("sigma_min", 0.002, 1e-6, 1e6);
        max = config.real("sigma_max", 80, min, 1e6);
        rho = config.real("rho", 7, 0.1, 100);
        sigmaData = config.real("sigma_data", 0.5, 1e-6, 1e6);
        exponential = config.choice("sigma_schedule", "karras", "karras", "exponential")
                .equals("exponential");
        endsAtZero =
                config.choice("final_sigmas_type", "zero", "zero", "sigma_min").equals("zero");
        prediction = Prediction.of(config, Prediction.EPSILON, Prediction.V);
        NoiseTable.trainTimesteps(config);
    }

    /** The levels of a run, and zero or the smallest configured level as the final one. */
    float[] sigmas(int steps) {
        float[] sigmas = new float[steps + 1];
        double minRoot = Math.pow(min, 1 / rho);
        double maxRoot = Math.pow(max, 1 / rho);
        double[] ramp = Spacing.evenly(0, 1, steps);
        float[] logs = Float32.linspace(Math.log(min), Math.log(max), steps);
        for (int i = 0; i < steps; i++) {
            sigmas[i] = exponential
                    ? Float32.exp(logs[steps - 1 - i])
                    : (float) Math.pow(maxRoot + ramp[i] * (minRoot - maxRoot), rho);
        }
        sigmas[steps] = endsAtZero ? 0 : (float) min;
        return sigmas;
    }

    /** The same, but a run that does not end at zero ends at its own last level, which differs in a run of one step. */
    float[] sigmasRepeatingTheLast(int steps) {
        float[] sigmas = sigmas(steps);
        if (!endsAtZero) {
            sigmas[steps] = sigmas[steps - 1];
        }
        return sigmas;
    }

    /** What the network is told instead of a timestep. */
    double[] timesteps(float[] sigmas) {
        double[] timesteps = new double[sigmas.length - 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = 0.25f * Float32.log(sigmas[i]);
        }
        return timesteps;
    }

    float initNoiseSigma() {
        return (float) Math.sqrt(max * max + 1);
    }

    void scale(float sigma, float[] sample, float[] out) {
        float factor = 1 / Float32.sqrt(sigma * sigma + (float) (sigmaData * sigmaData));
        for (int i = 0; i < out.length; i++) {
            out[i] = sample[i] * factor;
        }
    }

    void toOriginal(float sigma, float[] modelOutput, float[] sample, float[] out) {
        float dataVariance = (float) (sigmaData * sigmaData);
        float variance = sigma * sigma + dataVariance;
        float skip = dataVariance / variance;
        float signed = prediction == Prediction.V ? -sigma : sigma;
        float take = signed * (float) sigmaData / Float32.sqrt(variance);
        for (int i = 0; i < out.length; i++) {
            out[i] = skip * sample[i] + take * modelOutput[i];
        }
    }
}
