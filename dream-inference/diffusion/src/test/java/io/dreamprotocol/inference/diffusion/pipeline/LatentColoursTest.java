package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.network.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatentColoursTest {
    private static final List<Integer> LEVELS = List.of(128, 256, 512, 512);
    private static final ModelFolder FOLDER =
            ModelFolder.open(Path.of(System.getProperty("dream.golden"), "pipelines", "sd15", "model"));

    @Test
    void theAutoencodersOfStableDiffusionHavePublishedColours() {
        LatentColours first = LatentColours.published(vae(4, LEVELS, 0.18215)).orElseThrow();
        LatentColours xl = LatentColours.published(vae(4, LEVELS, 0.13025)).orElseThrow();

        // By hand: (0.298 + 1) / 2 = 0.649, (0.207 + 1) / 2 = 0.6035, (0.208 + 1) / 2 = 0.604 for the first channel
        // alone.
        assertThat(first.paint(latents(1, 0, 0, 0), 0).pixel(0, 0)).isEqualTo(colour(0.649, 0.6035, 0.604));
        assertThat(first.paint(latents(0, 0, 0, 0), 0).pixel(0, 0)).isEqualTo(colour(0.5, 0.5, 0.5));
        assertThat(xl.paint(latents(0, 1, 0, 0), 0).pixel(0, 0)).isEqualTo((90 << 16) | (135 << 8) | 140);
        assertThat(xl.paint(latents(9, 0, 0, 0), 0).pixel(0, 0)).isEqualTo(0xFFFFFF);
    }

    @Test
    void otherAutoencodersHaveNone() {
        assertThat(LatentColours.published(vae(8, LEVELS, 0.18215))).isEmpty();
        assertThat(LatentColours.published(vae(4, List.of(16, 32), 0.18215))).isEmpty();
        assertThat(LatentColours.published(vae(4, LEVELS, 1))).isEmpty();
    }

    @Test
    void aFitFindsTheColoursOfALinearDecoder() {
        try (VaeDecoder decoder = VaeDecoder.of(FOLDER, new FirstThreeChannels())) {
            LatentColours fitted = LatentColours.fitted(FOLDER.vae(), decoder, new Cancellation());

            assertThat(rgb(fitted.paint(latents(0, 0, 0, 0), 0)))
                    .allSatisfy(value -> assertThat(value).isBetween(126, 129));
            assertThat(rgb(fitted.paint(latents(1, -1, 0, 0), 0)).get(0)).isBetween(150, 154);
            assertThat(rgb(fitted.paint(latents(1, -1, 0, 0), 0)).get(1)).isBetween(101, 105);
            assertThat(rgb(fitted.paint(latents(0, 0, 0, 2), 0)))
                    .allSatisfy(value -> assertThat(value).isBetween(126, 129));
        }
    }

    @Test
    void moreChannelsThanTheLimitAreRefused() {
        try (StableDiffusionModel model = StableDiffusionModel.load(FOLDER, new FakeRuntime())) {
            VaeConfig vae = vae(LatentColours.MAX_CHANNELS + 1, LEVELS, 1);
            assertThatThrownBy(() -> LatentColours.fitted(vae, model.decoder(), new Cancellation()))
                    .isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("decoded");
        }
    }

    private static Latents latents(float... channels) {
        return new Latents(1, channels.length, 1, 1, channels);
    }

    private static List<Integer> rgb(RgbImage image) {
        int pixel = image.pixel(0, 0);
        return List.of(pixel >> 16, (pixel >> 8) & 0xFF, pixel & 0xFF);
    }

    private static int colour(double red, double green, double blue) {
        return ((int) Math.rint(red * 255) << 16) | ((int) Math.rint(green * 255) << 8) | (int) Math.rint(blue * 255);
    }

    private static VaeConfig vae(int channels, List<Integer> levels, double scale) {
        return new VaeConfig(channels, 512, levels, true, scale, 0, Optional.empty(), Optional.empty());
    }

    /** A decoder whose red, green and blue are a fifth of the first three of four channels. */
    private static final class FirstThreeChannels implements Network {
        @Override
        public Map<String, TensorInfo> inputs() {
            return Map.of("latent_sample", new TensorInfo(ElementType.FLOAT32, Shape.of(-1, 4, -1, -1)));
        }

        @Override
        public Map<String, TensorInfo> outputs() {
            return Map.of("sample", new TensorInfo(ElementType.FLOAT32, Shape.of(-1, 3, -1, -1)));
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, Cancellation cancellation) {
            Tensor latents = given.get("latent_sample");
            int height = (int) latents.shape().dimension(2);
            int width = (int) latents.shape().dimension(3);
            float[] from = latents.toFloats();
            float[] values = new float[3 * 64 * height * width];
            for (int i = 0; i < values.length; i++) {
                int channel = i / (64 * height * width);
                int y = i / (8 * width) % (8 * height) / 8;
                int x = i % (8 * width) / 8;
                values[i] = (float) (from[(channel * height + y) * width + x] * 0.18215 / 5);
            }
            return Map.of("sample", Tensor.of(values, 1, 3, 8L * height, 8L * width));
        }

        @Override
        public void close() {}
    }
}
