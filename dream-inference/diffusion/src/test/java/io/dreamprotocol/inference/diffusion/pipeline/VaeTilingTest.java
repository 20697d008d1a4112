package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class VaeTilingTest {
    @Test
    void sharesAddUpToOneWhereverTilesMeet() {
        VaeTiling tiling = new VaeTiling(8, 3, 0);
        for (int length = 1; length < 60; length++) {
            for (int factor : new int[] {1, 4}) {
                double[] sums = new double[length * factor];
                List<VaeTiling.Span> spans = tiling.spans(length, factor);
                for (VaeTiling.Span span : spans) {
                    assertThat(span.length()).isEqualTo(Math.min(8, length));
                    for (int i = 0; i < span.shares().length; i++) {
                        sums[span.start() * factor + i] += span.shares()[i];
                    }
                }
                for (double sum : sums) {
                    assertThat(sum).as("length %s", length).isCloseTo(1, within(1e-6));
                }
            }
        }
    }

    @Test
    void neighboursOverlapAsFarAsAskedFor() {
        VaeTiling tiling = new VaeTiling(8, 3, 0);
        for (int length = 9; length < 60; length++) {
            List<VaeTiling.Span> spans = tiling.spans(length, 1);
            for (int i = 1; i < spans.size(); i++) {
                assertThat(spans.get(i).start() - spans.get(i - 1).start()).isBetween(1, 5);
            }
            assertThat(spans.getLast().start() + 8).isEqualTo(length);
        }
    }

    @Test
    void whatIsTheSameEverywhereStaysSo() {
        VaeTiling tiling = new VaeTiling(4, 2, 0);
        float[] image = new float[2 * 9 * 7];
        for (int i = 0; i < image.length; i++) {
            image[i] = i;
        }
        float[] joined = tiling.join(9, 7, 2, 1, (rows, columns) -> VaeTiling.cut(image, 2, 7, rows, columns, 1));

        assertThat(joined).containsExactly(image, within(1e-4f));
    }

    @Test
    void tilesGoForward() {
        assertThatIllegalArgumentException().isThrownBy(() -> new VaeTiling(8, 8, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new VaeTiling(8, 0, 0));
    }
}
