package io.dreamprotocol.inference.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.images.Resampling;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeamlessResizeTest {
    @ParameterizedTest
    @CsvSource({"32, 48, 2, 3", "24, 56, 3, 7", "40, 48, 5, 6"})
    void aMovedPictureBecomesAMovedPicture(int side, int larger, int move, int largerMove) {
        byte[] rgb = new byte[side * side * 3];
        new Random(4).nextBytes(rgb);
        RgbImage picture = RgbImage.of(side, side, rgb);

        RgbImage enlarged = SeamlessResize.of(picture, larger, larger);
        RgbImage moved = SeamlessResize.of(moved(picture, move), larger, larger);

        assertThat(moved).isEqualTo(moved(enlarged, largerMove));
        int middle = larger / 2;
        assertThat(enlarged.pixel(middle, middle))
                .isEqualTo(Resampling.LANCZOS.resize(picture, larger, larger).pixel(middle, middle));
    }

    private static RgbImage moved(RgbImage picture, int by) {
        int side = picture.width();
        byte[] rgb = picture.toArray();
        byte[] moved = new byte[rgb.length];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                System.arraycopy(rgb, (y * side + x) * 3, moved, ((y + by) % side * side + (x + by) % side) * 3, 3);
            }
        }
        return RgbImage.of(side, side, moved);
    }

    @ParameterizedTest
    @CsvSource({"8, 12, 2, 3", "8, 16, 1, 2"})
    void movedLatentsBecomeMovedLatents(int side, int larger, int move, int largerMove) {
        float[] values = new float[side * side];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        float[] enlarged = new Latents(1, 1, side, side, values)
                .resized(larger, larger, true)
                .toArray();
        float[] moved = new Latents(1, 1, side, side, moved(values, side, move))
                .resized(larger, larger, true)
                .toArray();

        assertThat(moved).containsExactly(moved(enlarged, larger, largerMove), within(1e-5f));
    }

    private static float[] moved(float[] values, int side, int by) {
        float[] moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            moved[(i / side + by) % side * side + (i + by) % side] = values[i];
        }
        return moved;
    }
}
