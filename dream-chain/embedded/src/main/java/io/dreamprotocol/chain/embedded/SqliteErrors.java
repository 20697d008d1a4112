package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** Says in the protocol's words what SQLite and the file system report. */
final class SqliteErrors {
    /** Below this much free space an input or output error is taken for a full disk: one mebibyte. */
    private static final long LITTLE_SPACE = 1 << 20;

    /** The low byte of an extended result code is the primary one. */
    private static final int PRIMARY = 0xff;

    private SqliteErrors() {}

    static DreamException translate(SQLException e, Path file) {
        if (!(e instanceof SQLiteException sqlite)) {
            // The driver itself fails this way when it cannot load SQLite.
            return e.getCause() == null ? failed(file, e) : unusable(e);
        }
        return switch (sqlite.getResultCode().code & PRIMARY) {
            case 5, 6 -> // SQLITE_BUSY, SQLITE_LOCKED
                new StorageException(
                        ErrorCode.STORE_LOCKED,
                        "Another process keeps the ledger " + file + " locked; try again, or stop that process",
                        e);
            case 3, 8, 14 -> // SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN
                readOnly(file, e);
            case 13 -> full(file, e); // SQLITE_FULL
            case 10 -> // SQLITE_IOERR
                isFull(file) ? full(file, e) : failed(file, e);
            case 11, 26 -> corrupt(file, "it is not a sound SQLite database", e); // SQLITE_CORRUPT, SQLITE_NOTADB
            default -> failed(file, e);
        };
    }

    static DreamException translate(IOException e, Path file) {
        if (isFull(file)) {
            return full(file, e);
        }
        return Files.isWritable(file.getParent()) ? failed(file, e) : readOnly(file, e);
    }

    static CorruptDataException corrupt(Path file, String what, Exception cause) {
        return new CorruptDataException(ErrorCode.STORE_CORRUPT, damaged(file, what), cause);
    }

    static CorruptDataException corrupt(Path file, String what) {
        return new CorruptDataException(ErrorCode.STORE_CORRUPT, damaged(file, what));
    }

    private static String damaged(Path file, String what) {
        return "The ledger " + file + " is damaged: " + what
                + "; restore it from a backup, or move it away to begin anew";
    }

    static StorageException readOnly(Path file, Exception cause) {
        return new StorageException(
                ErrorCode.STORE_READ_ONLY,
                "The ledger " + file + " cannot be written; allow this user to write the file and its folder",
                cause);
    }

    private static StorageException full(Path file, Exception cause) {
        return new StorageException(
                ErrorCode.STORE_FULL, "The disk of the ledger " + file + " is full; free some space", cause);
    }

    private static StorageException failed(Path file, Exception cause) {
        return new StorageException(
                ErrorCode.STORE_FAILED,
                "The ledger " + file + " cannot be used: " + cause.getMessage() + "; check its disk and try again",
                cause);
    }

    private static StorageException unusable(SQLException e) {
        Throwable reason = e;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new StorageException(
                ErrorCode.STORE_FAILED,
                "SQLite cannot be loaded: " + reason.getMessage()
                        + "; set the system property org.sqlite.tmpdir to a folder from which libraries may be loaded",
                e);
    }

    private static boolean isFull(Path file) {
        try {
            return Files.getFileStore(file.getParent()).getUsableSpace() < LITTLE_SPACE;
        } catch (IOException e) {
            return false;
        }
    }
}
