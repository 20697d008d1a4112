package io.dreamprotocol.core.library;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.style.StyleManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The files of a model on this machine. */
final class ModelFiles {
    private static final int BUFFER = 1 << 16;

    private ModelFiles() {}

    /** Lists a model's files by their paths. */
    static Map<String, Path> list(Path content) throws IOException {
        if (!Files.exists(content)) {
            throw new NoSuchFileException(content.toString());
        }
        Map<String, Path> files = new TreeMap<>();
        if (Files.isRegularFile(content)) {
            files.put(nameOf(content), content);
        } else {
            walk(content, files);
        }
        if (files.isEmpty()) {
            throw wrong("there is no file in " + content);
        }
        SafePaths.problem(files.keySet().stream().toList()).ifPresent(problem -> {
            throw wrong(problem);
        });
        return files;
    }

    private static void walk(Path folder, Map<String, Path> files) throws IOException {
        Files.walkFileTree(folder, Set.of(), SafePaths.MAX_DEPTH + 1, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(folder) || !nameOf(directory).startsWith(".")
                        ? FileVisitResult.CONTINUE
                        : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (nameOf(file).startsWith(".")) {
                    return FileVisitResult.CONTINUE;
                }
                if (!attributes.isRegularFile()) {
                    throw wrong(file
                            + " is a link, a device, or a folder that lies too deep; put the files themselves there");
                }
                files.put(folder.relativize(file).toString().replace('\\', '/'), file);
                if (files.size() > StyleManifest.MAX_FILES) {
                    throw wrong("there are more than " + StyleManifest.MAX_FILES + " files in " + folder);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }

    /** Measures a file, and refuses a pickle under another name. */
    static ModelFile measure(String path, Path file, Cancellation cancellation) throws IOException {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.readNBytes(buffer, 0, BUFFER); read > 0; read = in.readNBytes(buffer, 0, BUFFER)) {
                cancellation.throwIfStopped();
                if (size == 0 && isPickle(path, buffer, read)) {
                    throw wrong("file " + path + " is pickled, whatever its name says; convert it to .safetensors");
                }
                digest.update(buffer, 0, read);
                size += read;
            }
        }
        return new ModelFile(path, size, Bytes.of(digest.digest()));
    }

    /**
     * A pickle begins with its protocol, and PyTorch puts them into zip files; a safetensors file may begin like the first by
     * chance.
     */
    static boolean isPickle(String path, byte[] head, int length) {
        boolean zip = length >= 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
        boolean pickle = length >= 2 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5;
        return zip || (pickle && !path.endsWith(".safetensors"));
    }

    static Optional<String> pickled(String path, Path file) throws IOException {
        byte[] head = new byte[4];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            int read = in.readNBytes(head, 0, head.length);
            return isPickle(path, head, read)
                    ? Optional.of("it is pickled, which runs a program when loaded")
                    : Optional.empty();
        }
    }

    static InvalidInputException wrong(String what) {
        return new InvalidInputException(ErrorCode.INVALID_MANIFEST, "The model cannot be published: " + what);
    }
}
