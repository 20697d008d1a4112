package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Takes blocks out of packs: puts a pack with the rest in place of each that has some, which is in its place before the old one goes.
 */
final class PackSweep implements AutoCloseable {
    /** The share of a pack that may be bytes of no block; with more it is written anew. */
    private static final int LITTLE = 16;

    private final Packs packs;
    private final Path staging;
    private final Map<Cid, Pack> seen = new HashMap<>();
    private boolean begun;
    private int made;

    /**
     * Prepares a sweep.
     *
     * @param packs the store's
     * @param staging a name that is free; what gets it is deleted by {@link #close}
     */
    PackSweep(Packs packs, Path staging) {
        this.packs = packs;
        this.staging = staging;
    }

    /**
     * Tells whether a pack that was looked at before has a block, whole. Two packs have the same block after a collection that was broken
     * off, and after two processes stored it at once.
     */
    boolean isElsewhere(Pack pack, Cid cid) throws IOException {
        Pack before = seen.putIfAbsent(cid, pack);
        return before != null
                && before.read(cid)
                        .filter(block -> Bytes.sha256(block).equals(cid.digest()))
                        .isPresent();
    }

    /** Tells whether much of a pack is bytes of no block. */
    static boolean isHollow(Pack pack) throws IOException {
        return pack.bytes() - pack.index().blockBytes() > pack.bytes() / LITTLE;
    }

    /**
     * Takes blocks out of a pack.
     *
     * @param pack the pack
     * @param blocks what to take out, maybe nothing
     * @param compact whether to write the rest anew where it is worth it; otherwise the data stays as it is
     */
    void take(Pack pack, List<Cid> blocks, boolean compact) throws IOException {
        if (!begun) {
            Files.createDirectory(staging);
            begun = true;
        }
        Map<Cid, PackIndex.Place> rest = new HashMap<>();
        for (Cid cid : pack.index().cids()) {
            rest.put(cid, pack.index().find(cid).orElseThrow());
        }
        blocks.forEach(rest::remove);
        if (!rest.isEmpty()) {
            Path folder = staging.resolve("pack-" + made);
            Pack smaller = rewrite(pack, rest, folder, compact);
            smaller.setTime(pack.time());
            packs.take(folder);
            packs.sync();
            made++;
        }
        retire(pack.folder());
    }

    /** Takes away a pack whose blocks nobody knows. */
    void retire(Path pack) throws IOException {
        if (!begun) {
            Files.createDirectory(staging);
            begun = true;
        }
        Files.move(pack, staging.resolve("retired-" + made++), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Pack rewrite(Pack pack, Map<Cid, PackIndex.Place> rest, Path folder, boolean compact)
            throws IOException {
        long live = rest.values().stream().mapToLong(PackIndex.Place::length).sum();
        boolean copy = compact && pack.bytes() - live > pack.bytes() / LITTLE;
        if (!copy) {
            Optional<Pack> linked = link(pack, rest, folder);
            if (linked.isPresent()) {
                return linked.get();
            }
        }
        try (ExecutorService flusher = Executors.newSingleThreadExecutor();
                PackWriter writer = PackWriter.create(folder, flusher)) {
            List<Map.Entry<Cid, PackIndex.Place>> inOrder = new ArrayList<>(rest.entrySet());
            inOrder.sort(
                    (a, b) -> Long.compare(a.getValue().offset(), b.getValue().offset()));
            for (Map.Entry<Cid, PackIndex.Place> block : inOrder) {
                writer.add(
                        block.getKey(),
                        ByteBuffer.wrap(pack.read(block.getKey()).orElseThrow()));
            }
            return writer.finish();
        }
    }

    /** Gives the data a second name under another index, where the system can do that. */
    private static Optional<Pack> link(Pack pack, Map<Cid, PackIndex.Place> rest, Path folder) throws IOException {
        Files.createDirectory(folder);
        try {
            Files.createLink(Pack.data(folder), Pack.data(pack.folder()));
        } catch (UnsupportedOperationException | IOException e) {
            Files.delete(folder);
            return Optional.empty();
        }
        PackIndex index = PackIndex.of(rest);
        index.write(Pack.index(folder));
        Folders.sync(folder);
        return Optional.of(new Pack(folder, index));
    }

    @Override
    public void close() {
        try {
            Folders.delete(staging);
        } catch (IOException e) {
            // It goes with the workspace around it, at the latest when the store is opened next.
        }
    }
}
