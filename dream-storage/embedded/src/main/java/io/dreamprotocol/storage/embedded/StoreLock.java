package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps garbage collection apart from blobs that take their places and from pins, among the threads of all processes: these share
 * the lock, and a collection has it alone.
 *
 * <p>A system's file locks are a process's, not a thread's, and given up when the process closes any channel of the file; so the
 * stores of one folder in one process have one lock and one channel.
 */
final class StoreLock {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 5;
    private static final Map<Path, StoreLock> OPEN = new HashMap<>();

    private final Path folder;
    private final Path file;
    /** Fair, so that a collection gets its turn. */
    private final ReentrantReadWriteLock threads = new ReentrantReadWriteLock(true);

    private int users;
    private int sharing;
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    private StoreLock(Path folder) {
        this.folder = folder;
        this.file = folder.resolve("gc.lock");
    }

    /** Gives the lock up. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns the lock of a store's folder; {@link #release} ends its use. */
    static StoreLock of(Path folder) {
        synchronized (OPEN) {
            StoreLock lock = OPEN.computeIfAbsent(folder, StoreLock::new);
            lock.users++;
            return lock;
        }
    }

    void release() {
        synchronized (OPEN) {
            if (--users == 0) {
                OPEN.remove(folder);
                closeChannel();
            }
        }
    }

    private synchronized void closeChannel() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written to it.
            }
            channel = null;
        }
    }

    /** Waits until no collection runs. */
    Held shared() {
        acquire(threads.readLock());
        try {
            share();
        } catch (RuntimeException | Error e) {
            threads.readLock().unlock();
            throw e;
        }
        return () -> {
            unshare();
            threads.readLock().unlock();
        };
    }

    /** Waits until nobody shares the lock. */
    Held exclusive() {
        acquire(threads.writeLock());
        try {
            lockFile(false);
        } catch (RuntimeException | Error e) {
            threads.writeLock().unlock();
            throw e;
        }
        return () -> {
            unlockFile();
            threads.writeLock().unlock();
        };
    }

    private void acquire(Lock threadLock) {
        try {
            if (!threadLock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw locked();
            }
        } catch (InterruptedException e) {
            throw StoreErrors.interrupted(e);
        }
    }

    private synchronized void share() {
        if (sharing == 0) {
            lockFile(true);
        }
        sharing++;
    }

    private synchronized void unshare() {
        if (--sharing == 0) {
            unlockFile();
        }
    }

    private synchronized void lockFile(boolean shared) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            if (channel == null) {
                channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
            lock = tryLock(channel, shared);
            while (lock == null) {
                if (System.nanoTime() > deadline) {
                    throw locked();
                }
                Thread.sleep(PAUSE_MILLIS);
                lock = tryLock(channel, shared);
            }
        } catch (IOException e) {
            throw StoreErrors.writing(folder, e);
        } catch (InterruptedException e) {
            throw StoreErrors.interrupted(e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            return null; // of a copy of this class that another class loader has
        }
    }

    private synchronized void unlockFile() {
        if (lock != null) {
            try {
                lock.release();
            } catch (IOException e) {
                closeChannel();
            }
            lock = null;
        }
    }

    private StorageException locked() {
        return new StorageException(
                ErrorCode.STORE_LOCKED,
                "The blob folder " + folder + " has been busy for " + PATIENCE.toSeconds()
                        + " seconds with garbage collection or storing; try again later");
    }
}
