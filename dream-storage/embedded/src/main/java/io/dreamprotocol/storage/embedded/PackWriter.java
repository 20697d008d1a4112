package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Writes a pack. The disk is set to work while blocks still come, so that little is left to wait for at the end. */
final class PackWriter implements AutoCloseable {
    private static final int BYTES_BETWEEN_FLUSHES = 8 << 20;

    private final Path folder;
    private final FileChannel data;
    private final ExecutorService flusher;
    private final Map<Cid, PackIndex.Place> places = new HashMap<>();
    private long bytes;
    private long flushed;
    private @Nullable Future<?> flush;

    private PackWriter(Path folder, FileChannel data, ExecutorService flusher) {
        this.folder = folder;
        this.data = data;
        this.flusher = flusher;
    }

    /**
     * Begins a pack.
     *
     * @param folder the pack's folder, created now
     * @param flusher has a thread that waits for the disk; stays the caller's
     */
    static PackWriter create(Path folder, ExecutorService flusher) throws IOException {
        Files.createDirectory(folder);
        FileChannel data = FileChannel.open(
                Pack.data(folder), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new PackWriter(folder, data, flusher);
    }

    Path folder() {
        return folder;
    }

    boolean has(Cid cid) {
        return places.containsKey(cid);
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    boolean hasRoomFor(int block, long most) {
        return bytes + block <= most && places.size() < PackIndex.MAX_BLOCKS;
    }

    /** Takes a block that it does not have. */
    void add(Cid cid, ByteBuffer block) throws IOException {
        places.put(cid, new PackIndex.Place(bytes, block.remaining()));
        ByteBuffer rest = block.duplicate();
        bytes += rest.remaining();
        while (rest.hasRemaining()) {
            data.write(rest);
        }
        if (bytes - flushed >= BYTES_BETWEEN_FLUSHES && (flush == null || flush.isDone())) {
            awaitFlush();
            flushed = bytes;
            flush = flusher.submit(() -> {
                data.force(false);
                return null;
            });
        }
    }

    private void awaitFlush() throws IOException {
        if (flush != null) {
            try {
                flush.get();
            } catch (InterruptedException e) {
                throw StoreErrors.interrupted(e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException cause) {
                    throw cause;
                }
                throw new IllegalStateException("Waiting for the disk failed", e.getCause());
            } finally {
                flush = null;
            }
        }
    }

    /** Reads a block that was added. */
    Optional<byte[]> read(Cid cid) throws IOException {
        PackIndex.Place place = places.get(cid);
        return place == null ? Optional.empty() : Optional.of(Pack.read(data, place));
    }

    /** Ends the pack; it is on the disk when this returns. */
    Pack finish() throws IOException {
        awaitFlush();
        PackIndex index = PackIndex.of(places);
        // Both files are written before either is waited for, since a journal's commit covers both.
        try (FileChannel written = index.create(Pack.index(folder))) {
            data.force(false);
            written.force(false);
        }
        data.close();
        Folders.sync(folder);
        return new Pack(folder, index);
    }

    /** Gives the pack up, if it is not finished; its folder is the caller's to delete. */
    @Override
    public void close() throws IOException {
        data.close();
    }
}
