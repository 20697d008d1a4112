package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The predictions that one call of the denoising network makes: if they are needed, one for the negative prompt of each
 * image, then those for the prompts, image after image, each with its weight. Immutable.
 */
final class PredictionRows {
    private final int negatives;
    private final List<List<Double>> weights;
    private final int[] images;

    private PredictionRows(boolean negatives, List<List<Double>> weights) {
        this.negatives = negatives ? weights.size() : 0;
        this.weights = weights.stream().map(List::copyOf).toList();
        List<Integer> imageOf = new ArrayList<>();
        for (int image = 0; image < this.negatives; image++) {
            imageOf.add(image);
        }
        for (int image = 0; image < weights.size(); image++) {
            imageOf.addAll(Collections.nCopies(weights.get(image).size(), image));
        }
        this.images = imageOf.stream().mapToInt(Integer::intValue).toArray();
    }

    /** One prompt for each image. */
    static PredictionRows ofPrompts(int images, Guidance guidance) {
        return new PredictionRows(guidance.isOn(), Collections.nCopies(images, List.of(1.0)));
    }

    /**
     * Prompts of several parts.
     *
     * @param weights those of each image's parts
     */
    static PredictionRows ofParts(List<List<Double>> weights, Guidance guidance) {
        boolean plain = weights.stream().allMatch(List.of(1.0)::equals);
        return new PredictionRows(guidance.isOn() || !plain, weights);
    }

    /** The number of predictions. */
    int size() {
        return images.length;
    }

    /** Whether the first predictions are for negative prompts. */
    boolean hasNegatives() {
        return negatives > 0;
    }

    /** The image that a prediction belongs to. */
    int imageOf(int row) {
        return images[row];
    }

    /** The weights of an image's parts. */
    List<Double> weights(int image) {
        return weights.get(image);
    }

    /** The number of images. */
    int imageCount() {
        return weights.size();
    }

    /** Copies to each prediction what belongs to its image. */
    void spread(float[] perImage, RowTarget target) {
        int size = perImage.length / imageCount();
        for (int row = 0; row < size(); row++) {
            target.put(row, perImage, images[row] * size, size);
        }
    }

    /** Takes what belongs to one prediction. */
    @FunctionalInterface
    interface RowTarget {
        void put(int row, float[] values, int start, int count);
    }
}
