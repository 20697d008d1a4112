package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.DreamException;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A place behind the store on this machine: blocks are read from it, and what is stored here is brought to it, so that others find
 * it there. What it gives is believed nothing and checked by whoever asks.
 *
 * <p>Thread-safe.
 */
public interface StorageTier extends BlockSource, AutoCloseable {
    /**
     * Brings a block and all below it there, and has it kept there. What is there already is not sent again, so a publication that
     * was broken off goes on where it was. A tier that only gives does nothing.
     *
     * @param root the block's CID
     * @param from has it all
     * @param sent is told the number of bytes sent so far; what it throws ends the publication
     * @throws DreamException {@code blob-not-found} if a block is missing in {@code from}, {@code blob-corrupt} if one is damaged there,
     *     {@code store-full}, and {@code remote-unavailable} or {@code remote-refused} if the place does not take it
     */
    void publish(Cid root, BlockSource from, LongConsumer sent);

    /**
     * Has something kept there no longer; if it is not, nothing changes.
     *
     * @param root the CID that was published
     * @throws DreamException {@code remote-unavailable} or {@code remote-refused}
     */
    void withdraw(Cid root);

    /** Frees what the tier holds; calling it twice does nothing more. */
    @Override
    void close();

    /**
     * Returns a tier that is read from alone.
     *
     * @param source gives the blocks; stays the caller's
     * @return the tier
     */
    static StorageTier reading(BlockSource source) {
        return new StorageTier() {
            @Override
            public Optional<byte[]> block(Cid cid) {
                return source.block(cid);
            }

            @Override
            public void publish(Cid root, BlockSource from, LongConsumer sent) {}

            @Override
            public void withdraw(Cid root) {}

            @Override
            public void close() {}
        };
    }
}
