package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A file that was put at another place as well: as a second name of the same bytes where the file system can do that, else as a
 * copy.
 *
 * @param from the file
 * @param copied the digest of what was copied; nothing where it is a second name
 */
record FileCopy(Path from, Optional<Bytes> copied) {
    private static final int BUFFER = 1 << 18;

    /** Puts a file at another place, in whose folder nothing of that name is. */
    static FileCopy of(Path from, Path to, Cancellation interrupt) throws IOException {
        interrupt.throwIfStopped();
        Files.createDirectories(to.toAbsolutePath().getParent());
        // What a symbolic link leads to, not the link.
        Path file = from.toRealPath();
        try {
            Files.createLink(to, file);
            return new FileCopy(from, Optional.empty());
        } catch (UnsupportedOperationException | IOException e) {
            // Another disk, or a file system without links; if the place cannot be written, the copy says so.
            return new FileCopy(from, Optional.of(copy(file, to, interrupt)));
        }
    }

    private static Bytes copy(Path from, Path to, Cancellation interrupt) throws IOException {
        MessageDigest digest = Bytes.newSha256();
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER];
            int read;
            while ((read = in.read(buffer)) > 0) {
                interrupt.throwIfStopped();
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        return Bytes.of(digest.digest());
    }

    /**
     * Checks what was copied.
     *
     * @throws CorruptDataException if it is something else than what was looked at before
     */
    void requireDigest(Bytes sha256) {
        if (copied.isPresent() && !copied.get().equals(sha256)) {
            throw changed(from);
        }
    }

    static CorruptDataException changed(Path file) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "The file " + file + " was changed while it was copied; run the command again");
    }

    /** Deletes a draft, if it is there, with all that is in it. */
    static void delete(Path draft) {
        if (!Files.exists(draft)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(draft)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : paths) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // What is left over takes space and does no other harm: nothing reads it.
            return;
        }
    }
}
