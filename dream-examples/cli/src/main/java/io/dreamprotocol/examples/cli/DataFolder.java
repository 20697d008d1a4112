package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.SealKeyFile;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.SealKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The folder that keeps what the command needs from one run to the next: keys, the embedded ledger, the embedded store, models.
 *
 * @param path the folder, absolute
 */
record DataFolder(Path path) {
    static final String VARIABLE = "DREAM_HOME";

    private static final String EMBEDDED = "embedded";
    private static final String TIERS = "tiers:";
    private static final String SEAL_KEY = "requester.seal";

    /** Finds the folder: what the options say, else the variable, else the user's own. */
    static DataFolder of(Arguments arguments, Context context) {
        Optional<String> named = arguments
                .text(Options.DATA)
                .or(() ->
                        Optional.ofNullable(context.environment().get(VARIABLE)).filter(text -> !text.isEmpty()));
        Path path = named.isPresent()
                ? context.resolve(named.get())
                : Path.of(System.getProperty("user.home")).resolve(".dream");
        if (path.toString().indexOf('?') >= 0) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The data folder " + path + " has a question mark in its name, which begins the options of an"
                            + " address; choose another");
        }
        return new DataFolder(path.toAbsolutePath().normalize());
    }

    /** Returns where the ledger is: what is set for it, else in this folder. */
    String ledgerAddress(Arguments arguments, Context context) {
        return Settings.of(path, arguments, context).ledger().orElse(EMBEDDED + ":" + path);
    }

    /** Returns where the blobs are: what is set for them, else in this folder, which {@code embedded} alone means too. */
    String storeAddress(Arguments arguments, Context context) {
        String address = Settings.of(path, arguments, context).store().orElse(EMBEDDED);
        String tiers = address.startsWith(TIERS) ? TIERS : "";
        String first = address.substring(tiers.length());
        boolean here = first.matches(EMBEDDED + "([?,].*)?");
        return here ? tiers + EMBEDDED + ":" + path + first.substring(EMBEDDED.length()) : address;
    }

    /** Returns where models are kept by name. */
    Path models() {
        return path.resolve("models");
    }

    /** Returns where what was fetched from hubs is kept. */
    Path hubCache() {
        return path.resolve("hub");
    }

    /** Opens the key of whoever asks for images. */
    KeyFile requesterKey() {
        return KeyFile.openOrCreate(keys().resolve("requester.key"));
    }

    /** Opens the key to which the requester has private images sealed; makes it if there is none. */
    SealKey newSealKey() {
        return SealKeyFile.openOrCreate(keys().resolve(SEAL_KEY));
    }

    /** Opens the key of private images, if there is one. */
    Optional<SealKey> sealKey() {
        return Files.exists(path.resolve("keys").resolve(SEAL_KEY)) ? Optional.of(newSealKey()) : Optional.empty();
    }

    /** Opens the key of this machine's worker. */
    KeyFile workerKey() {
        return KeyFile.openOrCreate(keys().resolve("worker.key"));
    }

    private Path keys() {
        Path keys = path.resolve("keys");
        if (Files.isDirectory(keys)) {
            return keys;
        }
        try {
            Files.createDirectories(path);
            boolean posix = Files.getFileStore(path).supportsFileAttributeView("posix");
            if (posix) {
                Files.createDirectory(
                        keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(keys);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(keys)) {
                throw FileErrors.writing("the data folder " + path, e);
            }
        } catch (IOException e) {
            throw FileErrors.writing("the data folder " + path, e);
        }
        return keys;
    }
}
