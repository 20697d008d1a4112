package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.DreamException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A blob store: bytes in, their CID out, and the same bytes back for the CID.
 *
 * <p>A blob is a file as {@code ipfs add --cid-version=1} stores it, so every store gives the same bytes the same CID. Stores
 * are thread-safe, and several processes may use one at a time.
 */
public interface BlobStore extends BlobSource, AutoCloseable {
    /**
     * Stores bytes. Storing what is there already changes nothing and gives the same CID. When this returns, the blob survives
     * a crash; when it throws or the process dies, nothing half-written can ever be read.
     *
     * @param content the bytes, read to the end, in constant memory; not closed
     * @return the blob's CID
     * @throws IOException if reading {@code content} fails; nothing is stored
     * @throws DreamException {@code store-read-only}, {@code store-full}, {@code blob-too-large}, {@code store-failed}
     */
    Cid put(InputStream content) throws IOException;

    /**
     * Stores an array of bytes, as {@link #put(InputStream)} does.
     *
     * @param content the bytes
     * @return the blob's CID
     */
    default Cid put(byte[] content) {
        try {
            return put(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new IllegalStateException("Reading an array cannot fail", e);
        }
    }

    /**
     * Keeps a blob that was put here when the store is collected, or makes room, as long as nobody unpins it. A store that deletes nothing by
     * itself, or keeps what is put anyway, does nothing.
     *
     * @param cid the blob's CID
     * @throws DreamException {@code blob-not-found} if it is not here
     */
    default void keep(Cid cid) {}

    /**
     * Leaves to the store's own judgement again what was to be kept; if it was not, nothing changes.
     *
     * @param cid the blob's CID
     */
    default void release(Cid cid) {}

    /**
     * Tells whether a blob's root is here, without checking its bytes.
     *
     * @param cid the blob's CID
     * @return true if it is
     */
    boolean has(Cid cid);

    /**
     * Frees what the store holds; calling it twice does nothing more. Any other call afterwards is a mistake, which throws an
     * {@link IllegalStateException}. What is being stored at the time ends as if the store were open.
     */
    @Override
    void close();
}
