package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkSource;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.prompt.Emphasis;
import io.dreamprotocol.inference.diffusion.prompt.PromptChunk;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The weights of a prompt on a real text encoder, against Python. */
class WeightedEmbeddingsGoldenTest {
    private static final String OUTPUT = "last_hidden_state";

    @Test
    void weightedEmbeddingsEqualThoseOfPython() {
        Path model = GoldenFiles.root().resolve("pipelines/sd15/model");
        Map<?, ?> golden = (Map<?, ?>) GoldenFiles.json(GoldenFiles.root().resolve("prompts/weighted_embeds.json"));
        ClipTokenizer tokenizer = ClipTokenizer.load(model.resolve("tokenizer"));
        try (Network encoder = OnnxRuntime.start(OnnxOptions.defaults())
                .load(new NetworkSource("text_encoder", model.resolve("text_encoder/model.onnx")))) {
            for (Object each : (List<?>) golden.get("rows")) {
                Map<?, ?> row = (Map<?, ?>) each;
                List<PromptChunk> chunks = PromptChunk.of((String) row.get("prompt"), tokenizer);
                compare(embedding(encoder, chunks, Emphasis.NO_NORM), (Map<?, ?>) row.get("no_norm"), 1e-4);
                compare(embedding(encoder, chunks, Emphasis.ORIGINAL), (Map<?, ?>) row.get("original"), 1e-3);
            }
        }
    }

    private static float[] embedding(Network encoder, List<PromptChunk> chunks, Emphasis emphasis) {
        float[] joined = new float[0];
        for (PromptChunk chunk : chunks) {
            int[] ids = chunk.ids();
            Tensor input = Tensor.zeros(encoder.inputs().get("input_ids").type(), 1, ids.length);
            input.put(0, ids);
            Tensor states = encoder.run(Map.of("input_ids", input), Set.of(OUTPUT), new Cancellation())
                    .get(OUTPUT);
            float[] values = new float[states.elements()];
            states.get(0, values, 0, values.length);
            emphasis.apply(values, chunk);
            int start = joined.length;
            joined = Arrays.copyOf(joined, start + values.length);
            System.arraycopy(values, 0, joined, start, values.length);
        }
        return joined;
    }

    private static void compare(float[] actual, Map<?, ?> expected, double tolerance) {
        List<?> shape = (List<?>) expected.get("shape");
        int width = ((Number) shape.get(2)).intValue();
        assertThat(actual).hasSize(((Number) shape.get(1)).intValue() * width);
        compareNumbers(actual, 0, (List<?>) expected.get("first8"), tolerance);
        for (int token : new int[] {1, 2, 5}) {
            List<?> numbers = (List<?>) expected.get("token" + token + "_first4");
            compareNumbers(actual, token * width, numbers, tolerance);
        }
        double mean = GoldenComparison.mean(actual);
        assertThat(mean).isCloseTo(((Number) expected.get("mean")).doubleValue(), within(tolerance));
        double squares = 0;
        for (float value : actual) {
            squares += (value - mean) * (value - mean);
        }
        assertThat(Math.sqrt(squares / actual.length))
                .isCloseTo(((Number) expected.get("std")).doubleValue(), within(tolerance));
    }

    private static void compareNumbers(float[] actual, int start, List<?> expected, double tolerance) {
        for (int i = 0; i < expected.size(); i++) {
            double value = ((Number) expected.get(i)).doubleValue();
            assertThat((double) actual[start + i]).isCloseTo(value, within(tolerance * Math.max(1, Math.abs(value))));
        }
    }
}
