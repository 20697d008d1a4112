package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A worker's key in use. Two workers with one key would end each other's offers; the system frees it when the process ends,
 * however it does.
 *
 * @param channel the locked file
 */
record KeyLock(FileChannel channel) implements AutoCloseable {
    static KeyLock take(DataFolder data, String key) {
        Path file = data.lockFile(key);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                KeyLock lock = new KeyLock(channel);
                channel = null;
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            throw taken(key);
        } catch (IOException e) {
            throw FileErrors.writing(file.toString(), e);
        } finally {
            close(channel);
        }
        throw taken(key);
    }

    private static ConflictException taken(String key) {
        return new ConflictException(
                ErrorCode.STORE_LOCKED,
                "The worker " + key + " runs already; give this one a key of its own by " + MarketRun.KEY);
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was opened for the lock only, which is gone in any case.
            return;
        }
    }

    @Override
    public void close() {
        close(channel);
    }
}
