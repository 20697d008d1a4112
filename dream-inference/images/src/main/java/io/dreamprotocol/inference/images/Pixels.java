package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.GreyImage;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Optional;

/** The pixels of a picture while it is decoded. */
final class Pixels {
    private final int width;
    private final int height;
    private final byte[] rgb;
    private final Optional<byte[]> alpha;

    Pixels(int width, int height, byte[] rgb, Optional<byte[]> alpha) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
        this.alpha = alpha;
    }

    /** Takes pixels of alpha, red, green and blue in 8 bits each, alpha in the highest. */
    static Pixels ofArgb(int width, int height, int[] argb, boolean hasAlpha) {
        byte[] rgb = new byte[3 * argb.length];
        byte[] alpha = new byte[hasAlpha ? argb.length : 0];
        for (int i = 0; i < argb.length; i++) {
            rgb[3 * i] = (byte) (argb[i] >> 16);
            rgb[3 * i + 1] = (byte) (argb[i] >> 8);
            rgb[3 * i + 2] = (byte) argb[i];
            if (hasAlpha) {
                alpha[i] = (byte) (argb[i] >> 24);
            }
        }
        return new Pixels(width, height, rgb, hasAlpha ? Optional.of(alpha) : Optional.empty());
    }

    /** Turns the picture upright and makes an image of it. */
    DecodedImage upright(int orientation) {
        int shownWidth = orientation < 5 ? width : height;
        int shownHeight = orientation < 5 ? height : width;
        return new DecodedImage(
                RgbImage.of(shownWidth, shownHeight, turned(rgb, 3, orientation)),
                alpha.map(values -> GreyImage.of(shownWidth, shownHeight, turned(values, 1, orientation))));
    }

    /** Turns by an orientation of Exif, which says where the first row and column are to be seen. */
    private byte[] turned(byte[] values, int channels, int orientation) {
        if (orientation == 1) {
            return values;
        }
        byte[] turned = new byte[values.length];
        int shownWidth = orientation < 5 ? width : height;
        for (int i = 0; i < width * height; i++) {
            int x = i % shownWidth;
            int y = i / shownWidth;
            int from = switch (orientation) {
                case 2 -> y * width + width - 1 - x;
                case 3 -> (height - 1 - y) * width + width - 1 - x;
                case 4 -> (height - 1 - y) * width + x;
                case 5 -> x * width + y;
                case 6 -> (height - 1 - x) * width + y;
                case 7 -> (height - 1 - x) * width + width - 1 - y;
                default -> x * width + width - 1 - y;
            };
            System.arraycopy(values, from * channels, turned, i * channels, channels);
        }
        return turned;
    }
}
