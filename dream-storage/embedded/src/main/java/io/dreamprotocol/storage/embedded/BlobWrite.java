package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.BlockSink;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way into the store: its blocks are written to a folder of its own, and take their places, the root last, when all of
 * them are on the disk.
 *
 * <p>A blob of few blocks becomes a file each. One of many becomes a pack, which takes as many waits for the disk as a single block.
 */
final class BlobWrite implements BlockSink, AutoCloseable {
    private static final int WRITERS = 8;

    private final BlockFiles files;
    private final Path folder;
    private final Quota quota;
    private final PackSizes sizes;

    /** Blocks that wait until it is known whether there will be many. */
    private final Map<Cid, byte[]> held = new LinkedHashMap<>();

    private long heldBytes;

    /** The blocks that are files of this write's folder, their own or second names of the store's. */
    private final Set<Cid> loose = new HashSet<>();

    /** The blocks that packs of the store have, by pack; this write's folder has a second name for the data of each. */
    private final Map<Pack, Set<Cid>> borrowed = new HashMap<>();

    private final List<Pack> full = new ArrayList<>();
    private @Nullable PackWriter pack;
    private @Nullable ExecutorService beside;
    private boolean folderMade;
    private long taken;
    private boolean finished;

    /**
     * When blocks become a pack.
     *
     * @param fromBlocks so many blocks are one
     * @param fromBytes or so many bytes
     * @param most the most bytes of one; what is more goes to another
     */
    record PackSizes(int fromBlocks, long fromBytes, long most) {
        static final PackSizes USUAL = new PackSizes(16, 4 << 20, 1 << 30);
    }

    /**
     * Starts a write.
     *
     * @param files where the blocks go in the end
     * @param folder a name that is free; what gets it is deleted by {@link #close}
     * @param quota how much room there is
     * @param sizes when blocks become a pack
     */
    BlobWrite(BlockFiles files, Path folder, Quota quota, PackSizes sizes) {
        this.files = files;
        this.quota = quota;
        this.folder = folder;
        this.sizes = sizes;
    }

    @Override
    public void accept(Cid cid, ByteBuffer content) {
        try {
            if (pack != null) {
                pack(cid, content);
                return;
            }
            byte[] bytes = new byte[content.remaining()];
            content.duplicate().get(bytes);
            if (held.putIfAbsent(cid, bytes) == null) {
                heldBytes += bytes.length;
            }
            if (held.size() >= sizes.fromBlocks || heldBytes >= sizes.fromBytes) {
                pack = startPack();
                for (Map.Entry<Cid, byte[]> block : held.entrySet()) {
                    pack(block.getKey(), ByteBuffer.wrap(block.getValue()));
                }
                held.clear();
            }
        } catch (IOException e) {
            throw StoreErrors.writing(files.layout().folder(), e);
        }
    }

    private void pack(Cid cid, ByteBuffer content) throws IOException {
        if (hasNew(cid) || borrow(cid, content)) {
            return;
        }
        take(content.remaining());
        if (files.packs().find(cid).isPresent()) {
            // It is damaged there, and only a file goes before a pack.
            loose.add(cid);
            write(cid, content);
            return;
        }
        if (!current().hasRoomFor(content.remaining(), sizes.most)) {
            full.add(current().finish());
            pack = startPack();
        }
        current().add(cid, content);
    }

    private PackWriter current() {
        if (pack == null) {
            throw new IllegalStateException("There is no pack");
        }
        return pack;
    }

    private PackWriter startPack() throws IOException {
        makeFolder();
        return PackWriter.create(folder.resolve("pack-" + full.size()), beside(1));
    }

    /** A blob of one block needs no folder: its file has the folder's name. */
    private void makeFolder() throws IOException {
        if (!folderMade) {
            Files.createDirectory(folder);
            folderMade = true;
        }
    }

    private Path looseFile(Cid cid) {
        return folderMade ? folder.resolve(cid.toString()) : folder;
    }

