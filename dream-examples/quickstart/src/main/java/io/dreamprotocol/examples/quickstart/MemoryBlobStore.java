package io.dreamprotocol.examples.quickstart;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A blob store of the application's own: it keeps blobs in memory, under the same CIDs as every other store. */
public final class MemoryBlobStore implements BlobStore {
    private final Map<Cid, byte[]> blobs = new ConcurrentHashMap<>();

    /** Creates an empty store. */
    public MemoryBlobStore() {}

    @Override
    public Cid put(InputStream content) throws IOException {
        byte[] bytes = content.readAllBytes();
        Cid cid = UnixFsFile.cidOf(bytes);
        blobs.put(cid, bytes);
        return cid;
    }

    @Override
    public InputStream open(Cid cid) {
        byte[] bytes = blobs.get(cid);
        if (bytes == null) {
            throw new NotFoundException(
                    ErrorCode.BLOB_NOT_FOUND, "Blob " + cid + " is not in this memory; put it first");
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public boolean has(Cid cid) {
        return blobs.containsKey(cid);
    }

    @Override
    public void close() {
        blobs.clear();
    }
}
