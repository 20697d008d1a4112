package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What garbage collection keeps: an empty file for every pinned CID. */
final class Pins {
    private final Path store;
    private final Path folder;

    Pins(Path store) {
        this.store = store;
        this.folder = store.resolve("pins");
    }

    /** The pin is on the disk when this returns. */
    void add(Cid cid) {
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Folders.createOne(folder);
                Folders.sync(store);
            }
            Folders.requireOwn(folder);
            Files.createFile(folder.resolve(cid.toString()));
        } catch (FileAlreadyExistsException e) {
            // Whoever pinned it may not have come to the next line yet.
        } catch (IOException e) {
            throw StoreErrors.writing(store, e);
        }
        sync();
    }

    void remove(Cid cid) {
        try {
            if (Files.deleteIfExists(folder.resolve(cid.toString()))) {
                sync();
            }
        } catch (IOException e) {
            throw StoreErrors.writing(store, e);
        }
    }

    private void sync() {
        try {
            Folders.sync(folder);
        } catch (IOException e) {
            throw StoreErrors.writing(store, e);
        }
    }

    /** Lists the pins, sorted; a file that is no pin is an error, for what it meant to keep is not known. */
    List<Cid> list() {
        List<Cid> pins = new ArrayList<>();
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return pins;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                pins.add(Cid.parse(file.getFileName().toString()));
            }
        } catch (InvalidInputException e) {
            throw new StorageException(
                    ErrorCode.STORE_CORRUPT,
                    folder + " has a file that is no pin; move it away (" + e.getMessage() + ")",
                    e);
        } catch (IOException e) {
            throw StoreErrors.reading(store, e);
        }
        Collections.sort(pins);
        return pins;
    }
}
