package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Cuts a folder of this machine into blocks, from the deepest up. */
final class FolderImport {
    private final UnixFsOptions options;
    private final BlockSink sink;
    private int entries;

    FolderImport(UnixFsOptions options, BlockSink sink) {
        this.options = options;
        this.sink = sink;
    }

    UnixFsFolder.Entry write(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(ErrorCode.INVALID_REQUEST, folder + " is no folder");
        }
        return write(folder, 0);
    }

    private UnixFsFolder.Entry write(Path folder, int depth) throws IOException {
        if (depth == UnixFsFolder.MAX_DEPTH) {
            throw tooLarge(folder + " lies deeper than " + UnixFsFolder.MAX_DEPTH + " folders");
        }
        List<UnixFsFolder.Entry> children = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (++entries > UnixFsFolder.MAX_ENTRIES) {
                    throw tooLarge("There are more than " + UnixFsFolder.MAX_ENTRIES + " files and folders");
                }
                UnixFsFolder.Entry child = child(file, depth);
                children.add(new UnixFsFolder.Entry(file.getFileName().toString(), child.cid(), child.totalSize()));
            }
        }
        return UnixFsFolder.write(children, options, sink);
    }

    private UnixFsFolder.Entry child(Path file, int depth) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            return write(file, depth + 1);
        }
        if (!attributes.isRegularFile()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, file + " is neither a file nor a folder; leave it out");
        }
        try (InputStream content = Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return UnixFsFile.writeEntry(content, options, sink);
        }
    }

    private static InvalidInputException tooLarge(String message) {
        return new InvalidInputException(ErrorCode.BLOB_TOO_LARGE, message + "; store it in several parts");
    }
}
