package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * A blob store in a Kubo node, which is trusted with keeping blobs and with nothing else: CIDs are computed here, and every block
 * that comes back is checked.
 *
 * <p>What is stored is pinned. Reading finds also what the node gets from the network, unless its settings say not to; {@link #has}
 * speaks of the node alone. Storing a blob again does not repair a block that the node has damaged: its own {@code ipfs repo
 * verify} finds those.
 *
 * <p>Thread-safe. Errors are those of {@link KuboClient}.
 */
public final class KuboBlobStore implements BlobStore {
    private final KuboClient client;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Creates the store; it connects when it is used.
     *
     * @param settings where the node is
     */
    public KuboBlobStore(KuboSettings settings) {
        this.client = new KuboClient(settings);
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        return put(content, bytes -> {});
    }

    /**
     * Stores bytes, as {@link #put(InputStream)} does, and tells how far it is.
     *
     * @param content the bytes, read to the end, in constant memory; not closed
     * @param sent is told the number of bytes sent so far, on this thread
     * @return the blob's CID
     * @throws IOException if reading {@code content} fails; nothing is stored
     */
    public Cid put(InputStream content, LongConsumer sent) throws IOException {
        checkOpen();
        return client.add(content, sent);
    }

    @Override
    public InputStream open(Cid cid) {
        checkOpen();
        return UnixFsFile.open(cid, this::block);
    }

    private Optional<byte[]> block(Cid cid) {
        checkOpen();
        return client.block(cid);
    }

    @Override
    public boolean has(Cid cid) {
        checkOpen();
        return client.blockSize(cid).isPresent();
    }

    private void checkOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The blob store in " + client.server() + " is closed");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            client.close();
        }
    }
}
