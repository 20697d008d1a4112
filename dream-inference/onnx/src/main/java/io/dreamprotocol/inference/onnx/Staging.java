package io.dreamprotocol.inference.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for the weights of a session. Belongs to one thread at a time.
 *
 * <p>It is kept from one session to the next, as the garbage collector is slow to give native memory back.
 */
final class Staging {
    /** Vector registers are loaded fastest from addresses that are multiples of their size. */
    static final int ALIGNMENT = 64;

    private static final int BLOCK = 16 << 20;

    private final List<ByteBuffer> blocks = new ArrayList<>();

    /** Hands out memory that stays the caller's until {@link #reuse}. */
    ByteBuffer take(long bytes) {
        int size = Math.toIntExact(bytes);
        for (ByteBuffer block : blocks) {
            if (block.remaining() >= size) {
                return part(block, size);
            }
        }
        ByteBuffer block = ByteBuffer.allocateDirect(Math.addExact(Math.max(BLOCK, size), ALIGNMENT))
                .alignedSlice(ALIGNMENT);
        blocks.add(block);
        return part(block, size);
    }

    private static ByteBuffer part(ByteBuffer block, int size) {
        int at = block.position();
        long next = at + (size + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
        block.position((int) Math.min(next, block.limit()));
        return block.slice(at, size).order(ByteOrder.nativeOrder());
    }

    /** Takes all memory back. */
    void reuse() {
        blocks.forEach(ByteBuffer::clear);
    }

    /** How much memory it holds. */
    long capacity() {
        return blocks.stream().mapToLong(ByteBuffer::capacity).sum();
    }
}