    private ExecutorService beside(int threads) {
        if (beside == null) {
            beside = Executors.newFixedThreadPool(
                    threads,
                    Thread.ofPlatform().daemon().name("blob-writer-", 0).factory());
        }
        return beside;
    }

    private void take(int bytes) {
        quota.take(bytes);
        taken += bytes;
    }

    /** Uses a block that the store has, whole, so that it stays whatever a collection does until the root takes its place. */
    private boolean borrow(Cid cid, ByteBuffer content) throws IOException {
        if (loose.contains(cid)) {
            return true;
        }
        if (files.holds(cid, content)) {
            makeFolder();
            if (files.link(cid, looseFile(cid))) {
                loose.add(cid);
                return true;
            }
            return false;
        }
        Optional<Pack> found = files.packs().find(cid);
        if (found.isEmpty() || !isSame(found.get(), cid, content)) {
            return false;
        }
        Set<Cid> ofPack = borrowed.get(found.get());
        if (ofPack == null) {
            makeFolder();
            if (!link(Pack.data(found.get().folder()), borrowedData(found.get()))) {
                return false;
            }
            ofPack = new HashSet<>();
            borrowed.put(found.get(), ofPack);
        }
        ofPack.add(cid);
        return true;
    }

    private Path borrowedData(Pack of) {
        return folder.resolve("data-of-" + of.name());
    }

    private static boolean isSame(Pack found, Cid cid, ByteBuffer content) throws IOException {
        try {
            return found.read(cid)
                    .filter(bytes -> ByteBuffer.wrap(bytes).equals(content))
                    .isPresent();
        } catch (NoSuchFileException e) {
            return false; // collected since
        }
    }

    /** Gives a file a second name. */
    private static boolean link(Path existing, Path name) {
        try {
            Files.createLink(name, existing);
            return true;
        } catch (UnsupportedOperationException | IOException e) {
            return false; // not possible here, or gone
        }
    }

    private boolean hasNew(Cid cid) {
        return (pack != null && pack.has(cid))
                || full.stream().anyMatch(done -> done.index().find(cid).isPresent());
    }

    /** Tells whether this write has taken a block. */
    boolean has(Cid cid) {
        return held.containsKey(cid)
                || hasNew(cid)
                || loose.contains(cid)
                || borrowed.values().stream().anyMatch(cids -> cids.contains(cid));
    }

    /** Reads a block that this write has taken and the store may not have. */
    Optional<byte[]> taken(Cid cid) {
        try {
            if (held.containsKey(cid)) {
                return Optional.of(held.get(cid));
            }
            for (Pack done : full) {
                if (done.index().find(cid).isPresent()) {
                    return done.read(cid);
                }
            }
            if (pack != null && pack.has(cid)) {
                return pack.read(cid);
            }
            if (loose.contains(cid)) {
                return Optional.of(Files.readAllBytes(looseFile(cid)));
            }
            return Optional.empty();
        } catch (IOException e) {
            throw StoreErrors.reading(files.layout().folder(), e);
        }
    }

    /** Puts the blocks in their places, the root last, and returns when they will survive a crash. */
    void finish(Cid root, StoreLock lock) {
        try {
            writeHeld();
            if (pack != null && !pack.isEmpty()) {
                full.add(pack.finish());
            }
            // A collection must not see some of the blocks in their places and not the root.
            StoreLock.Held shared = lock.shared();
            try {
                takePlaces(root);
            } finally {
                shared.close();
            }
            finished = true;
        } catch (IOException e) {
            throw StoreErrors.writing(files.layout().folder(), e);
        }
    }

    private void writeHeld() throws IOException {
        if (held.size() > 1) {
            makeFolder();
        }
        List<Map.Entry<Cid, byte[]>> fresh = new ArrayList<>();
        for (Map.Entry<Cid, byte[]> block : held.entrySet()) {
            if (!borrow(block.getKey(), ByteBuffer.wrap(block.getValue()))) {
                take(block.getValue().length);
                loose.add(block.getKey());
                fresh.add(block);
            }
        }
        held.clear();
        if (fresh.size() == 1) {
            write(fresh.getFirst().getKey(), ByteBuffer.wrap(fresh.getFirst().getValue()));
        } else if (fresh.size() > 1) {
            writeBeside(fresh);
        }
    }

