package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A store on this machine before others farther away: what is read from those is kept here, block by block, and what is stored here
 * is brought to them.
 *
 * <p>Storing returns when the blob is here and in every tier that takes any; if one of them fails, storing fails, the blob stays here, and
 * storing it again sends what is missing. Nothing that comes from afar is used or kept before it is checked. When the store here is full,
 * it deletes what is not pinned; when that is not enough, what is read is not kept.
 *
 * <p>Thread-safe.
 */
public final class TieredBlobStore implements DagStore {
    /** The most blocks above one that is fetched: 128. */
    public static final int MAX_DEPTH = DagCopy.MAX_DEPTH;

    private final BlockStore near;
    private final List<StorageTier> far;

    /**
     * Creates the store.
     *
     * @param near the store on this machine; closed with this one
     * @param far where blocks are looked for that are not there, in this order, and to where blobs are brought; closed with this one
     */
    public TieredBlobStore(BlockStore near, List<StorageTier> far) {
        this.near = near;
        this.far = List.copyOf(far);
    }

    @Override
    public Cid put(InputStream content) throws IOException {
        return published(near.put(content));
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
        return UnixFsFile.open(cid, this);
    }

    /**
     * Gives one block from here or, if it is not here or damaged, from afar.
     *
     * @param cid the block's CID
     * @return the block; from afar only checked ones
     */
    @Override
    public Optional<byte[]> block(Cid cid) {
        Optional<byte[]> here = DagCopy.soundBlock(near, cid);
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
     * @param fetched is told the number of bytes fetched so far; what it throws ends the fetch
     * @throws DreamException {@link ErrorCode#BLOB_NOT_FOUND} if a block is nowhere, {@link ErrorCode#STORE_FULL} if there is no room here even
     *     after eviction, and what the tiers throw if none of them gives a block
     */
    public void fetch(Cid root, LongConsumer fetched) {
        DagCopy.bring(root, near, this::fromAfar, fetched);
    }

    /**
     * Stores a folder, as {@link DagStore#putFolder} does.
     *
     * @param read is told the number of bytes read, and then sent to the tiers behind, so far
     */
    @Override
    public Cid putFolder(Path folder, LongConsumer read) throws IOException {
        long[] done = new long[1];
        Cid root = near.putFolder(folder, bytes -> {
            done[0] = bytes;
            read.accept(bytes);
        });
        for (StorageTier tier : far) {
            long before = done[0];
            tier.publish(root, near, sent -> {
                done[0] = before + sent;
                read.accept(done[0]);
            });
        }
        return root;
    }

    @Override
    public Cid importCar(InputStream car) throws IOException {
        return published(near.importCar(car));
    }

    private Cid published(Cid root) {
        far.forEach(tier -> tier.publish(root, near, sent -> {}));
        return root;
    }

    /** Brings a blob or folder from another source here and to every tier behind. */
    @Override
    public void publish(Cid root, BlockSource from, LongConsumer sent) {
        near.publish(root, from, sent);
        far.forEach(tier -> tier.publish(root, near, sent));
    }

    /** Keeps a block and all below it here and in every tier behind; what is not here is fetched first. */
    @Override
    public void pin(Cid cid) {
        publish(cid, this::fromAfar, sent -> {});
    }

    @Override
    public void keep(Cid cid) {
        near.keep(cid);
    }

    /** Leaves a block to garbage collection here, and has it kept in no tier behind any longer. */
    @Override
    public void unpin(Cid cid) {
        near.unpin(cid);
        far.forEach(tier -> tier.withdraw(cid));
    }

    /** Lists what is pinned here. */
    @Override
    public List<Cid> pins() {
        return near.pins();
    }

    /** Tells what can be deleted here; the tiers behind are their owners' to collect. */
    @Override
    public Garbage findGarbage() {
        return near.findGarbage();
    }

    @Override
    public Garbage collectGarbage(LongConsumer deleted) {
        return near.collectGarbage(deleted);
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

    /** Asks one after the other; a source that fails or lies counts only if no other has the block. */
    private Optional<byte[]> fromAfar(Cid cid) {
        DreamException failure = null;
        for (StorageTier source : far) {
            try {
                Optional<byte[]> block = source.block(cid);
                if (block.isPresent()) {
                    if (DagCopy.isSound(cid, block.get())) {
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

    /** Closes the store on this machine and every tier behind it. */
    @Override
    public void close() {
        try {
            near.close();
        } finally {
            far.forEach(StorageTier::close);
        }
    }
}
