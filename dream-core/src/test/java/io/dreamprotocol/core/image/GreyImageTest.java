package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GreyImageTest {
    @Test
    void copiesItsValues() {
        byte[] values = {0, 1, (byte) 200, (byte) 255, 4, 5};
        GreyImage image = GreyImage.of(3, 2, values);
        values[2] = 9;
        image.toArray()[2] = 9;

        assertThat(image.pixel(2, 0)).isEqualTo(200);
        assertThat(image.pixel(0, 1)).isEqualTo(255);
        assertThat(image).isEqualTo(GreyImage.of(3, 2, image.toArray())).hasToString("GreyImage[3x2]");
        assertThat(image).hasSameHashCodeAs(GreyImage.of(3, 2, image.toArray()));
    }

    @Test
    void coloursBecomeTheirLumaAsInPillow() {
        byte[] rgb = {
            (byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, (byte) 255, (byte) 255, (byte) 255, 10, 20, 30
        };

        GreyImage image = GreyImage.of(RgbImage.of(5, 1, rgb));

        assertThat(image.toArray()).containsExactly(76, 150, 29, 255, 18);
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertThatThrownBy(() -> GreyImage.of(0, 1, new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GreyImage.of(2, 2, new byte[3])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GreyImage.of(1 << 20, 1 << 20, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
