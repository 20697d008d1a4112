package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.RgbImage;
import java.util.Random;

/** Pictures to test with. */
final class Pictures {
    private Pictures() {}

    /** A picture with smooth and noisy parts. */
    static RgbImage of(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            rgb[i] = (byte) (x < width / 2 ? x * 3 + y * 2 + i % 3 * 40 : random.nextInt(256));
        }
        return RgbImage.of(width, height, rgb);
    }
}
