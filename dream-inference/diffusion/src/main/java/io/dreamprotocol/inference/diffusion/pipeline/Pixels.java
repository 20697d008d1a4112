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
}
