package io.dreamprotocol.core.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first 64 bits of MurmurHash3's variant x64-128 with seed 0, by which IPFS spreads the names of a large folder over its nodes.
 *
 * <p>Source: A. Appleby, MurmurHash3 (public domain); the multicodec table calls this hash murmur3-x64-64.
 */
final class MurmurHash3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final int STRIPE = 16;

    private MurmurHash3() {}

    static long hash64(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long first = 0;
        long second = 0;
        while (in.remaining() >= STRIPE) {
            first = Long.rotateLeft(first ^ mixFirst(in.getLong()), 27) + second;
            first = first * 5 + 0x52dce729;
            second = Long.rotateLeft(second ^ mixSecond(in.getLong()), 31) + first;
            second = second * 5 + 0x38495ab5;
        }
        byte[] tail = new byte[STRIPE];
        in.get(tail, 0, in.remaining());
        ByteBuffer rest = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
        first ^= mixFirst(rest.getLong());
        second ^= mixSecond(rest.getLong());
        first ^= bytes.length;
        second ^= bytes.length;
        first += second;
        second += first;
        return finish(first) + finish(second);
    }

    private static long mixFirst(long word) {
        return Long.rotateLeft(word * C1, 31) * C2;
    }

    private static long mixSecond(long word) {
        return Long.rotateLeft(word * C2, 33) * C1;
    }

    private static long finish(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
