package io.dreamprotocol.inference.diffusion.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What CLIP sees of a picture is what it sees in Python, to the last bit of every pixel. */
class ClipImageInputGoldenTest {
    private static final Path GOLDEN = Path.of(System.getProperty("dream.golden"), "safety");

    @TestFactory
    Stream<DynamicTest> picturesBecomeThoseOfPillow() throws IOException {
        List<Object> cases = JSON.std.listFrom(Files.readAllBytes(GOLDEN.resolve("cases.json")));
        assertThat(cases).hasSize(6);
        return cases.stream()
                .map(each -> (Map<?, ?>) each)
                .map(each -> DynamicTest.dynamicTest((String) each.get("picture"), () -> check(each)));
    }

    private static void check(Map<?, ?> golden) throws IOException {
        RgbImage picture = read(GOLDEN.resolve((String) golden.get("picture")));

        float[] values = ClipImageInput.of(picture);

        assertThat(Bytes.sha256(crop(picture)).toHex()).isEqualTo(golden.get("crop_sha256"));
        List<?> expected = (List<?>) golden.get("values");
        int stride = 224 * 224 / 8 + 13;
        for (int i = 0; i < expected.size(); i++) {
            assertThat((double) values[i * stride]).isCloseTo(((Number) expected.get(i)).doubleValue(), within(2e-6));
        }
    }

    private static byte[] crop(RgbImage picture) {
        int shorter = Math.min(picture.width(), picture.height());
        int width = 224 * picture.width() / shorter;
        int height = 224 * picture.height() / shorter;
        byte[] resized = BicubicResize.resize(picture, width, height);
        byte[] crop = new byte[224 * 224 * 3];
        for (int y = 0; y < 224; y++) {
            int from = ((y + (height - 224) / 2) * width + (width - 224) / 2) * 3;
            System.arraycopy(resized, from, crop, y * 224 * 3, 224 * 3);
        }
        return crop;
    }

    private static RgbImage read(Path file) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        byte[] rgb = new byte[image.getWidth() * image.getHeight() * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) image.getRaster().getSample(i / 3 % image.getWidth(), i / 3 / image.getWidth(), i % 3);
        }
        return RgbImage.of(image.getWidth(), image.getHeight(), rgb);
    }
}
