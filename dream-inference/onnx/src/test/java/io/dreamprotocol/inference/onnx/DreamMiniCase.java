package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * One case of {@code dream-mini/cases.json}: what Python made with the bundled model.
 *
 * @param values what was asked for
 */
record DreamMiniCase(Map<?, ?> values) {
    private static final Path GOLDEN = GoldenFiles.root().resolve("dream-mini");

    /**
     * A LoRA of a case.
     *
     * @param file its file's name
     */
    record Lora(String file, double weight, double textEncoderWeight) {
        /** The file, which lies beside the model's folder in its artifact. */
        byte[] content() {
            ClassLoader loader = DreamMiniCase.class.getClassLoader();
            try (InputStream in = loader.getResourceAsStream("io/dreamprotocol/inference/models/" + file)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Stream<DynamicTest> tests(Consumer<DreamMiniCase> check) {
        List<?> cases = (List<?>) GoldenFiles.json(GOLDEN.resolve("cases.json"));
        assertThat(cases).isNotEmpty();
        return cases.stream()
                .map(each -> new DreamMiniCase((Map<?, ?>) each))
                .map(each -> DynamicTest.dynamicTest(each.text("name"), () -> check.accept(each)));
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    String text(String key) {
        return (String) values.get(key);
    }

    Number number(String key) {
        return (Number) values.get(key);
    }

    List<Lora> loras() {
        return !has("loras")
                ? List.of()
                : ((List<?>) values.get("loras"))
                        .stream()
                                .map(each -> (List<?>) each)
                                .map(lora -> new Lora(
                                        (String) lora.get(0),
                                        ((Number) lora.get(1)).doubleValue(),
                                        ((Number) lora.get(2)).doubleValue()))
                                .toList();
    }

    float[] latents() {
        return GoldenFiles.npy(GOLDEN.resolve(text("name") + ".latents.npy"));
    }

    void assertSame(RgbImage picture) {
        int[] expected = GoldenFiles.rgb(GOLDEN.resolve(text("name") + ".png"));
        byte[] actual = picture.toArray();
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(GoldenComparison.shareWithin(2, actual, expected))
                .as("share of close values")
                .isGreaterThanOrEqualTo(0.999);
        assertThat(GoldenComparison.psnr(actual, expected)).as("PSNR").isGreaterThan(40);
    }
}
