package io.dreamprotocol.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Previews of the bundled model look like the finished pictures that Python made. */
class PreviewGoldenTest {
    private static final List<String> CASES = List.of("apple", "fox", "rocket_blue", "wide");

    @TempDir
    static Path cache;

    private static ImageModel model;

    @BeforeAll
    static void open() {
        model = Backends.openImageModel("onnx:dream-mini?cache=" + cache);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @TestFactory
    Stream<DynamicTest> previewsComeCloserToTheGoldenPictureAndEndWithIt() {
        Path golden = GoldenFiles.root().resolve("dream-mini");
        return ((List<?>) GoldenFiles.json(golden.resolve("cases.json")))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .filter(each -> CASES.contains(each.get("name")))
                        .map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> check(golden, each)));
    }

    private static void check(Path golden, Map<?, ?> values) {
        GenerationRequest request = GenerationRequest.of((String) values.get("prompt"))
                .withSteps(((Number) values.get("steps")).intValue())
                .withGuidanceScale(((Number) values.get("guidance")).doubleValue());
        if (values.get("negative") instanceof String negative) {
            request = request.withNegativePrompt(negative);
        }
        if (values.get("width") instanceof Number width && values.get("height") instanceof Number height) {
            request = request.withWidth(width.intValue()).withHeight(height.intValue());
        }
        RgbImage finished = GoldenFiles.picture(golden.resolve(values.get("name") + ".png"));
        int steps = request.steps().orElseThrow();
        List<Double> linear = new ArrayList<>();
        List<RgbImage> decoded = new ArrayList<>();

        RgbImage image = model.generate(
                        request.complete(model.descriptor(), ((Number) values.get("seed")).longValue()),
                        progress -> {
                            if (progress.step() == 0) {
                                assertThat(progress.preview()).isEmpty();
                                return;
                            }
                            RgbImage preview = progress.preview().orElseThrow().linear();
                            assertThat(preview.width() * 8).isEqualTo(finished.width());
                            assertThat(preview.height() * 8).isEqualTo(finished.height());
                            linear.add(correlation(preview, finished));
                            if (progress.step() == steps) {
                                decoded.add(progress.preview().orElseThrow().decoded());
                            }
                        },
                        new Cancellation())
                .image();

        assertThat(decoded).containsExactly(image);
        assertThat(linear).hasSize(steps);
        assertThat(linear.getLast()).as("linear preview at the end").isGreaterThan(0.94);
        assertThat(linear.get(steps / 2)).as("linear preview half way").isGreaterThan(0.8);
    }

    /** The correlation of a preview's values with the mean of the pixels that each stands for. */
    private static double correlation(RgbImage preview, RgbImage finished) {
        int factor = finished.width() / preview.width();
        int count = preview.width() * preview.height() * 3;
        double[] small = new double[count];
        double[] large = new double[count];
        for (int i = 0; i < count; i++) {
            int shift = 16 - 8 * (i % 3);
            int x = i / 3 % preview.width();
            int y = i / 3 / preview.width();
            small[i] = (preview.pixel(x, y) >> shift) & 0xFF;
            for (int dy = 0; dy < factor; dy++) {
                for (int dx = 0; dx < factor; dx++) {
                    large[i] += (finished.pixel(x * factor + dx, y * factor + dy) >> shift) & 0xFF;
                }
            }
        }
        return covariance(small, large) / Math.sqrt(covariance(small, small) * covariance(large, large));
    }

    private static double covariance(double[] a, double[] b) {
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < a.length; i++) {
            meanA += a[i] / a.length;
            meanB += b[i] / b.length;
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - meanA) * (b[i] - meanB);
        }
        return sum;
    }
}
