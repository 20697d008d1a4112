package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResamplingTest {
    @ParameterizedTest
    @EnumSource(Resampling.class)
    void theSameSizeIsTheSamePicture(Resampling resampling) {
        RgbImage image = Pictures.of(9, 7, 1);

        assertThat(resampling.resize(image, 9, 7)).isEqualTo(image);
    }

    @ParameterizedTest
    @EnumSource(Resampling.class)
    void aPictureOfOneColourKeepsIt(Resampling resampling) {
        GreyImage image = GreyImage.of(2, 2, new byte[] {(byte) 200, (byte) 200, (byte) 200, (byte) 200});

        assertThat(resampling.resize(image, 30, 1).toArray()).containsOnly(200);
    }

    @ParameterizedTest
    @EnumSource(Resampling.class)
    void sizesOutOfRangeAreRefused(Resampling resampling) {
        RgbImage image = Pictures.of(3, 3, 1);
        RgbImage high = RgbImage.of(1, 60_000, new byte[180_000]);

        assertThatThrownBy(() -> resampling.resize(image, 0, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> resampling.resize(image, 3, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> resampling.resize(image, 1 << 14, 1 << 13))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(resampling.resize(high, 1000, 1)).hasToString("RgbImage[1000x1]");
    }
}
