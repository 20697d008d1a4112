package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.image.RgbImage;

/**
 * A blur after which nothing can be recognised: Gaussian with a deviation of a tenth of the shorter side, made by three moving
 * averages one after another, which costs the same whatever the deviation (<a
 * href="https://www.peterkovesi.com/papers/FastGaussianSmoothing.pdf">Kovesi, Fast Almost-Gaussian Filtering</a>). Edges are continued.
 */
final class StrongBlur {
    private static final int CHANNELS = 3;
    private static final double DEVIATION = 0.1;
    private static final int PASSES = 3;

    private StrongBlur() {}

    /** Returns the blurred picture. */
    static RgbImage of(RgbImage picture) {
        int width = picture.width();
        int height = picture.height();
        int radius = radius(Math.max(1, DEVIATION * Math.min(width, height)));
        byte[] rgb = picture.toArray();
        float[] values = new float[rgb.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = rgb[i] & 0xFF;
        }
        float[] line = new float[Math.max(width, height)];
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int y = 0; y < height; y++) {
                blur(values, y * width * CHANNELS + channel, CHANNELS, width, radius, line);
            }
            for (int x = 0; x < width; x++) {
                blur(values, x * CHANNELS + channel, width * CHANNELS, height, radius, line);
            }
        }
        for (int i = 0; i < values.length; i++) {
            rgb[i] = (byte) Math.clamp(Math.round(values[i]), 0, 255);
        }
        return RgbImage.of(width, height, rgb);
    }

    /** The radius of three moving averages whose variances, (2r + 1)^2 / 12 - 1 / 12 each, add up to a Gaussian's. */
    static int radius(double deviation) {
        return (int) Math.ceil((Math.sqrt(12 * deviation * deviation / PASSES + 1) - 1) / 2);
    }

    private static void blur(float[] values, int start, int step, int length, int radius, float[] line) {
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0; i < length; i++) {
                line[i] = values[start + i * step];
            }
            double sum = 0;
            for (int i = -radius; i <= radius; i++) {
                sum += line[Math.clamp(i, 0, length - 1)];
            }
            for (int i = 0; i < length; i++) {
                values[start + i * step] = (float) (sum / (2 * radius + 1));
                sum += line[Math.min(i + radius + 1, length - 1)] - line[Math.max(i - radius, 0)];
            }
        }
    }
}
