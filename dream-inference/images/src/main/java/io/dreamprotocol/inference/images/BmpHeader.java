package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The checks of a BMP file that its decoder does not make before it takes memory: that nothing which the header promises is
 * larger than the file.
 */
final class BmpHeader {
    private static final List<Integer> SIZES = List.of(12, 40, 52, 56, 64, 108, 124);
    private static final int FILE_HEADER = 14;
    private static final int OLD = 12;
    private static final int WITH_PROFILE = 124;
    private static final int UNCOMPRESSED = 0;
    private static final int BIT_FIELDS = 3;

    private BmpHeader() {}

    static boolean isBmp(byte[] bytes) {
        return bytes.length >= FILE_HEADER + OLD
                && bytes[0] == 'B'
                && bytes[1] == 'M'
                && SIZES.contains(
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(FILE_HEADER));
    }

    private static CorruptDataException malformed(String what) {
        return ImageErrors.malformed("BMP", what);
    }

    static void check(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = header.getInt(FILE_HEADER);
        if (bytes.length < FILE_HEADER + size) {
            throw malformed("it is truncated");
        }
        boolean isOld = size == OLD;
        long width = isOld ? Short.toUnsignedInt(header.getShort(18)) : header.getInt(18);
        long height = isOld ? Short.toUnsignedInt(header.getShort(20)) : Math.abs((long) header.getInt(22));
        ImageErrors.checkSize("BMP", width, height);
        int depth = header.getShort(isOld ? 24 : 28);
        int compression = isOld ? UNCOMPRESSED : header.getInt(30);
        if (!List.of(1, 4, 8, 16, 24, 32).contains(depth)) {
            throw malformed("its pixels have " + depth + " bits");
        }
        if (compression < UNCOMPRESSED || compression > BIT_FIELDS) {
            throw ImageErrors.unsupported("A BMP file with another image inside");
        }
        long start = Integer.toUnsignedLong(header.getInt(10));
        boolean isPlain = compression == UNCOMPRESSED || compression == BIT_FIELDS;
        long pixels = isPlain ? (width * depth + 31) / 32 * 4 * height : 1;
        if (start < FILE_HEADER + size || start + pixels > bytes.length) {
            throw malformed("its pixels end early");
        }
        if (!isOld && Integer.toUnsignedLong(header.getInt(46)) > 256) {
            throw malformed("its palette has more than 256 colours");
        }
        if (size == WITH_PROFILE
                && Integer.toUnsignedLong(header.getInt(126)) + Integer.toUnsignedLong(header.getInt(130)) + FILE_HEADER
                        > bytes.length) {
            throw malformed("its colour profile is longer than the file");
        }
    }
}
