package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.VaeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LatentColoursTest {
    private static final List<Integer> LEVELS = List.of(128, 256, 512, 512);
    private static final ModelFolder FOLDER =
            ModelFolder.open(Path.of(System.getProperty("dream.golden"), "pipelines", "sd15", "model"));

    @Test
    void theAutoencodersOfStableDiffusionHavePublishedColours() {
        LatentColours first = LatentColours.published(vae(4, LEVELS, 0.18215)).orElseThrow();
        LatentColours xl = LatentColours.published(vae(4, LEVELS, 0.13025)).orElseThrow();

        // By hand: (0.298 + 1) / 2 = 0.649, (0.207 + 1) / 2 = 0.6035, (0.208 + 1) / 2 = 0.604 for the first channel alone.
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

    /** The fake decoder's red, green and blue are the first three channels, clamped. */
    @Test
    void aFitFindsWhichChannelMakesWhichColour() {
        try (StableDiffusionModel model = StableDiffusionModel.load(FOLDER, new FakeRuntime())) {
            LatentColours fitted = LatentColours.fitted(FOLDER.vae(), model.decoder(), new Cancellation());

            assertThat(rgb(fitted.paint(latents(0, 0, 0, 0), 0))).allSatisfy(value -> assertThat(value).isBetween(110, 145));
            for (int channel = 0; channel < 4; channel++) {
                float[] one = new float[4];
                one[channel] = 1;
                List<Integer> colour = rgb(fitted.paint(latents(one), 0));
                for (int i = 0; i < 3; i++) {
                    if (i == channel) {
                        assertThat(colour.get(i)).isGreaterThan(200);
                    } else {
                        assertThat(colour.get(i)).isBetween(100, 155);
                    }
                }
            }
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
}
