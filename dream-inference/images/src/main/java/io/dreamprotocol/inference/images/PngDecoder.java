package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes PNG files of every kind: all depths, palettes, transparency, interlacing (ISO/IEC 15948).
 *
 * <p>Of 16-bit values the higher byte is taken. Gamma and colour profiles are not looked at.
 */
final class PngDecoder {
    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGBA = 6;

    private static final Set<String> CRITICAL = Set.of("IHDR", "PLTE", "IDAT", "IEND");

    /** Deflate cannot shorten more than this. */
    private static final int MAX_RATIO = 1032;

    /** The seven passes of interlacing: first column and row, and the steps from one to the next. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    private final int width;
    private final int height;
    private final int depth;
    private final int colour;
    private final boolean isInterlaced;
    private final int channels;
    private final byte[] palette;
    private final byte[] transparency;
    private final boolean hasAlpha;
    private final byte[] rgb;
    private final byte[] alpha;

    private PngDecoder(PngFile file) {
        byte[] header = file.chunks().getFirst().data();
        if (header.length != 13) {
            throw malformed("its header is damaged");
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        long wide = Integer.toUnsignedLong(fields.getInt());
        long high = Integer.toUnsignedLong(fields.getInt());
        ImageErrors.checkSize("PNG", wide, high);
        width = (int) wide;
        height = (int) high;
        depth = fields.get();
        colour = fields.get();
        boolean standard = fields.getShort() == 0;
        int interlacing = fields.get();
        isInterlaced = interlacing == 1;
        if (!standard || interlacing < 0 || interlacing > 1 || !isDepthOf(colour, depth)) {
            throw malformed("its header is damaged");
        }
        channels = switch (colour) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGBA -> 4;
            default -> 1;
        };
        for (PngChunk chunk : file.chunks()) {
            boolean critical = chunk.type()
                    .substring(0, 1)
                    .equals(chunk.type().substring(0, 1).toUpperCase(Locale.ROOT));
            if (critical && !CRITICAL.contains(chunk.type())) {
                throw malformed("it needs the unknown chunk " + chunk.type());
            }
        }
        palette = data(file, "PLTE");
        transparency = data(file, "tRNS");
        checkColours();
        hasAlpha = transparency.length > 0 || colour == GREY_ALPHA || colour == RGBA;
        checkLength(file);
        rgb = new byte[3 * width * height];
        alpha = new byte[hasAlpha ? width * height : 0];
    }

    static Pixels decode(PngFile file) {
        PngDecoder decoder = new PngDecoder(file);
        decoder.readPixels(file);
        return new Pixels(
                decoder.width,
                decoder.height,
                decoder.rgb,
                decoder.hasAlpha ? Optional.of(decoder.alpha) : Optional.empty());
    }

    private static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.PNG_MALFORMED, "Not a usable PNG file: " + what);
    }

    private static boolean isDepthOf(int colour, int depth) {
        return switch (colour) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case RGB, GREY_ALPHA, RGBA -> depth == 8 || depth == 16;
            default -> false;
        };
    }

    /** The data of the only chunk of a type, empty if there is none. */
    private static byte[] data(PngFile file, String type) {
        List<PngChunk> chunks = file.chunks().stream()
                .filter(chunk -> chunk.type().equals(type))
                .toList();
        if (chunks.size() > 1) {
            throw malformed("its chunk " + type + " is there twice");
        }
        return chunks.isEmpty() ? new byte[0] : chunks.getFirst().data();
    }

    private void checkColours() {
        int most = colour == PALETTE ? 1 << depth : 256;
        if (palette.length % 3 != 0 || palette.length > 3 * most || (colour == PALETTE && palette.length == 0)) {
            throw malformed("its palette is damaged");
        }
        boolean fits = switch (colour) {
            case GREY -> transparency.length == 2;
            case RGB -> transparency.length == 6;
            case PALETTE -> transparency.length <= palette.length / 3;
            default -> false;
        };
        if (transparency.length > 0 && !fits) {
            throw malformed("its transparency is damaged");
        }
    }

    /** Refuses a file that promises more than its data can hold, before memory is taken for it. */
    private void checkLength(PngFile file) {
        long compressed = 0;
        for (PngChunk chunk : file.chunks()) {
            compressed += chunk.type().equals("IDAT") ? chunk.length() : 0;
        }
        long expected = 0;
        for (int[] pass : isInterlaced ? PASSES : ONE_PASS) {
            if (count(width, pass[0], pass[2]) > 0) {
                expected += (long) count(height, pass[1], pass[3]) * (1 + rowBytes(count(width, pass[0], pass[2])));
            }
        }
        if (expected > compressed * MAX_RATIO) {
            throw malformed("its pixels end early");
        }
    }

    /** How many pixels of a side belong to a pass. */
    private static int count(int side, int first, int step) {
        return side <= first ? 0 : (side - first + step - 1) / step;
    }

    private int rowBytes(int pixels) {
        return (int) (((long) pixels * channels * depth + 7) / 8);
    }

