package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.image.RgbImage;

/**
 * Pictures as CLIP's vision models take them: the shorter side scaled to 224 pixels with Pillow's bicubic filter, the middle cut out,
 * and each colour normalised (the preprocessing of <a href="https://github.com/openai/CLIP">openai/CLIP</a>, which CLIP's image
 * processor in transformers repeats).
 */
final class ClipImageInput {
    /** The height and width. */
    static final int SIDE = 224;

    private static final int CHANNELS = 3;
    private static final float[] MEAN = {0.48145467f, 0.4578275f, 0.40821072f};
    private static final float[] DEVIATION = {0.26862955f, 0.2613026f, 0.2757771f};

    private ClipImageInput() {}

    /** Returns the numbers, channel after channel, row after row. */
    static float[] of(RgbImage picture) {
        int shorter = Math.min(picture.width(), picture.height());
        int width = (int) ((long) SIDE * picture.width() / shorter);
        int height = (int) ((long) SIDE * picture.height() / shorter);
        byte[] resized = BicubicResize.resize(picture, width, height);
        int left = (width - SIDE) / 2;
        int top = (height - SIDE) / 2;
        float[] values = new float[CHANNELS * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (SIDE * SIDE);
            int y = top + i / SIDE % SIDE;
            int x = left + i % SIDE;
            float unit = (resized[(y * width + x) * CHANNELS + channel] & 0xFF) / 255f;
            values[i] = (unit - MEAN[channel]) / DEVIATION[channel];
        }
        return values;
    }
}
