package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.io.InputStream;

/** Reads a blob's stream whole, within a limit. */
final class BlobStreams {
    private BlobStreams() {}

    static byte[] readAll(Cid cid, InputStream stream, int limit) {
        try (stream) {
            byte[] content = stream.readNBytes(limit);
            if (content.length == limit && stream.read() >= 0) {
                throw new InvalidInputException(
                        ErrorCode.BLOB_TOO_LARGE,
                        "Blob " + cid + " has more than the " + limit + " bytes that fit here");
            }
            return content;
        } catch (IOException e) {
            throw new StorageException(ErrorCode.STORE_FAILED, "Cannot read blob " + cid + ": " + e.getMessage(), e);
        }
    }
}
