package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.DreamException;
import java.util.function.LongConsumer;

/** A store that can also take single blocks, and so hold a blob that comes from elsewhere piece by piece. */
public interface BlockStore extends DagStore {
    /**
     * Stores one block, if it is not here already. It survives a crash when this returns. Whoever stores the parts of a blob stores
     * each after those that it links to, so that what is here is whole.
     *
     * @param cid the block's CID
     * @param block its bytes
     * @throws IllegalArgumentException if the bytes do not match the CID
     * @throws DreamException {@code store-read-only}, {@code store-full}, {@code store-failed}
     */
    void putBlock(Cid cid, byte[] block);

    /**
     * Deletes what nobody needs: blocks that are not pinned and have not been stored just now.
     *
     * @return whether there is more room than before
     */
    boolean evict();

    @Override
    default void publish(Cid root, BlockSource from, LongConsumer sent) {
        DagCopy.bring(root, this, from, sent);
        pin(root);
    }
}
