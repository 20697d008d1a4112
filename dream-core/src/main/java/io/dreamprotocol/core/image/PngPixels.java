package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Puts a picture into a PNG file and takes it out again: 8-bit truecolour, not interlaced (ISO/IEC 15948, clauses 9 and 10).
 *
 * <p>Each row is filtered by whichever of the five filters leaves the smallest sum of absolute differences, the heuristic that the
 * standard recommends. The same picture gives the same bytes on the same version of zlib.
 */
public final class PngPixels {
    private static final int COLOUR_RGB = 2;
    private static final int COLOUR_RGBA = 6;
    private static final int FILTERS = 5;

    private PngPixels() {}

    /**
     * Writes a picture.
     *
     * @param image the picture
     * @param texts chunks to put between header and pixels
     * @return the file
     */
    public static PngFile encode(RgbImage image, List<PngChunk> texts) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(image.width())
                .putInt(image.height())
                .put((byte) 8)
                .put((byte) COLOUR_RGB)
                .array();
        List<PngChunk> chunks = new ArrayList<>();
        chunks.add(new PngChunk("IHDR", header));
        chunks.addAll(texts);
        chunks.add(new PngChunk("IDAT", deflate(image)));
        chunks.add(new PngChunk("IEND", new byte[0]));
        return new PngFile(chunks);
    }

    /**
     * Reads the picture; an alpha channel is left out.
     *
     * @param file the file
     * @return the picture
     * @throws io.dreamprotocol.core.error.CorruptDataException with {@link ErrorCode#PNG_MALFORMED} if the pixels are damaged
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if the file has another depth, palette or interlacing
     */
    public static RgbImage decode(PngFile file) {
        PngChunk header = file.chunks().getFirst();
        if (header.length() != 13) {
            throw PngFile.malformed("its header is damaged");
        }
        ByteBuffer fields = ByteBuffer.wrap(header.data());
        int width = fields.getInt();
        int height = fields.getInt();
        int depth = fields.get();
        int colour = fields.get();
        int methods = (fields.get() << 16) | (fields.get() << 8) | fields.get();
        if (width < 1 || height < 1 || (long) width * height > RgbImage.MAX_PIXELS) {
            throw PngFile.malformed("its size is out of range");
        }
        if (depth != 8 || (colour != COLOUR_RGB && colour != COLOUR_RGBA) || methods != 0) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED, "Only 8-bit truecolour PNG files without interlacing can be read here");
        }
        int channels = colour == COLOUR_RGB ? 3 : 4;
        byte[] rows = inflate(file, (long) height * (1 + (long) width * channels));
        byte[] rgb = new byte[width * height * 3];
        byte[] row = new byte[width * channels];
        byte[] above = new byte[width * channels];
        for (int y = 0; y < height; y++) {
            int start = y * (1 + row.length);
            unfilter(rows[start], rows, start + 1, row, above, channels);
            for (int x = 0; x < width; x++) {
                System.arraycopy(row, x * channels, rgb, (y * width + x) * 3, 3);
            }
            byte[] swap = above;
            above = row;
            row = swap;
        }
        return RgbImage.of(width, height, rgb);
    }

    private static byte[] deflate(RgbImage image) {
        int bytes = image.width() * 3;
        byte[] row = new byte[bytes];
        byte[] above = new byte[bytes];
        byte[][] filtered = new byte[FILTERS][bytes + 1];
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes * image.height() / 2 + 64);
        byte[] buffer = new byte[16 * 1024];
        try {
            for (int y = 0; y < image.height(); y++) {
                image.copyRow(y, row, 0);
                deflater.setInput(bestFilter(row, above, filtered));
                while (!deflater.needsInput()) {
                    out.write(buffer, 0, deflater.deflate(buffer));
                }
                byte[] swap = above;
                above = row;
                row = swap;
            }
            deflater.finish();
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static byte[] bestFilter(byte[] row, byte[] above, byte[][] filtered) {
        int best = 0;
        long smallest = Long.MAX_VALUE;
        for (int filter = 0; filter < FILTERS; filter++) {
            byte[] candidate = filtered[filter];
            candidate[0] = (byte) filter;
            long sum = 0;
            for (int i = 0; i < row.length; i++) {
                byte value = (byte) (row[i] - predict(filter, row, above, i, 3));
                candidate[i + 1] = value;
                sum += Math.abs(value);
            }
            if (sum < smallest) {
                smallest = sum;
                best = filter;
            }
        }
        return filtered[best];
    }

    private static void unfilter(int filter, byte[] rows, int start, byte[] row, byte[] above, int channels) {
        if (filter < 0 || filter >= FILTERS) {
            throw PngFile.malformed("a row has an unknown filter");
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) (rows[start + i] + predict(filter, row, above, i, channels));
        }
    }

    /** Predicts byte {@code i} of a row from those to its left and in the row above, by one of the standard's five filters. */
    private static int predict(int filter, byte[] row, byte[] above, int i, int channels) {
        int left = i < channels ? 0 : row[i - channels] & 0xFF;
        int up = above[i] & 0xFF;
        return switch (filter) {
            case 0 -> 0;
            case 1 -> left;
            case 2 -> up;
            case 3 -> (left + up) >> 1;
            default -> paeth(left, up, i < channels ? 0 : above[i - channels] & 0xFF);
        };
    }

    private static int paeth(int left, int up, int upLeft) {
        int estimate = left + up - upLeft;
        int toLeft = Math.abs(estimate - left);
        int toUp = Math.abs(estimate - up);
        int toUpLeft = Math.abs(estimate - upLeft);
        if (toLeft <= toUp && toLeft <= toUpLeft) {
            return left;
        }
        return toUp <= toUpLeft ? up : upLeft;
    }

    private static byte[] inflate(PngFile file, long expected) {
        if (expected > Integer.MAX_VALUE - 16) {
            throw PngFile.malformed("its picture is too large");
        }
        Inflater inflater = new Inflater();
        byte[] rows = new byte[(int) expected];
        int at = 0;
        try {
            for (PngChunk chunk : file.chunks()) {
                if (!chunk.type().equals("IDAT")) {
                    continue;
                }
                inflater.setInput(chunk.data());
                while (at < rows.length && !inflater.needsInput() && !inflater.finished()) {
                    at += inflater.inflate(rows, at, rows.length - at);
                }
            }
        } catch (DataFormatException e) {
            throw PngFile.malformed("its pixels are damaged");
        } finally {
            inflater.end();
        }
        if (at != rows.length) {
            throw PngFile.malformed("its pixels end early");
        }
        return rows;
    }
}
