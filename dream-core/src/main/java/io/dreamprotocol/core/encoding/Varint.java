package io.dreamprotocol.core.encoding;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Unsigned variable-length integers as multiformats define them: at most nine bytes, in the fewest bytes. */
public final class Varint {
    private static final int MAX_BYTES = 9;

    private Varint() {}

    /**
     * Writes a number.
     *
     * @param value the number, not negative
     * @param out where to
     */
    public static void write(long value, ByteArrayOutputStream out) {
        if (value < 0) {
            throw new IllegalArgumentException("A varint cannot be negative: " + value);
        }
        long rest = value;
        while (rest > 0x7F) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /**
     * Reads a number.
     *
     * @param in where from; its position moves behind the number
     * @return the number
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if it ends early, is too long, or not minimal
     */
    public static long read(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            if (!in.hasRemaining()) {
                throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "A varint ends early");
            }
            byte part = in.get();
            value |= (long) (part & 0x7F) << (7 * i);
            if (part >= 0) {
                if (part == 0 && i > 0) {
                    throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "A varint in more bytes than needed");
                }
                return value;
            }
        }
        throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "A varint longer than " + MAX_BYTES + " bytes");
    }
}
