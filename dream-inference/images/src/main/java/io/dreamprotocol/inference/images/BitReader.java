package io.dreamprotocol.inference.images;

/** Reads numbers of any bits from bytes, the least significant bit first. */
final class BitReader {
    private final byte[] bytes;
    private int next;
    private long window;
    private int available;

    BitReader(byte[] bytes, int from) {
        this.bytes = bytes;
        this.next = from;
    }

    /** Reads a number of 0 to 24 bits. */
    int read(int bits) {
        int value = peek(bits);
        skip(bits);
        return value;
    }

    /** Looks at the next bits, 0 to 24; behind the end there are zeros. */
    int peek(int bits) {
        while (available < bits && next < bytes.length) {
            window |= (bytes[next++] & 0xFFL) << available;
            available += 8;
        }
        return (int) window & (1 << bits) - 1;
    }

    /** Goes past bits that were looked at. */
    void skip(int bits) {
        if (bits > available) {
            throw ImageErrors.malformed("WebP", "its picture ends early");
        }
        window >>>= bits;
        available -= bits;
    }
}
