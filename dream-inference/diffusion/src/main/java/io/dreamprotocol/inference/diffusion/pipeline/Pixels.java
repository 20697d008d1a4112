package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.inference.diffusion.network.Tensor;

/** The step between a picture's bytes and the numbers from -1 to 1 that the autoencoder works on. */
final class Pixels {
    /** Red, green and blue. */
    static final int CHANNELS = 3;

    private Pixels() {}

    /** Turns one picture, channel after channel, into bytes, pixel after pixel. */
    static RgbImage toImage(Tensor picture) {
        int height = Math.toIntExact(picture.shape().dimension(2));
        int width = Math.toIntExact(picture.shape().dimension(3));
        float[] values = picture.toFloats();
        byte[] rgb = new byte[values.length];
        int pixels = height * width;
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int i = 0; i < pixels; i++) {
                float unit = Math.clamp(values[channel * pixels + i] / 2 + 0.5f, 0f, 1f);
                rgb[i * CHANNELS + channel] = (byte) Math.rint(unit * 255);
            }
        }
        return RgbImage.of(width, height, rgb);
    }

    /** Turns a picture into numbers from -1 to 1, channel after channel. */
    static float[] toSigned(RgbImage picture) {
        float[] values = toUnit(picture);
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * values[i] - 1;
        }
        return values;
    }

    /** Turns a picture into numbers from 0 to 1, channel after channel. */
    static float[] toUnit(RgbImage picture) {
        byte[] rgb = picture.toArray();
        int pixels = rgb.length / CHANNELS;
        float[] values = new float[rgb.length];
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int i = 0; i < pixels; i++) {
                values[channel * pixels + i] = (rgb[i * CHANNELS + channel] & 0xFF) / 255f;
            }
        }
        return values;
    }

    /** Tells for each pixel whether it is at least half white, by the luma of ITU-R BT.601. */
    static boolean[] toMask(RgbImage picture) {
        byte[] rgb = picture.toArray();
        boolean[] mask = new boolean[rgb.length / CHANNELS];
        for (int i = 0; i < mask.length; i++) {
            int red = rgb[i * CHANNELS] & 0xFF;
            int green = rgb[i * CHANNELS + 1] & 0xFF;
            int blue = rgb[i * CHANNELS + 2] & 0xFF;
            int luma = (red * 19_595 + green * 38_470 + blue * 7_471 + (1 << 15)) >> 16;
            mask[i] = luma >= 128;
        }
        return mask;
    }
}
