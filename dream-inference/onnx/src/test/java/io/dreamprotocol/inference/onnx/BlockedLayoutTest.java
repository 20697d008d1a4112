package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The orders that MLAS, the library of ONNX Runtime's processor kernels, documents as OIHWBiBo and OIHWBo. */
class BlockedLayoutTest {

    @Test
    void bothKindsOfChannelsInBlocks() {
        // Two output and three input channels in blocks of two, a kernel of one by two; the fourth input is filled up.
        float[] weight = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
        assertThat(new BlockedLayout(2, true).apply(weight, 2, 3, 2))
                .containsExactly(1, 11, 3, 13, 2, 12, 4, 14, 5, 15, 0, 0, 6, 16, 0, 0);
    }

    @Test
    void outputChannelsInBlocks() {
        // Three output channels in blocks of two: the fourth is filled up.
        float[] weight = {1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24};
        assertThat(new BlockedLayout(2, false).apply(weight, 3, 2, 2))
                .containsExactly(1, 11, 2, 12, 3, 13, 4, 14, 21, 0, 22, 0, 23, 0, 24, 0);
    }
}
