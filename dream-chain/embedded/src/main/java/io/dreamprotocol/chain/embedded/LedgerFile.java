package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** The database file of a ledger: made whole or not at all, and opened only if it is one of a known version. */
final class LedgerFile {
    static final String NAME = "ledger.db";

    /** Marks a SQLite file as a ledger of this protocol: "DRML" in ASCII. */
    private static final int APPLICATION = 0x44524d4c;

    private static final int VERSION = 2;

    private static final int ID_BYTES = 16;

    private LedgerFile() {}

    /** Opens the ledger of a folder, after making both if they are missing. */
    static Database open(Path folder, KeptSettings ofNew, Duration busyTimeout) {
        Path home = folder.toAbsolutePath().normalize();
        Path file = home.resolve(NAME);
        makeFolder(home);
        if (!Files.exists(file)) {
            create(home, file, ofNew, busyTimeout);
        }
        // Else SQLite would open the file for reading only, and fail later.
        if (!Files.isWritable(file) || !Files.isWritable(home)) {
            throw new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    "The ledger " + file + " cannot be written; allow this user to write the file and its folder");
        }
        Database database = Database.open(file, busyTimeout);
        try {
            check(database);
            return database;
        } catch (DreamException e) {
            database.close();
            throw e;
        }
    }

    private static void makeFolder(Path home) {
        try {
            Files.createDirectories(home);
        } catch (FileAlreadyExistsException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The data folder " + home + " is a file; name a folder", e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    "The data folder " + home + " cannot be made; choose another or allow this user to write",
                    e);
        }
    }

    /**
     * Makes the file under another name and links it to its own when it is complete, so that a crash leaves none or a whole one, and
     * a file of no bytes is known to be damaged. When two processes do so at once, both end up with the same file.
     */
    private static void create(Path home, Path file, KeptSettings settings, Duration busyTimeout) {
        Path draft = null;
        try {
            draft = Files.createTempFile(home, ".ledger-", ".tmp");
            fill(draft, file, settings, busyTimeout);
            Files.createLink(file, draft);
            syncFolder(home);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster; its ledger is the one to use.
        } catch (UnsupportedOperationException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED,
                    "The file system of " + home + " has no hard links; choose a folder on another one",
                    e);
        } catch (IOException e) {
            throw SqliteErrors.translate(e, file);
        } finally {
            if (draft != null) {
                deleteQuietly(draft);
            }
        }
    }

    private static void fill(Path draft, Path file, KeptSettings settings, Duration busyTimeout) {
        byte[] id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        try (Database database = Database.create(draft, file, busyTimeout)) {
            database.write(() -> {
                Schema.create(database);
                String insert = "INSERT INTO ledger (name, value) VALUES (?, ?)";
                database.update(insert, "id", Bytes.of(id).toHex());
                database.update(insert, "supply", "0");
                settings.write(database);
                database.execute("PRAGMA application_id=" + APPLICATION);
                database.execute("PRAGMA user_version=" + VERSION);
                return true;
            });
            // With a write-ahead log, readers and a writer do not wait for each other. The file remembers the mode.
            database.direct(() -> database.query("PRAGMA journal_mode=WAL", row -> row.getString(1)));
        }
    }

    private static void check(Database database) {
        int application = pragma(database, "application_id");
        if (application != APPLICATION) {
            throw new CorruptDataException(
                    ErrorCode.STORE_CORRUPT,
                    "The file " + database.file() + " is no ledger; move it away or choose another folder");
        }
        int version = pragma(database, "user_version");
        if (version == 1) {
            update(database);
        } else if (version != VERSION) {
            throw new CorruptDataException(
                    ErrorCode.STORE_CORRUPT,
                    "The ledger " + database.file() + " has version " + version + ", and this program reads version "
                            + VERSION + "; update the program");
        }
    }

    /** Brings a file of version 1 up to date, unless another process did so in the meantime. */
    private static void update(Database database) {
        boolean unused = database.write(() -> {
            if (pragma(database, "user_version") == 1) {
                Schema.update(database);
                database.execute("PRAGMA user_version=" + VERSION);
            }
            return true;
        });
    }

    private static int pragma(Database database, String name) {
        return database.direct(() -> database.query("PRAGMA " + name, row -> row.getInt(1)))
                .getFirst();
    }

    /** Makes the new name survive a power failure, where the system can. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders, and writes its names to the disk by itself.
        }
    }

    private static void deleteQuietly(Path draft) {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            try {
                Files.deleteIfExists(Path.of(draft + suffix));
            } catch (IOException e) {
                // A leftover draft harms nobody.
            }
        }
    }
}
