package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory. */
final class MemoryStore implements BlobStore {
    private final Map<Cid, byte[]> content = new ConcurrentHashMap<>();
    private final Set<Cid> kept = ConcurrentHashMap.newKeySet();

    @Override
    public Cid put(InputStream stream) throws IOException {
        byte[] bytes = stream.readAllBytes();
        Cid cid = UnixFsFile.cidOf(bytes);
        content.put(cid, bytes);
        return cid;
    }

    @Override
    public InputStream open(Cid cid) {
        byte[] bytes = content.get(cid);
        if (bytes == null) {
            throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "No blob " + cid);
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public boolean has(Cid cid) {
        return content.containsKey(cid);
    }

    @Override
    public void keep(Cid cid) {
        kept.add(cid);
    }

    @Override
    public void release(Cid cid) {
        kept.remove(cid);
    }

    /** Tells what is to be kept. */
    Set<Cid> kept() {
        return Set.copyOf(kept);
    }

    @Override
    public void close() {}
}
