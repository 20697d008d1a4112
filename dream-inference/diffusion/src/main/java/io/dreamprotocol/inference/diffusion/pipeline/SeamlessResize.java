package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.images.Resampling;
import java.math.BigInteger;

/** Lanczos resampling of pictures that go on at the opposite edge. */
final class SeamlessResize {
    /** More than the filter reaches when it enlarges a picture. */
    private static final int MARGIN = 8;

    private SeamlessResize() {}

    /** Enlarges a picture with as much of its copies around it as a pixel at its edge depends on. */
    static RgbImage of(RgbImage picture, int width, int height) {
        int left = margin(picture.width(), width);
        int top = margin(picture.height(), height);
        RgbImage around = cut(picture, -left, -top, picture.width() + 2 * left, picture.height() + 2 * top);
        int newLeft = (int) ((long) left * width / picture.width());
        int newTop = (int) ((long) top * height / picture.height());
        RgbImage larger = Resampling.LANCZOS.resize(around, width + 2 * newLeft, height + 2 * newTop);
        return cut(larger, newLeft, newTop, width, height);
    }

    /** A number of pixels that becomes a whole number of the new ones, so that the grid stays where it is. */
    private static int margin(int from, int to) {
        int step = from / BigInteger.valueOf(from).gcd(BigInteger.valueOf(to)).intValueExact();
        return Math.ceilDiv(MARGIN, step) * step;
    }

    private static RgbImage cut(RgbImage picture, int left, int top, int width, int height) {
        byte[] rgb = new byte[width * height * Pixels.CHANNELS];
        int at = 0;
        for (int y = 0; y < height; y++) {
            int row = Math.floorMod(top + y, picture.height());
            for (int x = 0; x < width; x++) {
                int pixel = picture.pixel(Math.floorMod(left + x, picture.width()), row);
                rgb[at++] = (byte) (pixel >> 16);
                rgb[at++] = (byte) (pixel >> 8);
                rgb[at++] = (byte) pixel;
            }
        }
        return RgbImage.of(width, height, rgb);
    }
}
