package io.dreamprotocol.core.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

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
}
