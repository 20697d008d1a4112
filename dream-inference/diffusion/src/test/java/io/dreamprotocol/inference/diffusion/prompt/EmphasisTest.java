package io.dreamprotocol.inference.diffusion.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EmphasisTest {
    private static final int TOKENS = 77;
    private static final int WIDTH = 4;
    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load(GoldenFiles.clipTokenizer());

    @Test
    void everyTokensNumbersAreMultipliedByItsWeight() {
        float[] embedding = embedding();
        Emphasis.NO_NORM.apply(embedding, chunk("a (cat:1.5)"));
        float[] expected = embedding();
        for (int i = 2 * WIDTH; i < 3 * WIDTH; i++) {
            expected[i] *= 1.5f;
        }
        assertThat(embedding).isEqualTo(expected);
    }

    @Test
    void theMeanOfAChunkIsRestored() {
        float[] multiplied = embedding();
        Emphasis.NO_NORM.apply(multiplied, chunk("a (cat:1.5), [blurry]"));
        float[] restored = embedding();
        Emphasis.ORIGINAL.apply(restored, chunk("a (cat:1.5), [blurry]"));
        assertThat(mean(restored)).isCloseTo(mean(embedding()), within(1e-6));
        double factor = mean(embedding()) / mean(multiplied);
        for (int i = 0; i < restored.length; i++) {
            assertThat((double) restored[i]).isCloseTo(multiplied[i] * factor, within(1e-5));
        }
    }

    @Test
    void plainTextChangesNothing() {
        float[] embedding = embedding();
        Emphasis.ORIGINAL.apply(embedding, chunk("a (cat:1.0)"));
        assertThat(embedding).isEqualTo(embedding());
    }

    @Test
    void aSumOfZeroIsNotScaled() {
        float[] embedding = new float[TOKENS];
        embedding[1] = 1;
        Emphasis.ORIGINAL.apply(embedding, chunk("(cat:0)"));
        assertThat(embedding).isEqualTo(new float[TOKENS]);
    }

    @Test
    void otherLengthsAreMistakes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Emphasis.ORIGINAL.apply(new float[76], chunk("(a)")));
    }

    private static PromptChunk chunk(String text) {
        return PromptChunk.of(text, TOKENIZER).get(0);
    }

    private static float[] embedding() {
        float[] embedding = new float[TOKENS * WIDTH];
        for (int i = 0; i < embedding.length; i++) {
            embedding[i] = (float) Math.sin(i) + 0.25f;
        }
        return embedding;
    }

    private static double mean(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return Arrays.stream(wide).average().orElseThrow();
    }
}
