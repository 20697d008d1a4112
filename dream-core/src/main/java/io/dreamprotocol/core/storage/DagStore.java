package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.DreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A blob store that holds folders and other trees of blocks too, and can be kept in order: what is pinned stays, and the rest can be
 * collected.
 */
public interface DagStore extends BlobStore, StorageTier {
    /**
     * Blocks that nothing keeps.
     *
     * @param blocks how many there are
     * @param bytes how many bytes they have
     */
    record Garbage(long blocks, long bytes) {}

    /**
     * Stores a folder with all that is in it, hidden files too, and keeps it.
     *
     * @param folder the folder
     * @param read is told the number of bytes read so far; what it throws ends the call
     * @return the folder's CID
     * @throws IOException if reading the folder fails; nothing is kept then
     * @throws DreamException as {@link UnixFsFolder#write(Path, BlockSink)} and {@link #put} do
     */
    Cid putFolder(Path folder, LongConsumer read) throws IOException;

    /**
     * Stores the blocks of a CAR, which are checked, and keeps its root.
     *
     * @param car the CAR's bytes, read to the end; not closed
     * @return its root
     * @throws IOException if reading fails; nothing is kept then
     * @throws DreamException {@code blob-not-found} if a block below the root is neither in the CAR nor here, {@code malformed-data} if it has
     *     not exactly one root, and what {@link CarReader} throws
     */
    Cid importCar(InputStream car) throws IOException;

    /**
     * Keeps a block and all below it from garbage collection.
     *
     * @param cid the CID of a blob, a folder, or any block
     * @throws DreamException {@code blob-not-found} if not all of it is to be had
     */
    void pin(Cid cid);

    /**
     * Leaves a block to garbage collection again; if it is not pinned, nothing changes.
     *
     * @param cid the CID that was pinned
     */
    void unpin(Cid cid);

    /**
     * Lists what is pinned.
     *
     * @return the CIDs
     */
    List<Cid> pins();

    /**
     * Tells what {@link #collectGarbage} would delete now.
     *
     * @return how much that is
     */
    Garbage findGarbage();

    /**
     * Deletes the blocks that no pin keeps, and that were not stored just now.
     *
     * @param deleted is told the number of blocks deleted so far
     * @return how much was deleted
     */
    Garbage collectGarbage(LongConsumer deleted);

    @Override
    default void keep(Cid cid) {
        pin(cid);
    }

    @Override
    default void release(Cid cid) {
        unpin(cid);
    }

    @Override
    default void withdraw(Cid root) {
        unpin(root);
    }

    @Override
    void close();
}
