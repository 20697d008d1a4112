package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The packs of a store, their indexes in memory. What other processes add and delete is seen at the next look, since the folder's time
 * says so.
 */
final class Packs {
    /** A folder changed so little time ago may change again without showing it. */
    private static final Duration TICK = Duration.ofMillis(50);
    /** The same where the file system keeps whole seconds. */
    private static final Duration COARSE_TICK = Duration.ofSeconds(2);

    /** A collection puts others in place of a pack at most twice. */
    private static final int ATTEMPTS = 3;

    private final Path store;
    private final Path folder;

    private Map<String, Pack> known = Map.of();
    private Set<String> damaged = Set.of();
    private Instant changed = Instant.MIN;
    private boolean settled;

    Packs(Path store) {
        this.store = store;
        this.folder = store.resolve("packs");
    }

    /** Returns the packs that are there now, sorted by name. */
    List<Pack> list() throws IOException {
        return List.copyOf(current().values());
    }

    /** Returns the folders whose index cannot be read. */
    synchronized List<Path> damaged() throws IOException {
        current();
        return damaged.stream().map(folder::resolve).toList();
    }

    /** Finds a pack that has a block. */
    Optional<Pack> find(Cid cid) throws IOException {
        for (Pack pack : current().values()) {
            if (pack.index().find(cid).isPresent()) {
                return Optional.of(pack);
            }
        }
        return Optional.empty();
    }

    /** Reads what claims to be a block, if a pack has it. */
    Optional<byte[]> read(Cid cid) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Pack> pack = find(cid);
            if (pack.isEmpty()) {
                return Optional.empty();
            }
            try {
                return pack.get().read(cid);
            } catch (NoSuchFileException e) {
                // A collection has put another pack in place of this one, or none.
                forget();
            }
        }
        return Optional.empty();
    }

    private synchronized void forget() {
        settled = false;
    }

    private synchronized Map<String, Pack> current() throws IOException {
        Instant now = Instant.now();
        Instant time;
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory()) {
                return Map.of();
            }
            time = attributes.lastModifiedTime().toInstant();
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        if (!settled || !time.equals(changed)) {
            load();
            changed = time;
            settled = time.isBefore(now.minus(time.equals(time.truncatedTo(ChronoUnit.SECONDS)) ? COARSE_TICK : TICK));
        }
        return known;
    }

    private void load() throws IOException {
        Map<String, Pack> loaded = new TreeMap<>();
        Set<String> unreadable = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Pack pack = known.get(name);
                if (pack != null) {
                    loaded.put(name, pack);
                } else {
                    try {
                        PackIndex.read(Pack.index(entry))
                                .ifPresentOrElse(
                                        index -> loaded.put(name, new Pack(entry, index)), () -> unreadable.add(name));
                    } catch (NoSuchFileException e) {
                        // Deleted since, or no pack.
                    }
                }
            }
        }
        known = loaded;
        damaged = unreadable;
    }

    /** Puts a finished pack from a workspace in its place; {@link #sync} makes that last. */
    void take(Path finished) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Folders.createOne(folder);
            Folders.sync(store);
        }
        Folders.requireOwn(folder);
        Files.move(finished, folder.resolve(nameOf(finished)), StandardCopyOption.ATOMIC_MOVE);
    }

    /** No other pack ever has the name: it is made of the workspace's, which is used once, and the places in it. */
    private static String nameOf(Path finished) {
        int count = finished.getNameCount();
        return finished.getName(count - 3) + "-" + finished.getName(count - 2) + "-" + finished.getName(count - 1);
    }

    void sync() throws IOException {
        Folders.sync(folder);
    }

    /** Sums up the sizes of all packs. */
    long bytes() throws IOException {
        long sum = 0;
        for (Pack pack : list()) {
            try {
                sum += pack.bytes();
            } catch (NoSuchFileException e) {
                // Deleted since.
            }
        }
        return sum;
    }
}
