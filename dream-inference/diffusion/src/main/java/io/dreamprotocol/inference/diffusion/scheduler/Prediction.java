package io.dreamprotocol.inference.diffusion.scheduler;

/** What a network predicts, and how the clean sample and the noise follow from it. */
enum Prediction {
    /** The noise in the sample. */
    EPSILON("epsilon"),
    /** The clean sample. */
    SAMPLE("sample"),
    /** The velocity of <a href="https://arxiv.org/abs/2202.00512">2202.00512</a>. */
    V("v_prediction"),
    /** The direction from the clean sample to the noise, as flow matching trains it. */
    FLOW("flow_prediction");

    private final String configName;

    Prediction(String configName) {
        this.configName = configName;
    }

    /** The prediction type of a configuration whose class knows the given ones. */
    static Prediction of(SchedulerConfig config, Prediction... known) {
        String[] names = new String[known.length];
        for (int i = 0; i < known.length; i++) {
            names[i] = known[i].configName;
        }
        String name = config.choice("prediction_type", EPSILON.configName, names);
        for (Prediction prediction : known) {
            if (prediction.configName.equals(name)) {
                return prediction;
            }
        }
        throw new AssertionError(name);
    }

    /**
     * Writes the clean sample where a sample is {@code alpha * clean + sigma * noise}.
     *
     * @param out may be one of the other arrays
     */
    void toOriginal(float alpha, float sigma, float[] modelOutput, float[] sample, float[] out) {
        switch (this) {
            case EPSILON -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (sample[i] - sigma * modelOutput[i]) / alpha;
                }
            }
            case SAMPLE -> copy(modelOutput, out);
            case V -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = alpha * sample[i] - sigma * modelOutput[i];
                }
            }
            case FLOW -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = sample[i] - sigma * modelOutput[i];
                }
            }
        }
    }

    /** Writes the noise where a sample is {@code alpha * clean + sigma * noise}; flow predictions are not turned. */
    void toNoise(float alpha, float sigma, float[] modelOutput, float[] sample, float[] out) {
        switch (this) {
            case EPSILON -> copy(modelOutput, out);
            case SAMPLE -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (sample[i] - alpha * modelOutput[i]) / sigma;
                }
            }
            case V -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = alpha * modelOutput[i] + sigma * sample[i];
                }
            }
            case FLOW -> throw new IllegalStateException("a flow prediction has no noise prediction");
        }
    }

    /**
     * Writes the clean sample where a sample is {@code clean + sigma * noise} and the network saw it scaled to unit
     * variance.
     */
    void toOriginalUnscaled(float sigma, float[] modelOutput, float[] sample, float[] out) {
        switch (this) {
            case EPSILON, FLOW -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = sample[i] - sigma * modelOutput[i];
                }
            }
            case SAMPLE -> copy(modelOutput, out);
            case V -> {
                float variance = sigma * sigma + 1;
                float factor = -sigma / Float32.sqrt(variance);
                for (int i = 0; i < out.length; i++) {
                    out[i] = modelOutput[i] * factor + sample[i] / variance;
                }
            }
        }
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }
}
