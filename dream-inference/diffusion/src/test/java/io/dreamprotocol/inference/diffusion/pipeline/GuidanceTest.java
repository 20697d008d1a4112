package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GuidanceTest {
    @Test
    void predictionsMoveAwayFromTheNegativePrompt() {
        float[] out = new float[2];
        new Guidance(3, 0).combine(new float[] {1, 2, 2, 0}, 2, out);

        assertThat(out).containsExactly(1 + 3 * (2 - 1), 2 + 3 * (0 - 2));
    }

    @Test
    void rescalingBringsBackThePromptsOwnSpread() {
        float[] predictions = {0, 0, 0, 0, -1, 1, -2, 2};
        float[] out = new float[4];
        new Guidance(5, 1).combine(predictions, 2, out);

        assertThat(out).containsExactly(new float[] {-1, 1, -2, 2}, within(1e-6f));
    }

    @Test
    void halfOfTheSpreadIsBroughtBackForEachImageAlone() {
        float[] out = new float[4];
        new Guidance(5, 0.5).combine(new float[] {0, 0, 0, 0, -1, 1, -2, 2}, 2, out);

        assertThat(out).containsExactly(new float[] {-3, 3, -6, 6}, within(1e-6f));
    }
}
