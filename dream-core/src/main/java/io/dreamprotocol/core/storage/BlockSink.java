package io.dreamprotocol.core.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Takes the blocks of a blob as they are made, every block after those that it links to. */
@FunctionalInterface
public interface BlockSink {
    /**
     * Takes one block. A blob with repeated content gives the same block several times.
     *
     * @param cid the block's CID
     * @param block the block's bytes, from position to limit; valid only during this call
     * @throws IOException if the block cannot be taken, which ends the import
     */
    void accept(Cid cid, ByteBuffer block) throws IOException;

    /**
     * Returns a sink that gives every block on to this one, and tells how far the import is.
     *
     * @param read is told the number of the files' bytes so far; what it throws ends the import
     * @return the sink
     */
    default BlockSink counting(LongConsumer read) {
        long[] bytes = new long[1];
        return (cid, block) -> {
            int size = cid.codec() == Cid.Codec.RAW ? block.remaining() : 0;
            accept(cid, block);
            bytes[0] += size;
            read.accept(bytes[0]);
        };
    }
}
