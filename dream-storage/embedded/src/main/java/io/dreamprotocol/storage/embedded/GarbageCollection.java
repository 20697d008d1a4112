package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.Dag;
import io.dreamprotocol.core.storage.DagStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Deletes the blocks that no pin keeps. What is being written lies elsewhere and is not looked at; whoever runs this has the store's lock
 * alone.
 */
final class GarbageCollection {
    private final BlockFiles files;
    private final PackSweep packs;
    private final boolean delete;
    private final LongConsumer deleted;
    private final Set<Cid> kept = new HashSet<>();
    private final Set<Cid> keptAsFiles = new HashSet<>();
    private long blocks;
    private long bytes;

    /**
     * Prepares a collection.
     *
     * @param files the store's blocks
     * @param packs takes blocks out of its packs
     * @param delete whether to delete what is found, or only to count it
     * @param deleted is told the number of blocks so far
     */
    GarbageCollection(BlockFiles files, PackSweep packs, boolean delete, LongConsumer deleted) {
        this.files = files;
        this.packs = packs;
        this.delete = delete;
        this.deleted = deleted;
    }

    DagStore.Garbage run(List<Cid> pins, Duration grace) {
        for (Cid pin : pins) {
            try {
                Dag.walk(pin, files::read, kept::add);
            } catch (DreamException e) {
                // What lies below a block that cannot be read is not known, so nothing may go.
                throw new StorageException(
                        ErrorCode.STORE_CORRUPT,
                        "Nothing was deleted, because " + pin + " is pinned and not whole; repair or unpin it ("
                                + e.getMessage() + ")",
                        e);
            }
        }
        Instant youngest = Instant.now().minus(grace);
        keepYoung(youngest);
        // Nodes first: a blob whose deletion is broken off should rather be missing than have holes.
        for (boolean leaves : new boolean[] {false, true}) {
            sweep(youngest, leaves);
            try {
                sweepPacks(youngest, leaves);
            } catch (IOException e) {
                throw StoreErrors.writing(files.layout().folder(), e);
            }
        }
        return new DagStore.Garbage(blocks, bytes);
    }

    /** A young blob keeps all its blocks, also those that are a little older than its root. */
    private void keepYoung(Instant youngest) {
        files.forEach((cid, file) -> {
            if (cid.codec() != Cid.Codec.RAW && !kept.contains(cid) && !isOlder(file, youngest)) {
                keepAll(cid);
            }
        });
        try {
            for (Pack pack : files.packs().list()) {
                if (!isOlder(pack, youngest)) {
                    pack.index().cids().stream()
                            .filter(cid -> cid.codec() != Cid.Codec.RAW && !kept.contains(cid))
                            .forEach(this::keepAll);
                }
            }
        } catch (IOException e) {
            throw StoreErrors.reading(files.layout().folder(), e);
        }
    }

    private void keepAll(Cid cid) {
        try {
            Dag.walk(cid, files::read, kept::add);
        } catch (DreamException e) {
            // It is not whole, so nobody can miss it.
        }
    }

    private static boolean isOlder(Pack pack, Instant youngest) throws IOException {
        return pack.time().toInstant().isBefore(youngest);
    }

    private boolean isOlder(Path file, Instant youngest) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(youngest);
        } catch (IOException e) {
            throw StoreErrors.reading(files.layout().folder(), e);
        }
    }

    private void sweepPacks(Instant youngest, boolean leaves) throws IOException {
        for (Pack pack : files.packs().list()) {
            if (!isOlder(pack, youngest)) {
                continue;
            }
            List<Cid> dead = new ArrayList<>();
            for (Cid cid : pack.index().cids()) {
                boolean leaf = cid.codec() == Cid.Codec.RAW;
                if (leaf != leaves) {
                    continue;
                }
                if (!kept.contains(cid)) {
                    dead.add(cid);
                    count(pack.index().find(cid).orElseThrow().length());
                } else if (isElsewhere(pack, cid)) {
                    dead.add(cid);
                }
            }
            if (delete && (!dead.isEmpty() || (leaves && PackSweep.isHollow(pack)))) {
                packs.take(pack, dead, leaves);
            }
        }
        if (delete && leaves) {
            for (Path damaged : files.packs().damaged()) {
                packs.retire(damaged);
            }
        }
    }

    /** A block that was stored again to repair it is a file, and the damaged one in the pack can go. */
    private boolean isElsewhere(Pack pack, Cid cid) throws IOException {
        return packs.isElsewhere(pack, cid) || (keptAsFiles.contains(cid) && files.isSound(cid));
    }

    private void count(long size) {
        blocks++;
        bytes += size;
        deleted.accept(blocks);
    }

    private void sweep(Instant youngest, boolean leaves) {
        files.forEach((cid, file) -> {
            boolean leaf = cid.codec() == Cid.Codec.RAW;
            if (kept.contains(cid)) {
                keptAsFiles.add(cid);
            } else if (leaf == leaves && isOlder(file, youngest)) {
                try {
                    long size = Files.size(file);
                    if (delete) {
                        Files.delete(file);
                    }
                    count(size);
                } catch (IOException e) {
                    throw StoreErrors.writing(files.layout().folder(), e);
                }
            }
        });
    }
}
