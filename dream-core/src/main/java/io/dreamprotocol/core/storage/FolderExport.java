package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Extracts a folder that nobody trusts: its names, its depth, its size. */
final class FolderExport {
    private static final int BUFFER = 1 << 16;

    private final BlockSource source;
    private final long maxBytes;
    private final byte[] buffer = new byte[BUFFER];
    private long bytes;
    private int entries;

    FolderExport(BlockSource source, long maxBytes) {
        this.source = source;
        this.maxBytes = maxBytes;
    }

    void extract(Cid folder, Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        Path parent = Objects.requireNonNull(absolute.getParent(), "A root is there already");
        Path partial = Files.createTempDirectory(parent, ".extract-");
        try {
            extract(folder, partial.resolve("folder"), 0);
            Files.move(partial.resolve("folder"), absolute);
        } finally {
            delete(partial);
        }
    }

    private void extract(Cid folder, Path target, int depth) throws IOException {
        if (depth == UnixFsFolder.MAX_DEPTH) {
            throw tooLarge("it has folders deeper than " + UnixFsFolder.MAX_DEPTH);
        }
        Files.createDirectory(target);
        SafeNames names = new SafeNames();
        for (UnixFsFolder.Entry entry : UnixFsFolder.list(folder, source)) {
            if (++entries > UnixFsFolder.MAX_ENTRIES) {
                throw tooLarge("it has more than " + UnixFsFolder.MAX_ENTRIES + " files and folders");
            }
            names.add(entry.name()).ifPresent(problem -> {
                throw new CorruptDataException(
                        ErrorCode.MALFORMED_DATA, "Folder " + folder + " cannot be extracted: " + problem);
            });
            Path child = target.resolve(entry.name());
            if (UnixFsFolder.isFolder(entry.cid(), source)) {
                extract(entry.cid(), child, depth + 1);
            } else {
                extractFile(entry, child);
            }
        }
    }

    private void extractFile(UnixFsFolder.Entry entry, Path file) throws IOException {
        try (InputStream in = open(entry);
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            int read = in.read(buffer);
            while (read >= 0) {
                bytes += read;
                if (bytes > maxBytes) {
                    throw tooLarge("its files have more than " + maxBytes + " bytes");
                }
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
        }
    }

    private InputStream open(UnixFsFolder.Entry entry) {
        try {
            return UnixFsFile.open(entry.cid(), source);
        } catch (DreamException e) {
            if (e.code() != ErrorCode.INVALID_CID) {
                throw e;
            }
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA,
                    "The folder cannot be extracted: " + SafeNames.shown(entry.name())
                            + " is neither a file nor a folder",
                    e);
        }
    }

    private static InvalidInputException tooLarge(String what) {
        return new InvalidInputException(ErrorCode.BLOB_TOO_LARGE, "The folder is not extracted: " + what);
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    delete(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
