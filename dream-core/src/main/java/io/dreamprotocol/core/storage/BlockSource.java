package io.dreamprotocol.core.storage;

import java.util.Optional;

/** Gives single blocks by CID; nobody trusts what it gives before checking it. */
@FunctionalInterface
public interface BlockSource {
    /**
     * Fetches one block.
     *
     * @param cid the block's CID
     * @return the bytes that claim to be this block, at most {@link UnixFsFile#MAX_BLOCK_BYTES} of them, or empty if the block
     *     is not here
     */
    Optional<byte[]> block(Cid cid);
}
