package io.dreamprotocol.inference.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory for the weights of a session that is being made. It is kept from one session to the next, as the garbage
 * collector is slow to give native memory back. Belongs to one thread at a time.
 */
final class Staging {
    private static final int BLOCK = 64 << 20;

    /** More is not worth keeping: making such large sessions takes much longer than allocating. */
    private static final long MAX_KEPT = 512L << 20;

    private final List<ByteBuffer> blocks = new ArrayList<>();

    /** Hands out memory that stays the caller's until {@link #reuse}. */
    ByteBuffer take(long bytes) {
        for (ByteBuffer block : blocks) {
            if (block.remaining() >= bytes) {
                return part(block, (int) bytes);
            }
        }
        ByteBuffer block = ByteBuffer.allocateDirect((int) Math.max(BLOCK, bytes));
        blocks.add(block);
        return part(block, (int) bytes);
    }

    private static ByteBuffer part(ByteBuffer block, int bytes) {
        int at = block.position();
        block.position(at + bytes);
        return block.slice(at, bytes).order(ByteOrder.nativeOrder());
    }

    /** Takes all memory back. */
    void reuse() {
        if (blocks.stream().mapToLong(ByteBuffer::capacity).sum() > MAX_KEPT) {
            free();
        }
        blocks.forEach(ByteBuffer::clear);
    }

    /** Lets go of all memory. */
    void free() {
        blocks.clear();
    }
}
