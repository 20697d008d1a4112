package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to write one thing in the cache, held by one thread of one process. The system takes it back from a process that
 * dies. The lock's file stays: deleting it would let two processes hold locks on different files of the same name.
 */
final class BlobLock implements AutoCloseable {
    static final Duration POLL = Duration.ofMillis(100);

    /** How often a holder may be found without progress: ten minutes. */
    static final int MAX_IDLE_POLLS = 6000;

    /** Java's file locks are of the process, and closing a file gives up all of them on it. */
    private static final ConcurrentMap<Path, Semaphore> IN_PROCESS = new ConcurrentHashMap<>();

    private final Semaphore inProcess;
    private @Nullable FileChannel channel;

    private BlobLock(Semaphore inProcess) {
        this.inProcess = inProcess;
    }

    /**
     * Waits for the lock.
     *
     * @param file the lock's file
     * @param cancellation ends the waiting
     * @param surroundings waits
     * @param progress asked while waiting: a number that changes as long as the holder gets on
     */
    static BlobLock acquire(Path file, Cancellation cancellation, Surroundings surroundings, LongSupplier progress) {
        Semaphore inProcess = IN_PROCESS.computeIfAbsent(file.toAbsolutePath().normalize(), key -> new Semaphore(1));
        BlobLock lock = new BlobLock(inProcess);
        long last = -1;
        int idle = 0;
        while (!lock.tryAcquire(file)) {
            cancellation.throwIfStopped();
            long now = progress.getAsLong();
            idle = now == last ? idle + 1 : 0;
            last = now;
            if (idle > MAX_IDLE_POLLS) {
                throw new StorageException(
                        ErrorCode.STORE_LOCKED,
                        "Another process has held " + file + " without progress for "
                                + POLL.multipliedBy(MAX_IDLE_POLLS).toMinutes()
                                + " minutes; end that process, or choose another cache folder");
            }
            surroundings.pause(POLL, cancellation);
        }
        return lock;
    }

    private boolean tryAcquire(Path file) {
        if (!inProcess.tryAcquire()) {
            return false;
        }
        FileChannel opened = null;
        boolean held = false;
        try {
            opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            FileLock lock = opened.tryLock();
            held = lock != null;
            if (held) {
                channel = opened;
            }
            return held;
        } catch (IOException e) {
            throw HubErrors.writing(file, e);
        } finally {
            if (!held) {
                closeQuietly(opened);
                inProcess.release();
            }
        }
    }

    @Override
    public void close() {
        FileChannel held = channel;
        if (held != null) {
            channel = null;
            closeQuietly(held);
            inProcess.release();
        }
    }

    private static void closeQuietly(@Nullable FileChannel opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            // The system has taken the lock back all the same: the file is closed.
        }
    }
}
