package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes blocks out of packs: puts a pack with the rest in place of each that has some, which is in its place before the old one goes.
 */
final class PackSweep implements AutoCloseable {
    private static final String RETIRED = "retired-";

    /** The share of a pack that may be bytes of no block; with more it is written anew. */
    private static final int LITTLE = 16;

    private final Packs packs;
    private final Layout layout;
    private final Supplier<Path> name;
    private final Map<Cid, Pack> seen = new HashMap<>();
    private @Nullable Path staging;
    private int made;

    /**
     * Prepares a sweep.
     *
     * @param packs the store's
     * @param layout the store's
     * @param name gives a name that is free when something is to be written; what gets it is deleted by {@link #close}
     */
    PackSweep(Packs packs, Layout layout, Supplier<Path> name) {
        this.packs = packs;
        this.layout = layout;
        this.name = name;
    }

    /**
     * Tells whether a pack that was looked at before has a block, whole. Two packs have the same block after a collection that was broken
     * off, and after two processes stored it at once.
     */
    boolean isElsewhere(Pack pack, Cid cid) throws IOException {
        Pack before = seen.putIfAbsent(cid, pack);
        try {
            return before != null
                    && before.read(cid)
                            .filter(block -> Bytes.sha256(block).equals(cid.digest()))
                            .isPresent();
        } catch (NoSuchFileException e) {
            return false; // another has taken its place in this very sweep
        }
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
        Map<Cid, PackIndex.Place> rest = new HashMap<>();
        for (Cid cid : pack.index().cids()) {
            rest.put(cid, pack.index().find(cid).orElseThrow());
        }
        blocks.forEach(rest::remove);
        if (!rest.isEmpty()) {
            Path folder = staging().resolve("pack-" + made++);
            Pack smaller = rewrite(pack, rest, folder, compact);
            smaller.setTime(pack.time());
            packs.take(folder);
            packs.sync();
        }
        retire(pack.folder());
    }

    private Path staging() throws IOException {
        if (staging == null) {
            staging = Files.createDirectory(name.get());
        }
        return staging;
    }

    /** Takes a whole pack away, which needs no room on the disk: it goes at once, and deleting it may be broken off. */
    void retire(Path pack) throws IOException {
        Path retired = layout.writing().resolve(Workspace.PREFIX + RETIRED + pack.getFileName());
        Files.move(pack, retired, StandardCopyOption.ATOMIC_MOVE);
        try {
            Folders.delete(retired);
        } catch (IOException e) {
            // Whoever opens the store next takes it for a dead process's.
        }
    }

    private static Pack rewrite(Pack pack, Map<Cid, PackIndex.Place> rest, Path folder, boolean compact)
            throws IOException {
        long live = rest.values().stream().mapToLong(PackIndex.Place::length).sum();
        if (compact && pack.bytes() - live > pack.bytes() / LITTLE) {
            try {
                return copy(pack, rest, folder);
            } catch (IOException e) {
                // There is no room; without these blocks the pack is hollow, and written anew the next time.
                Folders.delete(folder);
            }
        }
        Optional<Pack> linked = link(pack, rest, folder);
        return linked.isPresent() ? linked.get() : copy(pack, rest, folder);
    }

    private static Pack copy(Pack pack, Map<Cid, PackIndex.Place> rest, Path folder) throws IOException {
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
        if (staging != null) {
            try {
                Folders.delete(staging);
            } catch (IOException e) {
                // It goes with the workspace around it, at the latest when the store is opened next.
            }
        }
    }
}