    /** A disk makes several files durable in about the time of one. */
    private void writeBeside(List<Map.Entry<Cid, byte[]>> blocks) throws IOException {
        ExecutorService executor = beside(Math.min(WRITERS, blocks.size()));
        List<Future<?>> writes = new ArrayList<>();
        for (Map.Entry<Cid, byte[]> block : blocks) {
            writes.add(executor.submit(() -> {
                write(block.getKey(), ByteBuffer.wrap(block.getValue()));
                return null;
            }));
        }
        for (Future<?> write : writes) {
            try {
                write.get();
            } catch (InterruptedException e) {
                throw StoreErrors.interrupted(e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException cause) {
                    throw cause;
                }
                throw new IllegalStateException("A writer failed", e.getCause());
            }
        }
    }

    private void write(Cid cid, ByteBuffer content) throws IOException {
        ByteBuffer rest = content.duplicate();
        try (FileChannel channel =
                FileChannel.open(looseFile(cid), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(false);
        }
    }

    private void takePlaces(Cid root) throws IOException {
        Set<Path> shards = new HashSet<>();
        for (Cid cid : loose) {
            if (!cid.equals(root)) {
                files.take(looseFile(cid), cid);
                shards.add(files.layout().shardOf(cid));
            }
        }
        for (Path shard : shards) {
            Folders.sync(shard);
        }
        keepBorrowed();
        takePacks(root);
        if (loose.contains(root)) {
            files.take(looseFile(root), root);
            // Also when the root was there: the process that put it there may not have come to this point yet.
            Folders.sync(files.layout().shardOf(root));
        }
    }

    private void takePacks(Cid root) throws IOException {
        Packs packs = files.packs();
        List<Pack> withRoot = new ArrayList<>();
        int others = 0;
        for (Pack done : full) {
            if (done.index().find(root).isPresent()) {
                withRoot.add(done);
            } else {
                packs.take(done.folder());
                others++;
            }
        }
        if (others > 0) {
            packs.sync();
        }
        for (Pack done : withRoot) {
            packs.take(done.folder());
        }
        if (!withRoot.isEmpty()) {
            packs.sync();
        }
    }

    /** Makes the packs young whose blocks the blob uses, and saves those blocks if they were collected since. */
    private void keepBorrowed() throws IOException {
        FileTime now = FileTime.from(Instant.now());
        for (Map.Entry<Pack, Set<Cid>> borrowing : borrowed.entrySet()) {
            Map<Cid, PackIndex.Place> gone = new HashMap<>();
            Set<Pack> used = new HashSet<>();
            for (Cid cid : borrowing.getValue()) {
                files.packs()
                        .find(cid)
                        .ifPresentOrElse(
                                used::add,
                                () -> gone.put(
                                        cid,
                                        borrowing.getKey().index().find(cid).orElseThrow()));
            }
            for (Pack inPlace : used) {
                inPlace.setTime(now);
            }
            if (!gone.isEmpty()) {
                full.addFirst(restore(borrowing.getKey(), gone));
            }
        }
    }

    private Pack restore(Pack collected, Map<Cid, PackIndex.Place> places) throws IOException {
        Path restored = Files.createDirectory(folder.resolve("restored-" + collected.name()));
        Files.move(borrowedData(collected), Pack.data(restored));
        PackIndex index = PackIndex.of(places);
        index.write(Pack.index(restored));
        Folders.sync(restored);
        return new Pack(restored, index);
    }

    /** Ends the write; what has not taken its place by now is deleted. */
    @Override
    public void close() {
        quota.settle(taken, finished);
        try {
            if (pack != null) {
                pack.close();
            }
            if (beside != null) {
                beside.close();
            }
            if (folderMade || !finished) {
                Folders.delete(folder);
            }
        } catch (IOException e) {
            // It goes with the workspace around it, at the latest when the store is opened next.
        }
    }
}
