package io.dreamprotocol.inference.images;

import java.io.ByteArrayOutputStream;

/** Writes numbers of any bits to bytes, the least significant bit first. */
final class BitWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long window;
    private int pending;

    /** Writes the lowest bits, 0 to 32 of them, of a number that has no higher ones. */
    void write(int value, int bits) {
        window |= (value & 0xFFFFFFFFL) << pending;
        pending += bits;
        while (pending >= 8) {
            out.write((int) window);
            window >>>= 8;
            pending -= 8;
        }
    }

    /** Returns everything, filled up to whole bytes with zeros. */
    byte[] toBytes() {
        if (pending > 0) {
            write(0, 8 - pending);
        }
        return out.toByteArray();
    }
}
