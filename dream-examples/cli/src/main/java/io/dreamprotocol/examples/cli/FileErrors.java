package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Translates what the file system reports into the protocol's errors. */
final class FileErrors {
    private FileErrors() {}

    /** The error of something that could not be written. */
    static DreamException writing(String what, IOException e) {
        String reason = reason(e);
        String words = reason.toLowerCase(Locale.ROOT);
        if (e instanceof AccessDeniedException || words.contains("read-only") || words.contains("permission denied")) {
            return new StorageException(
                    ErrorCode.STORE_READ_ONLY, "Cannot write " + what + ": " + reason + "; choose another place", e);
        }
        if (words.contains("no space left") || words.contains("quota") || words.contains("not enough space")) {
            return new StorageException(
                    ErrorCode.STORE_FULL, "Cannot write " + what + ": the disk is full; free some space", e);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED, "Cannot write " + what + ": " + reason + "; choose another place", e);
    }

    /** The error of a file that could not be read. */
    static DreamException reading(String what, IOException e) {
        return new StorageException(ErrorCode.STORE_FAILED, "Cannot read " + what + ": " + reason(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return "there is no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file or folder is in its place";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
