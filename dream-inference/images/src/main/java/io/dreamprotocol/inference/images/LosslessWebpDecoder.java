package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes the lossless pictures of WebP (RFC 9649, section 3), strictly: what the standard leaves undefined is refused.
 *
 * <p>A pixel is one number: alpha, red, green and blue in 8 bits each, alpha in the highest.
 */
final class LosslessWebpDecoder {
    /** The first byte. */
    static final int SIGNATURE = 0x2F;

    static final int PREDICTOR = 0;
    static final int COLOUR = 1;
    static final int SUBTRACT_GREEN = 2;
    static final int PALETTE = 3;

    static final int LENGTH_CODES = 24;
    static final int DISTANCE_CODES = 40;

    /** The order in which the lengths of the codes for code lengths are stored. */
    static final int[] LENGTH_ORDER = {17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    private static final int LITERALS = 256;
    private static final int MAX_CACHE_BITS = 11;
    private static final int CACHE_MULTIPLIER = 0x1E35A7BD;
    private static final int OPAQUE_BLACK = 0xFF000000;

    private final BitReader in;
    private final int height;

    /** One transform of the picture, with the width of the picture that it gives. */
    private static final class Transform {
        private final int kind;
        private final int width;
        private final int blockBits;
        private final int[] data;

        Transform(int kind, int width, int blockBits, int[] data) {
            this.kind = kind;
            this.width = width;
            this.blockBits = blockBits;
            this.data = data;
        }
    }

    /** The five prefix codes of a part of the picture. */
    private record CodeGroup(
            PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {}

    private LosslessWebpDecoder(BitReader in, int height) {
        this.in = in;
        this.height = height;
    }

    /** Decodes the data of a {@code VP8L} chunk, whose size was checked, to its pixels row by row. */
    static int[] decode(byte[] data, int width, int height) {
        BitReader in = new BitReader(data, 5);
        if (data[4] >> 5 != 0) {
            throw malformed("its lossless picture is of an unknown version");
        }
        return new LosslessWebpDecoder(in, height).picture(width);
    }

    private static CorruptDataException malformed(String what) {
        return ImageErrors.malformed("WebP", what);
    }

    private int[] picture(int fullWidth) {
        List<Transform> transforms = new ArrayList<>();
        int width = fullWidth;
        int seen = 0;
        while (in.read(1) == 1) {
            int kind = in.read(2);
            if ((seen >> kind & 1) == 1) {
                throw malformed("a transform is there twice");
            }
            seen |= 1 << kind;
            Transform transform = transform(kind, width);
            transforms.add(transform);
            if (kind == PALETTE) {
                width = blocks(width, transform.blockBits);
            }
        }
        int[] pixels = codedPixels(width, height, true);
        for (Transform transform : transforms.reversed()) {
            pixels = undo(transform, pixels);
        }
        return pixels;
    }

    private Transform transform(int kind, int width) {
        if (kind == SUBTRACT_GREEN) {
            return new Transform(kind, width, 0, new int[0]);
        }
        if (kind == PALETTE) {
            int colours = in.read(8) + 1;
            int[] palette = codedPixels(colours, 1, false);
            for (int i = 1; i < colours; i++) {
                palette[i] = add(palette[i], palette[i - 1]);
            }
            int bits = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
            return new Transform(kind, width, bits, palette);
        }
        int bits = in.read(3) + 2;
        int[] data = codedPixels(blocks(width, bits), blocks(height, bits), false);
        if (kind == PREDICTOR) {
            for (int pixel : data) {
                if ((pixel >> 8 & 0xFF) >= Predictor.MODES) {
                    throw malformed("it uses an unknown predictor");
                }
            }
        }
        return new Transform(kind, width, bits, data);
    }

    private static int blocks(int pixels, int bits) {
        return (pixels + (1 << bits) - 1) >> bits;
    }

    /** Reads a picture, or one of the small ones that say how to read the picture. */
    private int[] codedPixels(int width, int rows, boolean isPicture) {
        int cacheBits = 0;
        if (in.read(1) == 1) {
            cacheBits = in.read(4);
            if (cacheBits < 1 || cacheBits > MAX_CACHE_BITS) {
                throw malformed("its colour cache has a wrong size");
            }
        }
        int groupBits = 0;
        int[] groupOf = new int[1];
        int groups = 1;
        if (isPicture && in.read(1) == 1) {
            groupBits = in.read(3) + 2;
            groupOf = codedPixels(blocks(width, groupBits), blocks(rows, groupBits), false);
            for (int i = 0; i < groupOf.length; i++) {
                groupOf[i] = groupOf[i] >> 8 & 0xFFFF;
                groups = Math.max(groups, groupOf[i] + 1);
            }
        }
        List<CodeGroup> codes = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            int greens = LITERALS + LENGTH_CODES + (cacheBits == 0 ? 0 : 1 << cacheBits);
            codes.add(new CodeGroup(
                    prefixCode(greens),
                    prefixCode(LITERALS),
                    prefixCode(LITERALS),
                    prefixCode(LITERALS),
                    prefixCode(DISTANCE_CODES)));
        }
        int[] pixels = new int[width * rows];
        int[] cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
        int groupsAcross = groupOf.length == 1 ? 0 : blocks(width, groupBits);
        int at = 0;
        int cached = 0;
        while (at < pixels.length) {
            int block = groupsAcross == 0 ? 0 : ((at / width) >> groupBits) * groupsAcross + (at % width >> groupBits);
            CodeGroup group = codes.get(groupOf[block]);
            int symbol = group.green.read(in);
            if (symbol < LITERALS) {
                int red = group.red.read(in);
                int blue = group.blue.read(in);
                int alpha = group.alpha.read(in);
                pixels[at++] = alpha << 24 | red << 16 | symbol << 8 | blue;
            } else if (symbol < LITERALS + LENGTH_CODES) {
                int length = number(symbol - LITERALS);
                int distance = BackReference.distance(number(group.distance.read(in)), width);
                if (distance > at || length > pixels.length - at) {
                    throw malformed("it copies pixels that are not there");
                }
                for (int stop = at + length; at < stop; at++) {
                    pixels[at] = pixels[at - distance];
                }
            } else {
                // Pixels enter the cache late but in order, so that only pictures that use it pay for it.
                for (; cached < at; cached++) {
                    cache[(pixels[cached] * CACHE_MULTIPLIER) >>> (32 - cacheBits)] = pixels[cached];
                }
                pixels[at++] = cache[symbol - LITERALS - LENGTH_CODES];
            }
        }
        return pixels;
    }

    /** Reads the number that a prefix stands for: a length, or a code of a distance. */
    private int number(int prefix) {
        if (prefix < 4) {
            return prefix + 1;
        }
        int bits = (prefix - 2) >> 1;
        return ((2 + (prefix & 1)) << bits) + in.read(bits) + 1;
    }

    private PrefixCode prefixCode(int alphabet) {
        int[] lengths = new int[alphabet];
        if (in.read(1) == 1) {
            int symbols = in.read(1) + 1;
            setSimple(lengths, in.read(in.read(1) == 1 ? 8 : 1));
            if (symbols == 2) {
                setSimple(lengths, in.read(8));
            }
            return PrefixCode.of(lengths);
        }
        int[] lengthLengths = new int[LENGTH_ORDER.length];
        int stored = 4 + in.read(4);
        for (int i = 0; i < stored; i++) {
            lengthLengths[LENGTH_ORDER[i]] = in.read(3);
        }
        PrefixCode lengthCode = PrefixCode.of(lengthLengths);
        int reads = alphabet;
        if (in.read(1) == 1) {
            reads = 2 + in.read(2 + 2 * in.read(3));
            if (reads > alphabet) {
                throw malformed("one of its prefix codes has too many lengths");
            }
        }
        int previous = 8;
        int symbol = 0;
        for (; reads > 0 && symbol < alphabet; reads--) {
            int length = lengthCode.read(in);
            int times = 1;
            switch (length) {
                case 16 -> {
                    length = previous;
                    times = 3 + in.read(2);
                }
                case 17 -> {
                    length = 0;
                    times = 3 + in.read(3);
                }
                case 18 -> {
                    length = 0;
                    times = 11 + in.read(7);
                }
                default -> previous = length == 0 ? previous : length;
            }
            if (times > alphabet - symbol) {
                throw malformed("one of its prefix codes has too many lengths");
            }
            for (int stop = symbol + times; symbol < stop; symbol++) {
                lengths[symbol] = length;
            }
        }
        return PrefixCode.of(lengths);
    }

    private static void setSimple(int[] lengths, int symbol) {
        if (symbol >= lengths.length) {
            throw malformed("one of its prefix codes has a symbol that does not exist");
        }
        lengths[symbol] = 1;
    }

    private int[] undo(Transform transform, int[] pixels) {
        switch (transform.kind) {
            case PREDICTOR -> undoPredictor(transform, pixels);
            case COLOUR -> undoColour(transform, pixels);
            case SUBTRACT_GREEN -> {
                for (int i = 0; i < pixels.length; i++) {
                    int green = pixels[i] >> 8 & 0xFF;
                    pixels[i] = add(pixels[i], green << 16 | green);
                }
            }
            default -> {
                return undoPalette(transform, pixels);
            }
        }
        return pixels;
    }

    private void undoPredictor(Transform transform, int[] pixels) {
        int width = transform.width;
        int across = blocks(width, transform.blockBits);
        pixels[0] = add(pixels[0], OPAQUE_BLACK);
        for (int x = 1; x < width; x++) {
            pixels[x] = add(pixels[x], pixels[x - 1]);
        }
        for (int y = 1; y < height; y++) {
            int row = y * width;
            pixels[row] = add(pixels[row], pixels[row - width]);
            for (int x = 1; x < width; x++) {
                int block = (y >> transform.blockBits) * across + (x >> transform.blockBits);
                int mode = transform.data[block] >> 8 & 0xFF;
                pixels[row + x] = add(pixels[row + x], Predictor.predict(mode, pixels, row + x, width));
            }
        }
    }

    private void undoColour(Transform transform, int[] pixels) {
        int width = transform.width;
        int across = blocks(width, transform.blockBits);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int factors = transform.data[(y >> transform.blockBits) * across + (x >> transform.blockBits)];
                int pixel = pixels[y * width + x];
                byte green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + delta((byte) factors, green);
                int blue = pixel + delta((byte) (factors >> 8), green) + delta((byte) (factors >> 16), (byte) red);
                pixels[y * width + x] = (pixel & 0xFF00FF00) | (red & 0xFF) << 16 | (blue & 0xFF);
            }
        }
    }

    private static int delta(byte factor, byte colour) {
        return (factor * colour) >> 5;
    }

    private int[] undoPalette(Transform transform, int[] packed) {
        int bits = transform.blockBits;
        int width = transform.width;
        int packedWidth = blocks(width, bits);
        int pixelBits = 8 >> bits;
        int mask = (1 << pixelBits) - 1;
        int[] palette = transform.data;
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int green = packed[y * packedWidth + (x >> bits)] >> 8 & 0xFF;
                int index = green >> ((x & (1 << bits) - 1) * pixelBits) & mask;
                pixels[y * width + x] = index < palette.length ? palette[index] : 0;
            }
        }
        return pixels;
    }

    /** Adds two pixels channel by channel, each modulo 256. */
    private static int add(int a, int b) {
        int alphaAndGreen = (a & 0xFF00FF00) + (b & 0xFF00FF00);
        int redAndBlue = (a & 0x00FF00FF) + (b & 0x00FF00FF);
        return (alphaAndGreen & 0xFF00FF00) | (redAndBlue & 0x00FF00FF);
    }
}
