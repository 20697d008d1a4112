package io.dreamprotocol.inference.diffusion.prompt;

import static io.dreamprotocol.inference.diffusion.GoldenFiles.json;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.list;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.numbers;
import static io.dreamprotocol.inference.diffusion.GoldenFiles.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.core.prompt.PromptTags;
import io.dreamprotocol.inference.diffusion.GoldenFiles;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptGoldenTest {
    private static final double TOLERANCE = 1e-9;

    @Test
    void weights() {
        for (Map<String, Object> row : objects(json("prompts/weights.json"), "rows")) {
            List<WeightedText> pieces = WeightParser.parse(prompt(row));
            assertPairs(
                    row,
                    list(row, "parsed"),
                    pieces.stream().map(WeightedText::text).toList(),
                    pieces.stream().map(WeightedText::weight).toList());
        }
    }

    @Test
    void schedules() {
        for (Map<String, Object> row : objects(json("prompts/schedule.json"), "rows")) {
            int steps = integer(row.get("steps"));
            PromptSchedule schedule = row.containsKey("base_steps")
                    ? PromptSchedule.ofSecondPass(prompt(row), steps, integer(row.get("base_steps")))
                    : PromptSchedule.of(prompt(row), steps);
            List<List<Object>> actual = new ArrayList<>();
            for (int last : schedule.lastSteps()) {
                actual.add(List.of(last, schedule.textAt(last)));
            }
            assertThat(actual).as("%s", row).isEqualTo(list(row, "schedule"));
        }
    }

    @Test
    void compositions() {
        for (Map<String, Object> row : objects(json("prompts/composition.json"), "rows")) {
            List<PromptPart> parts = PromptPart.split(prompt(row));
            assertPairs(
                    row,
                    list(row, "parts"),
                    parts.stream().map(PromptPart::text).toList(),
                    parts.stream().map(PromptPart::weight).toList());
        }
    }

    @Test
    void extraNetworks() {
        for (Map<String, Object> row : objects(json("prompts/extra_networks.json"), "rows")) {
            PromptTags parsed = PromptTags.parse(prompt(row));
            assertThat(parsed.rest()).as("%s", row).isEqualTo(row.get("rest"));
            List<Map<String, Object>> expected = objects(row, "networks");
            assertThat(parsed.networks()).as("%s", row).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                ExtraNetwork network = parsed.networks().get(i);
                assertThat(network.kind()).isEqualTo(expected.get(i).get("kind"));
                assertThat(network.positional()).isEqualTo(expected.get(i).get("positional"));
                assertThat(network.named()).isEqualTo(expected.get(i).get("named"));
                if (expected.get(i).containsKey("te")) {
                    assertThat(network.textEncoderWeight())
                            .isCloseTo(real(expected.get(i).get("te")), within(TOLERANCE));
                    assertThat(network.unetWeight())
                            .isCloseTo(real(expected.get(i).get("unet")), within(TOLERANCE));
                }
            }
        }
    }

    @Test
    void chunks() {
        ClipTokenizer tokenizer = ClipTokenizer.load(GoldenFiles.clipTokenizer());
        for (Map<String, Object> row : objects(json("prompts/chunks.json"), "rows")) {
            List<PromptChunk> chunks =
                    PromptChunk.of(prompt(row), tokenizer, integer(row.get("pad")), integer(row.get("backtrack")));
            List<Map<String, Object>> expected = objects(row, "chunks");
            assertThat(chunks).as("%s", row.get("prompt")).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                double[] weights = numbers(expected.get(i), "weights");
                assertChunk(chunks.get(i), list(expected.get(i), "ids"), weights);
            }
        }
    }

    @Test
    void tokensOfWeightedEmbeddings() {
        ClipTokenizer tokenizer = ClipTokenizer.load(GoldenFiles.path("pipelines/sd15/model/tokenizer"));
        for (Map<String, Object> row : objects(json("prompts/weighted_embeds.json"), "rows")) {
            List<PromptChunk> chunks = PromptChunk.of(prompt(row), tokenizer);
            assertThat(chunks).as("%s", row.get("prompt")).hasSize(integer(row.get("chunks")));
            for (int i = 0; i < chunks.size(); i++) {
                double[] weights = ((List<?>) list(row, "weights").get(i))
                        .stream().mapToDouble(PromptGoldenTest::real).toArray();
                assertChunk(chunks.get(i), (List<?>) list(row, "ids").get(i), weights);
            }
        }
    }

    private static void assertChunk(PromptChunk chunk, List<?> ids, double[] weights) {
        assertThat(Arrays.stream(chunk.ids()).boxed().toList()).isEqualTo(ids);
        if (weights.length == 0) {
            assertThat(chunk.isWeighted()).isFalse();
        } else {
            assertThat(chunk.weights()).containsExactly(weights, within(TOLERANCE));
        }
    }

    private static void assertPairs(
            Map<String, Object> row, List<Object> expected, List<String> texts, List<Double> weights) {
        assertThat(texts)
                .as("%s", row)
                .isEqualTo(
                        expected.stream().map(pair -> ((List<?>) pair).get(0)).toList());
        for (int i = 0; i < weights.size(); i++) {
            assertThat(weights.get(i))
                    .as("%s", row)
                    .isCloseTo(real(((List<?>) expected.get(i)).get(1)), within(TOLERANCE));
        }
    }

    private static String prompt(Map<String, Object> row) {
        if (row.get("prompt") instanceof String text) {
            return text;
        }
        List<Object> repeated = list(row, "prompt");
        return ((String) repeated.get(0)).repeat(integer(repeated.get(1)));
    }

    private static int integer(Object value) {
        return ((Number) value).intValue();
    }

    private static double real(Object value) {
        return ((Number) value).doubleValue();
    }
}
