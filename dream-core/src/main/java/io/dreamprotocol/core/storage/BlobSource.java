package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import java.io.InputStream;

/** Where blobs are read from, by their CID. */
@FunctionalInterface
public interface BlobSource {
    /** A source that has nothing. */
    BlobSource NONE = cid -> {
        throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "Blob " + cid + " is not here; give a store that has it");
    };

    /**
     * Opens a blob for reading. Every block is checked against its CID before one byte of it is given out.
     *
     * @param cid the blob's CID
     * @return the bytes; the caller closes it. Reading throws a {@link io.dreamprotocol.core.error.DreamException} with {@code
     *     blob-corrupt} at a block that does not match, {@code blob-not-found} at one that is missing
     * @throws io.dreamprotocol.core.error.DreamException {@code blob-not-found} if the blob is not here, {@code blob-corrupt} if
     *     its root does not match
     */
    InputStream open(Cid cid);

    /**
     * Reads a blob whole.
     *
     * @param cid the blob's CID
     * @param limit the most bytes to accept
     * @return the bytes
     * @throws io.dreamprotocol.core.error.DreamException as {@link #open} does, and {@code blob-too-large} if there are more than
     *     {@code limit}
     */
    default byte[] read(Cid cid, int limit) {
        return BlobStreams.readAll(cid, open(cid), limit);
    }
}
