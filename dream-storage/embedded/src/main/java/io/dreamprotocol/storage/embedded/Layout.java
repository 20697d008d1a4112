package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.Cid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Where things are in a store's folder: a block lies in the folder of its CID's last letter but one (the last has only eight
 * values), 32 folders in all, {@code packs} has the packs, and {@code tmp} what is being written.
 *
 * <p>The file {@code layout} says that the folders are on the disk, so that a write need not wait for them again. It is
 * only ever a hint: where it is missing or empty, the folders are made anew.
 *
 * @param folder the store's folder
 */
record Layout(Path folder) {
    private static final String SHARDS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String VERSION_FILE = "layout";
    private static final String VERSION = "1"; // one byte, so that it is there whole or not at all
    private static final int MAX_VERSION_BYTES = 100;

    Path shardOf(Cid cid) {
        String text = cid.toString();
        return folder.resolve(text.substring(text.length() - 2, text.length() - 1));
    }

    Path fileOf(Cid cid) {
        return shardOf(cid).resolve(cid.toString());
    }

    /** The folders that have blocks. */
    List<Path> shards() {
        return SHARDS.chars()
                .mapToObj(letter -> folder.resolve(Character.toString(letter)))
                .toList();
    }

    Path writing() {
        return folder.resolve("tmp");
    }

    /**
     * Checks that the folder is no store of another layout.
     *
     * @throws StorageException with store-corrupt if it is
     */
    void checkVersion() throws IOException {
        String version = version();
        if (!version.isEmpty() && !version.equals(VERSION)) {
            throw new StorageException(
                    ErrorCode.STORE_CORRUPT,
                    "The blob folder " + folder
                            + " has a layout that this version does not know; use the version that wrote it");
        }
    }

    private String version() throws IOException {
        Path file = folder.resolve(VERSION_FILE);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean readable = attributes.isRegularFile() && attributes.size() <= MAX_VERSION_BYTES;
            return readable ? Files.readString(file, StandardCharsets.ISO_8859_1) : "unknown";
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Creates what is missing; it is on the disk when this returns. */
    void create() throws IOException {
        if (!version().equals(VERSION)) {
            createFolders();
        }
        Folders.createOne(writing()); // again, for some tools that copy folders leave out the empty ones
    }

    private void createFolders() throws IOException {
        Folders.create(folder);
        for (int i = 0; i < SHARDS.length(); i++) {
            Folders.createOne(folder.resolve(SHARDS.substring(i, i + 1)));
        }
        Folders.sync(folder);
        Path parent = folder.getParent();
        if (parent != null) {
            Folders.sync(parent); // also when the folder was there: another process may have created it just now
        }
        Files.writeString(folder.resolve(VERSION_FILE), VERSION, StandardCharsets.ISO_8859_1);
    }
}
