package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.RgbImage;
import java.util.Arrays;

/**
 * Encodes pictures as lossless WebP (RFC 9649, section 3): green subtracted if that helps, the best predictor for each block,
 * repetitions as references back, and one set of prefix codes. The same picture always gives the same bytes.
 */
final class LosslessWebpEncoder {
    /** Blocks that share a predictor have sides of 16 pixels. */
    private static final int BLOCK_BITS = 4;

    private static final int LITERALS = 256;
    private static final int OPAQUE = 0xFF000000;

    private final int width;
    private final int height;

    private LosslessWebpEncoder(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** Encodes a picture to the data of a {@code VP8L} chunk. */
    static byte[] encode(RgbImage image) {
        return new LosslessWebpEncoder(image.width(), image.height()).encode(image.toArray());
    }

    private byte[] encode(byte[] rgb) {
        Coded withGreen = predict(rgb, false);
        Coded withoutGreen = predict(rgb, true);
        Coded better = withoutGreen.entropy() < withGreen.entropy() ? withoutGreen : withGreen;
        byte[] plain = write(better, PixelRuns.literal(better.residuals.length));
        byte[] shortened = write(better, PixelRuns.find(better.residuals));
        return shortened.length < plain.length ? shortened : plain;
    }

    /** What is left of a picture after its transforms, and how they were done. */
    private static final class Coded {
        private final int[] residuals;
        private final int[] modes;
        private final boolean isGreenSubtracted;

        Coded(int[] residuals, int[] modes, boolean isGreenSubtracted) {
            this.residuals = residuals;
            this.modes = modes;
            this.isGreenSubtracted = isGreenSubtracted;
        }

        /** The bits that an ideal code would take for all values. */
        double entropy() {
            double bits = 0;
            for (int shift = 0; shift < 24; shift += 8) {
                int[] counts = new int[LITERALS];
                for (int residual : residuals) {
                    counts[residual >> shift & 0xFF]++;
                }
                for (int count : counts) {
                    bits -= count == 0 ? 0 : count * StrictMath.log((double) count / residuals.length);
                }
            }
            return bits;
        }
    }

    private static int blocks(int pixels) {
        return (pixels + (1 << BLOCK_BITS) - 1) >> BLOCK_BITS;
    }

    private Coded predict(byte[] rgb, boolean subtractGreen) {
        int[] pixels = new int[width * height];
        for (int i = 0; i < pixels.length; i++) {
            int green = rgb[3 * i + 1] & 0xFF;
            int less = subtractGreen ? green : 0;
            pixels[i] = OPAQUE | ((rgb[3 * i] - less) & 0xFF) << 16 | green << 8 | ((rgb[3 * i + 2] - less) & 0xFF);
        }
        int[] modes = new int[blocks(width) * blocks(height)];
        int[] residuals = new int[pixels.length];
        for (int block = 0; block < modes.length; block++) {
            modes[block] = bestMode(pixels, block);
        }
        int across = blocks(width);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                int predicted;
                if (y == 0) {
                    predicted = x == 0 ? OPAQUE : pixels[at - 1];
                } else if (x == 0) {
                    predicted = pixels[at - width];
                } else {
                    int mode = modes[(y >> BLOCK_BITS) * across + (x >> BLOCK_BITS)];
                    predicted = Predictor.predict(mode, pixels, at, width);
                }
                residuals[at] = subtract(pixels[at], predicted);
            }
        }
        return new Coded(residuals, modes, subtractGreen);
    }

    private int bestMode(int[] pixels, int block) {
        int across = blocks(width);
        int left = Math.max(1, block % across << BLOCK_BITS);
        int top = Math.max(1, (block / across) << BLOCK_BITS);
        int right = Math.min(width, (block % across + 1) << BLOCK_BITS);
        int bottom = Math.min(height, (block / across + 1) << BLOCK_BITS);
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int mode = 0; mode < Predictor.MODES; mode++) {
            long cost = 0;
            for (int y = top; y < bottom; y++) {
                for (int x = left; x < right; x++) {
                    int at = y * width + x;
                    cost += cost(subtract(pixels[at], Predictor.predict(mode, pixels, at, width)));
                }
            }
            if (cost < least) {
                least = cost;
                best = mode;
            }
        }
        return best;
    }

    /** The sum of a residual's distances from zero, which goes with the bits that it will take. */
    private static int cost(int residual) {
        return Math.abs((byte) (residual >> 16)) + Math.abs((byte) (residual >> 8)) + Math.abs((byte) residual);
    }

    /** Subtracts two pixels channel by channel, each modulo 256. */
    private static int subtract(int a, int b) {
        int alphaAndGreen = (a | 0x00FF00FF) - (b & 0xFF00FF00);
        int redAndBlue = (a | 0xFF00FF00) - (b & 0x00FF00FF);
        return (alphaAndGreen & 0xFF00FF00) | (redAndBlue & 0x00FF00FF);
    }

    private byte[] write(Coded picture, PixelRuns runs) {
        BitWriter out = new BitWriter();
        out.write(LosslessWebpDecoder.SIGNATURE, 8);
        out.write(width - 1, 14);
        out.write(height - 1, 14);
        // No transparency, version 0.
        out.write(0, 4);
        if (picture.isGreenSubtracted) {
            out.write(1, 1);
            out.write(LosslessWebpDecoder.SUBTRACT_GREEN, 2);
        }
        out.write(1, 1);
        out.write(LosslessWebpDecoder.PREDICTOR, 2);
        out.write(BLOCK_BITS - 2, 3);
        int[] modePixels =
                Arrays.stream(picture.modes).map(mode -> OPAQUE | mode << 8).toArray();
        writePixels(modePixels, blocks(width), PixelRuns.literal(modePixels.length), false, out);
        out.write(0, 1);
        writePixels(picture.residuals, width, runs, true, out);
        return out.toBytes();
    }

    private static void writePixels(int[] pixels, int width, PixelRuns runs, boolean isPicture, BitWriter out) {
        // No colour cache; and for a picture, the same codes everywhere.
        out.write(0, isPicture ? 2 : 1);
        int[] greens = new int[LITERALS + LosslessWebpDecoder.LENGTH_CODES];
        int[] reds = new int[LITERALS];
        int[] blues = new int[LITERALS];
        int[] alphas = new int[LITERALS];
        int[] distances = new int[LosslessWebpDecoder.DISTANCE_CODES];
        int[] near = BackReference.nearNumbers(width);
        for (int i = 0, at = 0; i < runs.count(); at += runs.length(i++)) {
            if (runs.isLiteral(i)) {
                int pixel = pixels[at];
                greens[pixel >> 8 & 0xFF]++;
                reds[pixel >> 16 & 0xFF]++;
                blues[pixel & 0xFF]++;
                alphas[pixel >>> 24]++;
            } else {
                greens[LITERALS + prefix(runs.length(i))]++;
                distances[prefix(BackReference.number(runs.distance(i), near))]++;
            }
        }
        PrefixCodeWriter green = PrefixCodeWriter.of(greens);
        PrefixCodeWriter red = PrefixCodeWriter.of(reds);
        PrefixCodeWriter blue = PrefixCodeWriter.of(blues);
        PrefixCodeWriter alpha = PrefixCodeWriter.of(alphas);
        PrefixCodeWriter distance = PrefixCodeWriter.of(distances);
        green.writeLengths(out);
        red.writeLengths(out);
        blue.writeLengths(out);
        alpha.writeLengths(out);
        distance.writeLengths(out);
        for (int i = 0, at = 0; i < runs.count(); at += runs.length(i++)) {
            if (runs.isLiteral(i)) {
                int pixel = pixels[at];
                green.write(pixel >> 8 & 0xFF, out);
                red.write(pixel >> 16 & 0xFF, out);
                blue.write(pixel & 0xFF, out);
                alpha.write(pixel >>> 24, out);
            } else {
                writeNumber(runs.length(i), LITERALS, green, out);
                writeNumber(BackReference.number(runs.distance(i), near), 0, distance, out);
            }
        }
    }

    /** The prefix of a number from 1: its highest bits and how many follow. */
    private static int prefix(int number) {
        if (number <= 4) {
            return number - 1;
        }
        int high = 31 - Integer.numberOfLeadingZeros(number - 1);
        return 2 * high + ((number - 1) >> (high - 1) & 1);
    }

    private static void writeNumber(int number, int firstSymbol, PrefixCodeWriter code, BitWriter out) {
        int prefix = prefix(number);
        code.write(firstSymbol + prefix, out);
        if (prefix >= 4) {
            int bits = (prefix - 2) >> 1;
            out.write(number - 1 & (1 << bits) - 1, bits);
        }
    }
}
