package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares with files and pictures that Pillow, libwebp, libjpeg-turbo and piexif made. */
class ImagesGoldenTest {
    private static Stream<DynamicTest> tests(String part, String name, Consumer<Map<String, Object>> check) {
        return GoldenImages.rows(part).stream()
                .map(row -> DynamicTest.dynamicTest((String) row.get(name), () -> check.accept(row)));
    }

    @TestFactory
    Stream<DynamicTest> picturesAreDecodedAsPillowDoes() {
        return tests("decode", "file", row -> {
            DecodedImage decoded = ImageFiles.read(GoldenImages.bytes(row.get("file")));

            RgbImage expected = GoldenImages.colours(row.get("picture"));
            assertThat(decoded.image()).hasToString(expected.toString());
            assertThat(largestDifference(decoded.image().toArray(), expected.toArray()))
                    .isLessThanOrEqualTo((Integer) row.get("tolerance"));
            assertThat(decoded.alpha())
                    .isEqualTo(Optional.ofNullable(row.get("alpha")).map(GoldenImages::greys));
        });
    }

    private static int largestDifference(byte[] one, byte[] other) {
        int largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs((one[i] & 0xFF) - (other[i] & 0xFF)));
        }
        return largest;
    }

    @TestFactory
    Stream<DynamicTest> parametersAreFoundWhereToolsPutThem() {
        return tests(
                "text",
                "file",
                row -> assertThat(ImageFiles.parameters(GoldenImages.bytes(row.get("file"))))
                        .isEqualTo(Optional.ofNullable((String) row.get("text"))));
    }

    @TestFactory
    Stream<DynamicTest> parametersArePutInAsTheWebUiDoes() {
        return GoldenImages.rows("text").stream()
                .filter(row -> ((String) row.get("file")).matches("text/(latin|japanese|emoji)(_\\w+)?\\.(jpg|webp)"))
                .map(row -> DynamicTest.dynamicTest((String) row.get("file"), () -> {
                    boolean isLossless = ((String) row.get("file")).contains("lossless");
                    byte[] wanted = GoldenImages.bytes(row.get("file"));
                    byte[] other = ImageFiles.withParameters(wanted, "something else");
                    assertThat(ImageFiles.parameters(other)).hasValue("something else");

                    byte[] again = ImageFiles.withParameters(other, (String) row.get("text"));

                    assertThat(again).isEqualTo(wanted);
                    if (isLossless) {
                        byte[] plain = GoldenImages.bytes("text/none.webp");
                        assertThat(ImageFiles.withParameters(plain, (String) row.get("text")))
                                .isEqualTo(wanted);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> picturesAreResizedAsPillowDoes() {
        return tests("resize", "result", row -> {
            Resampling filter = row.get("filter").equals("lanczos") ? Resampling.LANCZOS : Resampling.NEAREST;
            int width = (Integer) row.get("width");
            int height = (Integer) row.get("height");
            if (((String) row.get("source")).endsWith(".ppm")) {
                RgbImage source = GoldenImages.colours(row.get("source"));
                assertThat(filter.resize(source, width, height)).isEqualTo(GoldenImages.colours(row.get("result")));
            } else {
                GreyImage source = GoldenImages.greys(row.get("source"));
                assertThat(filter.resize(source, width, height)).isEqualTo(GoldenImages.greys(row.get("result")));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> losslessWebpIsWrittenAsLibwebpReadsIt() {
        return tests(
                "webp",
                "file",
                row -> assertThat(ImageFiles.write(
                                ImageFormat.WEBP, GoldenImages.colours(row.get("picture")), Optional.empty()))
                        .isEqualTo(GoldenImages.bytes(row.get("file"))));
    }
}
