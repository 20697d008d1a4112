package io.dreamprotocol.inference.diffusion.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.image.RgbImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StrongBlurTest {
    @Test
    void aPictureOfOneColourStaysAsItIs() {
        byte[] rgb = new byte[64 * 48 * 3];
        Arrays.fill(rgb, (byte) 200);
        RgbImage picture = RgbImage.of(64, 48, rgb);

        assertThat(StrongBlur.of(picture)).isEqualTo(picture);
    }

    @Test
    void detailsVanish() {
        int side = 128;
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % side;
            int y = i / 3 / side;
            rgb[i] = (byte) ((x / 8 + y / 8) % 2 == 0 ? 255 : 0);
        }

        byte[] blurred = StrongBlur.of(RgbImage.of(side, side, rgb)).toArray();

        for (byte value : blurred) {
            assertThat(value & 0xFF).isBetween(100, 155);
        }
    }

    /** A bright half and a dark half become an S-shaped slope whose deviation is a tenth of the side. */
    @Test
    void anEdgeBecomesTheSlopeOfAGaussian() {
        int side = 200;
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % side < side / 2 ? 0 : 255);
        }

        RgbImage blurred = StrongBlur.of(RgbImage.of(side, side, rgb));

        // The normal distribution's 15.9 % and 84.1 % lie one deviation, 20 pixels, before and behind the edge.
        assertThat((blurred.pixel(80, 100) & 0xFF) / 255.0).isCloseTo(0.159, within(0.03));
        assertThat((blurred.pixel(119, 100) & 0xFF) / 255.0).isCloseTo(0.841, within(0.03));
        assertThat((blurred.pixel(100, 3) & 0xFF) / 255.0).isCloseTo(0.5, within(0.02));
    }

    @Test
    void thePictureMayBeSmallerThanTheFilter() {
        assertThat(StrongBlur.of(RgbImage.of(1, 1, new byte[] {1, 2, 3})))
                .isEqualTo(RgbImage.of(1, 1, new byte[] {1, 2, 3}));
        assertThat(StrongBlur.of(RgbImage.of(2, 300, new byte[1800])).height()).isEqualTo(300);
    }
}