    private void readPixels(PngFile file) {
        try (Rows rows = new Rows(file)) {
            for (int[] pass : isInterlaced ? PASSES : ONE_PASS) {
                int columns = count(width, pass[0], pass[2]);
                if (columns == 0) {
                    continue;
                }
                byte[] row = new byte[rowBytes(columns)];
                byte[] above = new byte[row.length];
                for (int y = pass[1]; y < height; y += pass[3]) {
                    unfilter(rows.filterOfNext(row), row, above, Math.max(1, channels * depth / 8));
                    for (int i = 0; i < columns; i++) {
                        putPixel(row, i, y * width + pass[0] + i * pass[2]);
                    }
                    byte[] swap = above;
                    above = row;
                    row = swap;
                }
            }
        }
    }

    private void putPixel(byte[] row, int i, int at) {
        switch (colour) {
            case GREY, GREY_ALPHA -> {
                int value = sample(row, i * channels);
                byte grey = eightBits(value);
                rgb[3 * at] = grey;
                rgb[3 * at + 1] = grey;
                rgb[3 * at + 2] = grey;
                if (colour == GREY_ALPHA) {
                    alpha[at] = eightBits(sample(row, 2 * i + 1));
                } else if (hasAlpha) {
                    alpha[at] = (byte) (value == stated(0) ? 0 : 255);
                }
            }
            case PALETTE -> {
                int index = sample(row, i);
                if (3 * index >= palette.length) {
                    throw malformed("a pixel has a colour that the palette lacks");
                }
                System.arraycopy(palette, 3 * index, rgb, 3 * at, 3);
                if (hasAlpha) {
                    alpha[at] = index < transparency.length ? transparency[index] : (byte) 255;
                }
            }
            default -> {
                boolean isStated = colour == RGB && hasAlpha;
                for (int channel = 0; channel < 3; channel++) {
                    int value = sample(row, i * channels + channel);
                    rgb[3 * at + channel] = eightBits(value);
                    isStated = isStated && value == stated(channel);
                }
                if (colour == RGBA) {
                    alpha[at] = eightBits(sample(row, 4 * i + 3));
                } else if (hasAlpha) {
                    alpha[at] = (byte) (isStated ? 0 : 255);
                }
            }
        }
    }

    private int sample(byte[] row, int i) {
        return switch (depth) {
            case 8 -> row[i] & 0xFF;
            case 16 -> (row[2 * i] & 0xFF) << 8 | (row[2 * i + 1] & 0xFF);
            default -> row[(i * depth) >> 3] >> (8 - depth - (i * depth & 7)) & (1 << depth) - 1;
        };
    }

    private byte eightBits(int value) {
        return (byte) (depth == 16 ? value >> 8 : depth == 8 ? value : value * 255 / ((1 << depth) - 1));
    }

    /** A channel of the one colour that is transparent. */
    private int stated(int channel) {
        int value = (transparency[2 * channel] & 0xFF) << 8 | (transparency[2 * channel + 1] & 0xFF);
        return value & (1 << depth) - 1;
    }

    private static void unfilter(int filter, byte[] row, byte[] above, int distance) {
        if (filter < 0 || filter > 4) {
            throw malformed("a row has an unknown filter");
        }
        for (int i = 0; i < row.length && filter != 0; i++) {
            int left = i < distance ? 0 : row[i - distance] & 0xFF;
            int up = above[i] & 0xFF;
            int predicted = switch (filter) {
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) >> 1;
                default -> paeth(left, up, i < distance ? 0 : above[i - distance] & 0xFF);
            };
            row[i] += (byte) predicted;
        }
    }

    private static int paeth(int left, int up, int upLeft) {
        int toLeft = Math.abs(up - upLeft);
        int toUp = Math.abs(left - upLeft);
        int toUpLeft = Math.abs(left + up - 2 * upLeft);
        if (toLeft <= toUp && toLeft <= toUpLeft) {
            return left;
        }
        return toUp <= toUpLeft ? up : upLeft;
    }

    /** Inflates one row after the other. */
    private static final class Rows implements AutoCloseable {
        private final Inflater inflater = new Inflater();
        private final List<PngChunk> chunks;
        private final byte[] filter = new byte[1];
        private int next;

        Rows(PngFile file) {
            chunks = file.chunks().stream()
                    .filter(chunk -> chunk.type().equals("IDAT"))
                    .toList();
        }

        /** Reads the next row and returns its filter. */
        int filterOfNext(byte[] row) {
            read(filter);
            read(row);
            return filter[0];
        }

        private void read(byte[] target) {
            int at = 0;
            try {
                while (at < target.length) {
                    int count = inflater.inflate(target, at, target.length - at);
                    at += count;
                    if (count == 0) {
                        if (!inflater.needsInput() || next == chunks.size()) {
                            throw malformed("its pixels end early");
                        }
                        inflater.setInput(chunks.get(next++).data());
                    }
                }
            } catch (DataFormatException e) {
                throw malformed("its pixels are damaged");
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
