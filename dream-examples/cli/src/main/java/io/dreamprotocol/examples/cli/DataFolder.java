package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.SealKeyFile;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.ModelKeyFile;
import io.dreamprotocol.core.storage.SealKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder that keeps what the command needs from one run to the next: keys, the embedded ledger, the embedded store, models.
 *
 * @param path the folder, absolute
 */
record DataFolder(Path path) {
    static final String VARIABLE = "DREAM_HOME";

    /** The key of whoever asks for images, and of everything else that a user owns. */
    static final String REQUESTER = "requester";

    /** The key of this machine's worker. */
    static final String WORKER = "worker";

    private static final String KEY_ENDING = ".key";
    private static final String SEAL_ENDING = ".seal";
    private static final String MODEL_KEY_ENDING = ".model";
    private static final Pattern KEY_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    private static final String EMBEDDED = "embedded";
    private static final String TIERS = "tiers:";

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

    /** Opens the key of this machine's worker. */
    KeyFile workerKey() {
        return KeyFile.openOrCreate(keys().resolve("worker.key"));
    }

    /** Opens the key of this name; makes it if there is none. */
    KeyFile key(String name) {
        return KeyFile.openOrCreate(keys().resolve(requireKeyName(name) + KEY_ENDING));
    }

    /** Opens the key by which the holder of the key of this name opens what is sealed; makes it if there is none. */
    SealKey sealKey(String name) {
        return SealKeyFile.openOrCreate(keys().resolve(requireKeyName(name) + SEAL_ENDING));
    }

    /** Finds the key by which the requester opens private images. */
    Optional<SealKey> findSealKey() {
        Path file = path.resolve("keys").resolve(REQUESTER + SEAL_ENDING);
        return Files.exists(file) ? Optional.of(sealKey(REQUESTER)) : Optional.empty();
    }

    /** Opens the key of a sealed style model that was registered from here; makes it if there is none. */
    ModelKey modelKey(String style) {
        return ModelKeyFile.openOrCreate(keys().resolve(style + MODEL_KEY_ENDING));
    }

    /** Finds the key of a sealed style model that was registered from here. */
    Optional<ModelKey> findModelKey(String style) {
        Path file = path.resolve("keys").resolve(style + MODEL_KEY_ENDING);
        return Files.exists(file) ? Optional.of(ModelKeyFile.open(file)) : Optional.empty();
    }

    /** Returns the file that is locked while a worker uses the key of this name. */
    Path lockFile(String name) {
        return keys().resolve(requireKeyName(name) + ".lock");
    }

    /** Tells whether there is a key of this name. */
    boolean hasKey(String name) {
        return KEY_NAME.matcher(name).matches()
                && Files.exists(path.resolve("keys").resolve(name + KEY_ENDING));
    }

    /** Lists the names of all keys. */
    List<String> keyNames() {
        try (Stream<Path> files = Files.list(keys())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(KEY_ENDING))
                    .map(name -> name.substring(0, name.length() - KEY_ENDING.length()))
                    .filter(name -> KEY_NAME.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FileErrors.reading("the keys of " + path, e);
        }
    }

    private static String requireKeyName(String name) {
        if (!KEY_NAME.matcher(name).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Not a usable name of a key: '" + PrintableText.oneLine(name, 64)
                            + "'; use 1 to 64 letters, digits, '-' and '_'");
        }
        return name;
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
