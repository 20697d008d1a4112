package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.storage.BlockSink;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way into the store: its blocks are written to files in a folder of their own, and take their places, the root
 * last, when all of them are on the disk.
 *
 * <p>A blob of one block is written by the caller's thread. With more, the files are written beside the caller, which goes on
 * hashing: a disk makes several files durable in about the time of one.
 */
final class BlobWrite implements BlockSink, AutoCloseable {
    private static final int WRITERS = 8;
    private static final int BLOCKS_IN_FLIGHT = 16;

    private final BlockFiles files;
    private final Path folder;
    private final Quota quota;
    /** The folders that must be on the disk before the root takes its place. */
    private final Set<Path> shards = ConcurrentHashMap.newKeySet();

    private final Semaphore room = new Semaphore(BLOCKS_IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicLong taken = new AtomicLong();
    private boolean finished;
    private @Nullable Block first;
    private @Nullable ExecutorService writers;

    private record Block(Cid cid, ByteBuffer content) {}

    private BlobWrite(BlockFiles files, Path folder, Quota quota) {
        this.files = files;
        this.quota = quota;
        this.folder = folder;
    }

    /**
     * Starts a write.
     *
     * @param files where the blocks go in the end
     * @param folder where they are written; created now, deleted by {@link #close}
     * @param quota how much room there is
     */
    static BlobWrite start(BlockFiles files, Path folder, Quota quota) {
        try {
            return new BlobWrite(files, Files.createDirectory(folder), quota);
        } catch (IOException e) {
            throw StoreErrors.writing(files.layout().folder(), e);
        }
    }

    @Override
    public void accept(Cid cid, ByteBuffer content) {
        Block block = new Block(
                cid,
                ByteBuffer.allocate(content.remaining())
                        .put(content.duplicate())
                        .flip());
        if (writers == null && first == null) {
            first = block;
            return;
        }
        if (writers == null) {
            writers = Executors.newFixedThreadPool(
                    WRITERS,
                    Thread.ofPlatform().daemon().name("blob-writer-", 0).factory());
        }
        if (first != null) {
            writeBeside(writers, first);
            first = null;
        }
        writeBeside(writers, block);
    }

    /** Reads a block that this write has taken, when all of them are written. */
    Optional<byte[]> taken(Cid cid) {
        if (first != null) {
            return first.cid.equals(cid) ? Optional.of(bytes(first.content)) : Optional.empty();
        }
        acquire(BLOCKS_IN_FLIGHT);
        room.release(BLOCKS_IN_FLIGHT);
        rethrowFailure();
        try {
            return Optional.of(Files.readAllBytes(folder.resolve(cid.toString())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreErrors.reading(files.layout().folder(), e);
        }
    }

    private static byte[] bytes(ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }

    /** Puts the blocks in their places, the root last, and returns when they will survive a crash. */
    void finish(Cid root, StoreLock lock) {
        try {
            if (first != null) {
                write(first);
            } else {
                acquire(BLOCKS_IN_FLIGHT);
                rethrowFailure();
            }
            // A collection must not see some of the blocks in their places and not the root.
            StoreLock.Held held = lock.shared();
            try {
                if (first == null) {
                    takeAllBut(root);
                }
                takeRoot(root);
            } finally {
                held.close();
            }
            finished = true;
        } catch (IOException e) {
            throw StoreErrors.writing(files.layout().folder(), e);
        }
    }

    private void takeRoot(Cid root) throws IOException {
        Path rootFile = folder.resolve(root.toString());
        if (Files.exists(rootFile)) {
            files.take(rootFile, root);
        }
        // Also when the root was there: the process that put it there may not have come to this point yet.
        Folders.sync(files.layout().shardOf(root));
    }

    private void takeAllBut(Cid root) throws IOException {
        String rootName = root.toString();
        try (DirectoryStream<Path> finished = Files.newDirectoryStream(folder)) {
            for (Path file : finished) {
                String name = file.getFileName().toString();
                if (!name.equals(rootName)) {
                    Cid cid = Cid.parse(name);
                    files.take(file, cid);
                    shards.add(files.layout().shardOf(cid));
                }
            }
        }
        for (Path shard : shards) {
            Folders.sync(shard);
        }
    }

    private void writeBeside(ExecutorService executor, Block block) {
        acquire(1);
        rethrowFailure();
        executor.execute(() -> {
            try {
                if (failure.get() == null) {
                    write(block);
                }
            } catch (IOException e) {
                failure.compareAndSet(null, StoreErrors.writing(files.layout().folder(), e));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            } finally {
                room.release();
            }
        });
    }

    private void write(Block block) throws IOException {
        if (files.holds(block.cid, block.content) && files.link(block.cid, folder.resolve(block.cid.toString()))) {
            shards.add(files.layout().shardOf(block.cid));
            return;
        }
        quota.take(block.content.remaining());
        taken.addAndGet(block.content.remaining());
        try (FileChannel channel = FileChannel.open(
                folder.resolve(block.cid.toString()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (block.content.hasRemaining()) {
                channel.write(block.content);
            }
            channel.force(false);
        } catch (FileAlreadyExistsException e) {
            // The blob has this block twice, and another thread writes it or has written it.
        }
    }

    private void acquire(int blocks) {
        try {
            room.acquire(blocks);
        } catch (InterruptedException e) {
            throw StoreErrors.interrupted(e);
        }
    }

    private void rethrowFailure() {
        switch (failure.get()) {
            case null -> {}
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException("A writer failed", e);
        }
    }

    /** Ends the write; what has not taken its place by now is deleted. */
    @Override
    public void close() {
        if (writers != null) {
            failure.compareAndSet(null, new CancellationException("The write has ended"));
            writers.close();
        }
        quota.settle(taken.get(), finished);
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            // It goes with the workspace around it, at the latest when the store is opened next.
        }
    }
}
