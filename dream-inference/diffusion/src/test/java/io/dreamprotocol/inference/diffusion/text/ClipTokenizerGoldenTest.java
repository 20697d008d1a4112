package io.dreamprotocol.inference.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.inference.diffusion.GoldenFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClipTokenizerGoldenTest {
    private static final int LENGTH = 77;

    private final ClipTokenizer tokenizer = ClipTokenizer.load(GoldenFiles.clipTokenizer());
    private final List<Map<String, Object>> rows =
            GoldenFiles.objects(GoldenFiles.json("tokenizer/clip_ids.json"), "rows");

    @Test
    void everyPromptHasTheIdsOfThePythonTokenizer() {
        assertThat(rows).isNotEmpty().allSatisfy(row -> {
            int[] ids = GoldenFiles.integers(row, "ids");
            assertThat(tokenizer.encode(text(row))).isEqualTo(ids);
            assertThat(tokenizer.encodePart(text(row))).isEqualTo(Arrays.copyOfRange(ids, 1, ids.length - 1));
            assertThat(tokenizer.countTokens(text(row))).isEqualTo(ids.length - 2);
        });
    }

    @Test
    void promptsAreCutOrPaddedToTheModelsLength() {
        assertThat(rows).allSatisfy(row -> {
            int[] ids = GoldenFiles.integers(row, "ids");
            int[] expected = IntStream.range(0, LENGTH)
                    .map(i -> i < ids.length ? ids[i] : 49407)
                    .toArray();
            expected[LENGTH - 1] = 49407;
            int[] padded = tokenizer.encodePadded(text(row));
            assertThat(padded).isEqualTo(expected);
            if (row.containsKey("last_of_77")) {
                assertThat(Arrays.copyOfRange(padded, LENGTH - 3, LENGTH))
                        .isEqualTo(GoldenFiles.integers(row, "last_of_77"));
            }
        });
    }

    private static String text(Map<String, Object> row) {
        if (row.get("text") instanceof String text) {
            return text;
        }
        List<Object> repeated = GoldenFiles.list(row, "text_repeat");
        return ((String) repeated.get(0)).repeat(((Number) repeated.get(1)).intValue());
    }
}
