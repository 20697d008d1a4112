package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Says what a failed file operation means for the store, and what its owner can do. */
final class StoreErrors {
    /** With less room than this after a failed write, the write failed for want of room whatever the system called it. */
    private static final long NO_ROOM_BYTES = 64 * 1024;

    private StoreErrors() {}

    static DreamException reading(Path folder, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return interrupted(cause);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED, "Cannot read the blob folder " + folder + ": " + reason(cause), cause);
    }

    static DreamException writing(Path folder, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return interrupted(cause);
        }
        if (cause instanceof FileAlreadyExistsException || cause instanceof NotDirectoryException) {
            return notAFolder(Path.of(((FileSystemException) cause).getFile()));
        }
        String reason = reason(cause);
        String lower = reason.toLowerCase(Locale.ROOT);
        if (cause instanceof AccessDeniedException
                || lower.contains("read-only")
                || lower.contains("permission denied")
                || lower.contains("not permitted")) {
            return new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    "Cannot write to the blob folder " + folder + " (" + reason
                            + "); make it writable or choose another data folder",
                    cause);
        }
        if (lower.contains("no space")
                || lower.contains("not enough space")
                || lower.contains("quota")
                || full(folder)) {
            return new StorageException(
                    ErrorCode.STORE_FULL,
                    "No room is left for the blob folder " + folder + " (" + reason
                            + "); free some or choose a data folder on another disk",
                    cause);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED, "Cannot write to the blob folder " + folder + ": " + reason, cause);
    }

    static StoppedException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new StoppedException(ErrorCode.CANCELLED, "The blob store was interrupted; nothing was stored", cause);
    }

    static StorageException notAFolder(Path path) {
        return new StorageException(
                ErrorCode.STORE_FAILED, path + " is not a folder; move it away or choose another data folder");
    }

    private static boolean full(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < NO_ROOM_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** The system's words without the path, which the message has already. */
    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException e) {
            String kind = e.getClass().getSimpleName().replace("Exception", "");
            return Objects.requireNonNullElse(e.getReason(), kind);
        }
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
    }
}
