package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GuidanceEmbeddingTest {
    @Test
    void noGuidanceIsPositionZero() {
        assertThat(GuidanceEmbedding.of(1, 4)).containsExactly(0, 0, 1, 1);
    }

    @Test
    void sinesComeBeforeCosinesAndFrequenciesFall() {
        // Positions (scale - 1) * 1000 = 0.5, frequencies 1 and 1/10000.
        float[] embedding = GuidanceEmbedding.of(1.0005, 4);

        assertThat(embedding)
                .containsExactly(
                        new float[] {
                            (float) Math.sin(0.5),
                            (float) Math.sin(0.00005),
                            (float) Math.cos(0.5),
                            (float) Math.cos(0.00005)
                        },
                        within(1e-5f));
    }
}
