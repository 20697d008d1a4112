package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Writes files whole or not at all. */
final class ImageFile {
    /** How many numbers are tried for a name that is taken. */
    private static final int MAX_NUMBER = 10_000;

    private ImageFile() {}

    /** Fills a stream with a file's content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file in place of what is there. A device or a pipe gets the bytes as they come. */
    static void replace(Path file, Content content) {
        try {
            boolean special = Files.exists(file) && !Files.isRegularFile(file);
            if (special) {
                if (Files.isDirectory(file)) {
                    throw new FileAlreadyExistsException(file.toString());
                }
                try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
                    content.writeTo(out);
                }
                return;
            }
            // Behind a link, what it leads to is replaced and not the link.
            Path target = Files.exists(file) ? file.toRealPath() : file;
            Path draft = draft(target, content);
            try {
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw FileErrors.writing(file.toString(), e);
        }
    }

    /**
     * Writes a file under a name that is not taken: the given one, or with a number behind it. A file that has the same bytes
     * already is as good.
     *
     * @return the file's name
     */
    static Path writeBeside(Path wanted, byte[] bytes) {
        try {
            Path draft = draft(wanted, out -> out.write(bytes));
            try {
                for (int number = 1; number <= MAX_NUMBER; number++) {
                    Path file = number == 1 ? wanted : numbered(wanted, "-" + number);
                    if (claim(draft, file) || hasContent(file, bytes)) {
                        return file;
                    }
                }
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw FileErrors.writing(wanted.toString(), e);
        }
        throw new StorageException(
                ErrorCode.STORE_FAILED, "Too many files are called as " + wanted + "; choose another name with --out");
    }

    /** Returns a name with something put before its ending. */
    static Path numbered(Path file, String suffix) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String changed = dot <= 0 ? name + suffix : name.substring(0, dot) + suffix + name.substring(dot);
        return file.resolveSibling(changed);
    }

    /** Gives a finished file its name, unless that is taken. */
    private static boolean claim(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | IOException e) {
            // A file system without links: nearly as good, because only another process can come between.
            if (Files.exists(file)) {
                return false;
            }
            Files.move(draft, file);
            return true;
        }
    }

    private static boolean hasContent(Path file, byte[] bytes) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == bytes.length
                && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    private static Path draft(Path file, Content content) throws IOException {
        Path draft = Files.createTempFile(folderOf(file), ".dream-", ".tmp");
        // If the process is told to end meanwhile; once the draft has its name there is nothing left to delete.
        draft.toFile().deleteOnExit();
        boolean whole = false;
        try {
            // Temporary files are the owner's alone; a picture is as open as any new file.
            Files.delete(draft);
            try (FileChannel channel =
                            FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                content.writeTo(out);
                channel.force(true);
            }
            whole = true;
            return draft;
        } finally {
            if (!whole) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /**
     * Makes the folder of a file if it is missing, and checks that a file can be written there.
     *
     * @throws StorageException if not
     */
    static void prepareFolder(Path file) {
        try {
            Path folder = folderOf(file);
            Files.createDirectories(folder);
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return;
            }
            Files.delete(Files.createTempFile(folder, ".dream-", ".tmp"));
        } catch (IOException e) {
            throw FileErrors.writing(file.toString(), e);
        }
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || file.getFileName() == null) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a file's name: " + file + "; add one");
        }
        return parent;
    }
}
