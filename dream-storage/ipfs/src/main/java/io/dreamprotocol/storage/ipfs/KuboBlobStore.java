package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.CarReader;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.storage.UnixFsFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
public final class KuboBlobStore implements DagStore {
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
        return UnixFsFile.open(cid, this);
    }

    @Override
    public Optional<byte[]> block(Cid cid) {
        checkOpen();
        return client.block(cid);
    }

    @Override
    public boolean has(Cid cid) {
        checkOpen();
        return client.blockSize(cid).isPresent();
    }

    /** Does nothing, because a node pins what is put. */
    @Override
    public void keep(Cid cid) {
        checkOpen();
    }

    @Override
    public Cid putFolder(Path folder, LongConsumer read) throws IOException {
        checkOpen();
        return client.importDag(sink -> UnixFsFolder.write(folder, sink.counting(read)));
    }

    @Override
    public Cid importCar(InputStream car) throws IOException {
        checkOpen();
        return client.importDag(sink -> {
            CarReader reader = new CarReader(car);
            if (reader.roots().size() != 1) {
                throw new CorruptDataException(
                        ErrorCode.MALFORMED_DATA,
                        "The CAR has " + reader.roots().size() + " roots; only one with one root can be stored");
            }
            while (reader.next()) {
                sink.accept(reader.cid(), ByteBuffer.wrap(reader.block()));
            }
            return reader.roots().getFirst();
        });
    }

    @Override
    public void publish(Cid root, BlockSource from, LongConsumer sent) {
        checkOpen();
        if (client.isPinned(root)) {
            return;
        }
        try {
            client.importDag(new MissingBlocks(root, from, client, sent));
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot read what is to be published: " + e.getMessage(), e);
        }
    }

    @Override
    public void pin(Cid cid) {
        checkOpen();
        client.pin(cid);
    }

    @Override
    public void unpin(Cid cid) {
        checkOpen();
        client.unpin(cid);
    }

    @Override
    public List<Cid> pins() {
        checkOpen();
        return client.pins();
    }

    /**
     * Counts what the node's garbage collection would delete: blocks below no pin and not among the node's own files. Blocks under other
     * hashes than SHA-256 are not counted.
     */
    @Override
    public Garbage findGarbage() {
        checkOpen();
        Set<Bytes> garbage = client.localBlocks();
        garbage.removeAll(client.pinnedBlocks());
        Dag.walk(client.filesRoot(), client, cid -> garbage.remove(cid.digest()) || cid.codec() == Cid.Codec.DAG_PB);
        long bytes = 0;
        for (Bytes digest : garbage) {
            bytes += client.blockSize(new Cid(Cid.Codec.RAW, digest)).orElse(0);
        }
        return new Garbage(garbage.size(), bytes);
    }

    /** Has the node collect its garbage, however young; its bytes are those by which its repository has become smaller. */
    @Override
    public Garbage collectGarbage(LongConsumer deleted) {
        checkOpen();
        long before = client.repository().bytes();
        long blocks = client.collectGarbage(deleted);
        return new Garbage(blocks, Math.max(0, before - client.repository().bytes()));
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
