package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A store on this machine before others farther away: what is read from those is kept here, block by block.
 *
 * <p>Blobs are stored here alone; {@link #publish} brings them to another store. Nothing that comes from afar is used or kept before it
 * is checked. When the store here is full, it deletes what is not pinned; when that is not enough, what is read is not kept.
 *
 * <p>Thread-safe if the stores are.
 */
public final class TieredBlobStore implements BlobStore {
    /** The most blocks above one that is fetched: 128. */
    public static final int MAX_DEPTH = 128;

    private static final int ATTEMPTS = 3;

    private final BlockStore near;
    private final List<BlockSource> far;

    /**
     * Creates the store.
     *
     * @param near the store on this machine; closed with this one
     * @param far where blocks are looked for that are not there, in this order; not closed
     */
    public TieredBlobStore(BlockStore near, List<? extends BlockSource> far) {
        this.near = near;
        this.far = List.copyOf(far);
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        return near.put(content);
    }

    /**
     * Opens a blob for reading. Its bytes are kept here as they are read, so that reading them again needs nothing from afar but the
     * nodes between them; {@link #fetch} brings a blob here for good.
     *
     * @param cid the blob's CID
     * @return the bytes; the caller closes it
     */
    @Override
    public InputStream open(Cid cid) {
        return UnixFsFile.open(cid, this::blockForReading);
    }

    private Optional<byte[]> blockForReading(Cid cid) {
        Optional<byte[]> here = soundHere(cid);
        if (here.isPresent()) {
            return here;
        }
        Optional<byte[]> block = fromAfar(cid);
        // A node that is here says that all below it is; only a fetch knows that.
        if (block.isPresent() && cid.codec() == Cid.Codec.RAW) {
            keep(cid, block.get());
        }
        // Damaged bytes are the reader's to name, where nobody has better ones.
        return block.or(() -> near.block(cid));
    }

    /** Tells whether a blob's root is here; what is farther away is not asked. */
    @Override
    public boolean has(Cid cid) {
        return near.has(cid);
    }

    /**
     * Brings a blob or folder here with all below it. What is here already is not fetched again, so a fetch that was broken off goes on
     * where it was, and what models share comes once. The root is stored last.
     *
     * @param root the CID
     * @param fetched is told the number of bytes fetched so far
     * @throws DreamException {@link ErrorCode#BLOB_NOT_FOUND} if a block is nowhere, {@link ErrorCode#STORE_FULL} if there is no room here even
     *     after eviction, and what the sources throw if none of them gives a block
     */
    public void fetch(Cid root, LongConsumer fetched) {
        long[] bytes = new long[1];
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            bring(root, bytes, fetched);
            // An eviction may have taken what came first, before the root was there to keep it.
            if (isWhole(root)) {
                return;
            }
        }
        throw new StorageException(
                ErrorCode.STORE_FULL, "Blob " + root + " does not fit here: its first blocks go when its last come");
    }

    private boolean isWhole(Cid root) {
        Set<Cid> seen = new HashSet<>();
        boolean[] whole = {true};
        try {
            Dag.walk(root, near, cid -> {
                whole[0] &= near.has(cid);
                return whole[0] && seen.add(cid);
            });
        } catch (NotFoundException e) {
            return false;
        }
        return whole[0];
    }

    private void bring(Cid root, long[] bytes, LongConsumer fetched) {
        Set<Cid> done = new HashSet<>();
        Deque<Node> path = new ArrayDeque<>();
        path.push(node(root, root, bytes, fetched));
        while (!path.isEmpty()) {
            Node at = path.element();
            if (at.next == at.links.size()) {
                path.pop();
                store(at);
                done.add(at.cid);
                continue;
            }
            Cid cid = at.links.get(at.next++);
            if (!done.contains(cid)) {
                if (path.size() == MAX_DEPTH) {
                    throw new InvalidInputException(
                            ErrorCode.BLOB_TOO_LARGE,
                            "What " + root + " names is deeper than " + MAX_DEPTH + " blocks");
                }
                path.push(node(cid, root, bytes, fetched));
            }
        }
    }

    private Node node(Cid cid, Cid root, long[] bytes, LongConsumer fetched) {
        Optional<byte[]> here = soundHere(cid);
        byte[] block = here.or(() -> fromAfar(cid))
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.BLOB_NOT_FOUND,
                        cid.equals(root)
                                ? "No blob " + root + " is to be had"
                                : "Block " + cid + " of " + root + " is not to be had"));
        if (here.isEmpty()) {
            bytes[0] += block.length;
            fetched.accept(bytes[0]);
        }
        return new Node(cid, Dag.links(cid, block), block, here.isPresent());
    }

    /** A block whose links are being followed. */
    private static final class Node {
        private final Cid cid;
        private final List<Cid> links;
        private final byte[] block;
        private final boolean here;
        private int next;

        Node(Cid cid, List<Cid> links, byte[] block, boolean here) {
            this.cid = cid;
            this.links = links;
            this.block = block;
            this.here = here;
        }
    }

    private void store(Node node) {
        if (!node.here) {
            try {
                near.putBlock(node.cid, node.block);
            } catch (DreamException e) {
                if (e.code() != ErrorCode.STORE_FULL || !near.evict()) {
                    throw e;
                }
                near.putBlock(node.cid, node.block);
            }
        }
    }

    /** Keeps a block for the next reader, if that is possible. */
    private void keep(Cid cid, byte[] block) {
        try {
            near.putBlock(cid, block);
        } catch (DreamException e) {
            boolean full = e.code() == ErrorCode.STORE_FULL;
            if (e.code() != ErrorCode.STORE_READ_ONLY && !full) {
                throw e;
            }
            if (full && near.evict()) {
                keepOnce(cid, block);
            }
        }
    }

    private void keepOnce(Cid cid, byte[] block) {
        try {
            near.putBlock(cid, block);
        } catch (DreamException e) {
            if (e.code() != ErrorCode.STORE_FULL) {
                throw e;
            }
        }
    }

    private Optional<byte[]> soundHere(Cid cid) {
        try {
            return near.block(cid).filter(block -> isSound(cid, block));
        } catch (DreamException e) {
            if (e.code() == ErrorCode.BLOB_CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Asks one after the other; a source that fails or lies counts only if no other has the block. */
    private Optional<byte[]> fromAfar(Cid cid) {
        DreamException failure = null;
        for (BlockSource source : far) {
            try {
                Optional<byte[]> block = source.block(cid);
                if (block.isPresent()) {
                    if (isSound(cid, block.get())) {
                        return block;
                    }
                    throw new CorruptDataException(
                            ErrorCode.REMOTE_MISMATCH, "A source gave other bytes for block " + cid);
                }
            } catch (StoppedException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                failure = failure == null ? e : failure;
            } catch (DreamException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return Optional.empty();
    }

    private static boolean isSound(Cid cid, byte[] block) {
        return block.length <= UnixFsFile.MAX_BLOCK_BYTES && Bytes.sha256(block).equals(cid.digest());
    }

    /**
     * Stores a blob that is here, or can be had, in another store too.
     *
     * @param cid the blob's CID
     * @param store where to
     * @throws DreamException if the blob is not to be had or the store does not take it; {@link ErrorCode#UNSUPPORTED} if the blob was
     *     cut in a way that the store would not cut it, so that its CID there would be another
     */
    public void publish(Cid cid, BlobStore store) {
        Cid there;
        try (InputStream content = open(cid)) {
            there = store.put(content);
        } catch (IOException e) {
            throw new StorageException(ErrorCode.STORE_FAILED, "Cannot read blob " + cid + ": " + e.getMessage(), e);
        }
        if (!there.equals(cid)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "Blob " + cid + " was cut otherwise than blobs are here, and is " + there
                            + " there; move it as a CAR");
        }
    }

    /** Closes the store on this machine. */
    @Override
    public void close() {
        near.close();
    }
}
