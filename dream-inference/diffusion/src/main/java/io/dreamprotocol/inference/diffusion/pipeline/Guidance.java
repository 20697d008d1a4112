package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.List;

/**
 * Classifier-free guidance (<a href="https://arxiv.org/abs/2207.12598">2207.12598</a>): away from what the network predicts
 * for the negative prompt, towards what it predicts for the prompt, or for each of its parts (<a
 * href="https://arxiv.org/abs/2206.01714">2206.01714</a>).
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
     * @param predictions the numbers of each row
     * @param rows what the rows are
     * @param out receives the combined prediction of each image
     */
    void combine(float[] predictions, PredictionRows rows, float[] out) {
        if (!rows.hasNegatives()) {
            System.arraycopy(predictions, 0, out, 0, out.length);
            return;
        }
        int size = out.length / rows.imageCount();
        int part = out.length;
        for (int image = 0; image < rows.imageCount(); image++) {
            List<Double> weights = rows.weights(image);
            int start = image * size;
            add(predictions, start, part, size, weights, isOn() ? scale : 1, out, start);
            if (isOn() && rescale > 0) {
                rescaleImage(predictions, start, part, size, weights, out);
            }
            part += weights.size() * size;
        }
    }

    /** The prediction for the negative prompt, plus the weighted ways from there to those for the parts. */
    private static void add(
            float[] predictions,
            int negativeStart,
            int part,
            int size,
            List<Double> weights,
            double scale,
            float[] out,
            int start) {
        System.arraycopy(predictions, negativeStart, out, start, size);
        int from = part;
        for (double weight : weights) {
            float factor = (float) (scale * weight);
            for (int i = 0; i < size; i++) {
                out[start + i] += factor * (predictions[from + i] - predictions[negativeStart + i]);
            }
            from += size;
        }
    }

    private void rescaleImage(float[] predictions, int start, int part, int size, List<Double> weights, float[] out) {
        float[] own = new float[size];
        if (weights.equals(List.of(1.0))) {
            System.arraycopy(predictions, part, own, 0, size);
        } else {
            add(predictions, start, part, size, weights, 1, own, 0);
        }
        double ratio = deviation(own, 0, size) / deviation(out, start, size);
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
