package io.dreamprotocol.core.library;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The right to write one model's files, among all threads and processes. */
final class FetchLock implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;

    private final FileChannel channel;

    private FetchLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until nobody else has it. */
    static FetchLock acquire(Path file, Cancellation cancellation) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (tryLock(channel) == null) {
                cancellation.throwIfStopped();
                Thread.sleep(PAUSE_MILLIS);
            }
            FetchLock lock = new FetchLock(channel);
            channel = null;
            return lock;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(
                    ErrorCode.CANCELLED,
                    "The thread was interrupted while it waited for another one to fetch the model",
                    e);
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process has it
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
