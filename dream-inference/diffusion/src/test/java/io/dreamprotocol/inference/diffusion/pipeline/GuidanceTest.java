package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GuidanceTest {
    @Test
    void predictionsMoveAwayFromTheNegativePrompt() {
        assertThat(combine(new Guidance(3, 0), List.of(List.of(1.0)), 1, 2, 2, 0))
                .containsExactly(1 + 3 * (2 - 1), 2 + 3 * (0 - 2));
    }

    @Test
    void withoutGuidanceAPromptsOwnPredictionCounts() {
        assertThat(combine(Guidance.OFF, List.of(List.of(1.0)), 2, 0)).containsExactly(2, 0);
    }

    /** Equation 11 of 2206.01714: the ways to all parts add up, each with its weight. */
    @Test
    void partsAddUpByTheirWeights() {
        assertThat(combine(new Guidance(2, 0), List.of(List.of(1.0, -0.5)), 1, 2, 4, 6, 3, 8))
                .containsExactly(1 + 2 * (4 - 1) - (3 - 1), 2 + 2 * (6 - 2) - (8 - 2));
    }

    @Test
    void partsAddUpWithoutGuidanceToo() {
        assertThat(combine(new Guidance(1, 0), List.of(List.of(0.5)), 1, 5)).containsExactly(3);
    }

    @Test
    void imagesMayHaveDifferentNumbersOfParts() {
        assertThat(combine(new Guidance(2, 0), List.of(List.of(1.0), List.of(1.0, 1.0)), 0, 10, 1, 11, 12))
                .containsExactly(2, 10 + 2 + 4);
    }

    @Test
    void rescalingBringsBackThePromptsOwnSpread() {
        assertThat(combine(new Guidance(5, 1), List.of(List.of(1.0), List.of(1.0)), 0, 0, 0, 0, -1, 1, -2, 2))
                .containsExactly(new float[] {-1, 1, -2, 2}, within(1e-6f));
    }

    @Test
    void halfOfTheSpreadIsBroughtBackForEachImageAlone() {
        assertThat(combine(new Guidance(5, 0.5), List.of(List.of(1.0), List.of(1.0)), 0, 0, 0, 0, -1, 1, -2, 2))
                .containsExactly(new float[] {-3, 3, -6, 6}, within(1e-6f));
    }

    @Test
    void rescalingBringsBackTheSpreadOfAllPartsTogether() {
        assertThat(combine(new Guidance(5, 1), List.of(List.of(1.0, 1.0)), 0, 0, -1, 1, -2, 2))
                .containsExactly(new float[] {-3, 3}, within(1e-6f));
    }

    private static float[] combine(Guidance guidance, List<List<Double>> weights, float... predictions) {
        PredictionRows rows = PredictionRows.ofParts(weights, guidance);
        float[] out = new float[predictions.length / rows.size() * weights.size()];
        guidance.combine(predictions, rows, out);
        return out;
    }
}
