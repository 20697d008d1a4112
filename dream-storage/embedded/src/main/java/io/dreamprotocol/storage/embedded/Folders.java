package io.dreamprotocol.storage.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the store does with folders: create them so that they last, and delete them with what is in them. */
final class Folders {
    private Folders() {}

    /** Creates a folder and the missing ones above it; each is on the disk when this returns. */
    static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            create(parent);
        }
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        if (parent != null) {
            sync(parent);
        }
    }

    /** Creates a folder of the store's own. Something else in its place, a link above all, is refused: it would lead out. */
    static void createOne(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            requireOwn(folder);
        }
    }

    static void requireOwn(Path folder) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw StoreErrors.notAFolder(folder);
        }
    }

    /** Waits until what was created, renamed and deleted in a folder is on the disk. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no folder as a file, and others not one that may only be entered: there is nothing to wait
            // on.
        }
    }

    /** Deletes a file or a folder with all that is in it, links as such and never what they lead to. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    delete(child);
                }
            } catch (NoSuchFileException e) {
                return; // another process cleans too
            }
        }
        Files.deleteIfExists(path);
    }
}
