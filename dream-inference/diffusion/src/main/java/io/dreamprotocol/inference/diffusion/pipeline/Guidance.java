package io.dreamprotocol.inference.diffusion.pipeline;

/**
 * Classifier-free guidance (<a href="https://arxiv.org/abs/2207.12598">2207.12598</a>): away from what the network predicts
 * for the negative prompt, towards what it predicts for the prompt.
 *
 * @param scale how far; 1 and less switch guidance off
 * @param rescale how much of the prediction's spread over an image is brought back to that of the prompt's own prediction
 *     (<a href="https://arxiv.org/abs/2305.08891">2305.08891</a>, section 3.4), from 0 to 1
 */
record Guidance(double scale, double rescale) {
    /** No guidance by a second prediction. */
    static final Guidance OFF = new Guidance(1, 0);

    /** Whether predictions for the negative prompt are needed at all. */
    boolean isOn() {
        return scale > 1;
    }

    /**
     * Combines predictions.
     *
     * @param predictions those for the negative prompt, then as many for the prompt
     * @param imageSize the number of elements of one image
     * @param out receives the combined prediction, half as long
     */
    void combine(float[] predictions, int imageSize, float[] out) {
        float factor = (float) scale;
        int prompt = out.length;
        for (int i = 0; i < out.length; i++) {
            float negative = predictions[i];
            out[i] = negative + factor * (predictions[prompt + i] - negative);
        }
        if (rescale > 0) {
            for (int start = 0; start < out.length; start += imageSize) {
                rescaleImage(predictions, prompt + start, out, start, imageSize);
            }
        }
    }

    private void rescaleImage(float[] predictions, int prompt, float[] out, int start, int size) {
        double ratio = deviation(predictions, prompt, size) / deviation(out, start, size);
        float factor = (float) (rescale * ratio + (1 - rescale));
        for (int i = start; i < start + size; i++) {
            out[i] *= factor;
        }
    }

    private static double deviation(float[] values, int start, int size) {
        double sum = 0;
        for (int i = start; i < start + size; i++) {
            sum += values[i];
        }
        double mean = sum / size;
        double squares = 0;
        for (int i = start; i < start + size; i++) {
            double difference = values[i] - mean;
            squares += difference * difference;
        }
        return Math.sqrt(squares / (size - 1));
    }
}
