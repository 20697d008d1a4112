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
public interface BlobStore extends AutoCloseable {
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
     * Opens a blob for reading. Every block is checked against its CID before one byte of it is given out.
     *
     * @param cid the blob's CID
     * @return the bytes; the caller closes it. Reading throws a {@link DreamException} with {@code blob-corrupt} at a block that
     *     does not match, {@code blob-not-found} at one that is missing
     * @throws DreamException {@code blob-not-found} if the blob is not here, {@code blob-corrupt} if its root does not match
     */
    InputStream open(Cid cid);

    /**
     * Reads a blob whole.
     *
     * @param cid the blob's CID
     * @param limit the most bytes to accept
     * @return the bytes
     * @throws DreamException as {@link #open} does, and {@code blob-too-large} if there are more than {@code limit}
     */
    default byte[] read(Cid cid, int limit) {
        return BlobStreams.readAll(cid, open(cid), limit);
    }

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
