package io.dreamprotocol.storage.testkit;

import java.io.InputStream;
import java.util.Objects;

/**
 * A stream of any length that takes no memory and hardly any time: byte i is the highest byte of the 32-bit product of i and
 * 0x9E3779B1. It is for one thread.
 */
public final class SampleStream extends InputStream {
    private static final int FACTOR = 0x9E3779B1;

    private final long size;
    private long position;

    /**
     * Creates the stream.
     *
     * @param size how many bytes it gives
     */
    public SampleStream(long size) {
        this.size = size;
    }

    /**
     * Returns the first bytes of the stream.
     *
     * @param size how many
     * @return the bytes
     */
    public static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        fill(bytes, 0, size, 0);
        return bytes;
    }

    @Override
    public int read() {
        if (position == size) {
            return -1;
        }
        int product = (int) position++ * FACTOR;
        return product >>> 24;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        int count = (int) Math.min(length, size - position);
        if (count == 0) {
            return length == 0 ? 0 : -1;
        }
        fill(target, offset, count, position);
        position += count;
        return count;
    }

    private static void fill(byte[] target, int offset, int count, long position) {
        int product = (int) position * FACTOR;
        for (int i = 0; i < count; i++) {
            target[offset + i] = (byte) (product >>> 24);
            product += FACTOR;
        }
    }
}
