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
                List<VaeTiling.Span> spans = tiling.spans(length, factor, false);
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
            List<VaeTiling.Span> spans = tiling.spans(length, 1, false);
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
        float[] joined =
                tiling.join(9, 7, 2, 1, false, (rows, columns) -> VaeTiling.cut(image, 2, 9, 7, rows, columns, 1));

        assertThat(joined).containsExactly(image, within(1e-4f));
    }

    @Test
    void tilesGoForward() {
        assertThatIllegalArgumentException().isThrownBy(() -> new VaeTiling(8, 8, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new VaeTiling(8, 0, 0));
    }

    @Test
    void tilesGoOverJoinedEdges() {
        VaeTiling tiling = new VaeTiling(8, 3, 0);
        for (int length : new int[] {9, 13, 16, 31, 64}) {
            List<VaeTiling.Span> spans = tiling.spans(length, 2, true);
            double[] shares = new double[2 * length];
            for (int i = 0; i < spans.size(); i++) {
                VaeTiling.Span span = spans.get(i);
                int next = i + 1 < spans.size() ? spans.get(i + 1).start() : length;
                assertThat(span.start() + span.length() - next).isGreaterThanOrEqualTo(3);
                for (int at = 0; at < span.shares().length; at++) {
                    shares[(span.start() * 2 + at) % shares.length] += span.shares()[at];
                }
            }
            assertThat(shares).containsOnly(new double[] {1}, within(1e-6));
        }
    }

    @Test
    void whatIsCutOverJoinedEdgesComesBackWhole() {
        VaeTiling tiling = new VaeTiling(4, 2, 0);
        float[] image = new float[2 * 9 * 7];
        for (int i = 0; i < image.length; i++) {
            image[i] = i;
        }
        float[] joined =
                tiling.join(9, 7, 2, 1, true, (rows, columns) -> VaeTiling.cut(image, 2, 9, 7, rows, columns, 1));
        assertThat(joined).containsExactly(image, within(1e-4f));
    }
}
