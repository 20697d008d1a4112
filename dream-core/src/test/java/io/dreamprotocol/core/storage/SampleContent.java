package io.dreamprotocol.core.storage;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** The contents that the golden files describe by formula, as streams of any length. */
final class SampleContent extends InputStream {
    private static final byte[] TEXT = "a red apple, flat style; ".getBytes(StandardCharsets.US_ASCII);

    private final String kind;
    private final long size;
    private long at;

    SampleContent(String kind, long size) {
        this.kind = kind;
        this.size = size;
    }

    static byte[] bytes(String kind, int size) {
        byte[] bytes = new byte[size];
        new SampleContent(kind, size).read(bytes, 0, size);
        return bytes;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        int count = (int) Math.min(length, size - at);
        if (count == 0) {
            return length == 0 ? 0 : -1;
        }
        switch (kind) {
            case "multiplicative" -> {
                int product = (int) at * 0x9E3779B1;
                for (int i = 0; i < count; i++, product += 0x9E3779B1) {
                    target[offset + i] = (byte) (product >>> 24);
                }
            }
            case "text" -> {
                for (int i = 0; i < count; i++) {
                    target[offset + i] = TEXT[(int) ((at + i) % TEXT.length)];
                }
            }
            case "zeros" -> Arrays.fill(target, offset, offset + count, (byte) 0);
            default -> throw new IllegalArgumentException("No content is called " + kind);
        }
        at += count;
        return count;
    }
}
