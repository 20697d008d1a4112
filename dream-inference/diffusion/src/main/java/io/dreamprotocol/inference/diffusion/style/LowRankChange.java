package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.inference.diffusion.network.WeightChange;
import io.dreamprotocol.inference.diffusion.network.WeightLayout;

/** A style's change of one layer of a network, at a certain strength. */
final class LowRankChange implements WeightChange {
    private final String layer;
    private final LowRankLayer change;
    private final float strength;

    LowRankChange(String layer, LowRankLayer change, double weight) {
        this.layer = layer;
        this.change = change;
        this.strength = (float) (weight * change.scale());
    }

    @Override
    public String layer() {
        return layer;
    }

    @Override
    public void addTo(float[] weight, WeightLayout layout) {
        if (weight.length != change.elements()) {
            throw new IllegalArgumentException(
                    "the layer " + layer + " has " + weight.length + " weights, not " + change.elements());
        }
        switch (layout) {
            case OUTPUT_MAJOR ->
                addProduct(
                        scaled(change.up().toFloats()),
                        change.down().toFloats(),
                        change.down().rows(),
                        weight);
            case INPUT_MAJOR ->
                addProduct(
                        scaled(change.down().toTransposedFloats()),
                        change.up().toTransposedFloats(),
                        change.down().rows(),
                        weight);
        }
    }

    private float[] scaled(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= strength;
        }
        return values;
    }

    /** Adds the product of two row-major matrices. Four ranks at a time need a quarter of the memory traffic of one. */
    private static void addProduct(float[] left, float[] right, int rank, float[] sum) {
        int rows = left.length / rank;
        int columns = right.length / rank;
        int whole = rank - rank % 4;
        for (int row = 0; row < rows; row++) {
            int at = row * rank;
            int target = row * columns;
            for (int k = 0; k < whole; k += 4) {
                addFour(left, at + k, right, k * columns, columns, sum, target);
            }
            for (int k = whole; k < rank; k++) {
                addOne(left[at + k], right, k * columns, columns, sum, target);
            }
        }
    }

    private static void addFour(float[] left, int at, float[] right, int from, int columns, float[] sum, int target) {
        float a = left[at];
        float b = left[at + 1];
        float c = left[at + 2];
        float d = left[at + 3];
        int second = from + columns;
        int third = second + columns;
        int fourth = third + columns;
        for (int j = 0; j < columns; j++) {
            sum[target + j] +=
                    a * right[from + j] + b * right[second + j] + c * right[third + j] + d * right[fourth + j];
        }
    }

    private static void addOne(float factor, float[] right, int from, int columns, float[] sum, int target) {
        for (int j = 0; j < columns; j++) {
            sum[target + j] += factor * right[from + j];
        }
    }
}
