package io.dreamprotocol.core.library;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Blobs in memory, which may break off, and may lie about what a CID names. */
class FakeStore implements BlobStore {
    final Map<Cid, byte[]> blobs = new LinkedHashMap<>();
    final Set<Cid> kept = new HashSet<>();
    /** After how many bytes reading a blob fails. */
    long breaksAfter = Long.MAX_VALUE;

    int opened;

    @Override
    public synchronized InputStream open(Cid cid) {
        opened++;
        byte[] content = blobs.get(cid);
        if (content == null) {
            throw new NotFoundException(ErrorCode.BLOB_NOT_FOUND, "No blob " + cid);
        }
        long limit = breaksAfter;
        return new InputStream() {
            private final InputStream in = new ByteArrayInputStream(content);
            private long read;

            @Override
            public int read() throws IOException {
                if (read++ >= limit) {
                    throw new IOException("the connection broke");
                }
                return in.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length > 0 && read >= limit) {
                    throw new IOException("the connection broke");
                }
                int count = in.read(target, offset, (int) Math.min(length, limit - read));
                read += Math.max(0, count);
                return count;
            }
        };
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        byte[] bytes = content.readAllBytes();
        Cid cid = UnixFsFile.cidOf(bytes);
        blobs.put(cid, bytes);
        return cid;
    }

    @Override
    public void keep(Cid cid) {
        kept.add(cid);
    }

    @Override
    public boolean has(Cid cid) {
        return blobs.containsKey(cid);
    }

    @Override
    public void close() {}
}
