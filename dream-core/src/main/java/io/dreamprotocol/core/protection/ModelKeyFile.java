package io.dreamprotocol.core.protection;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * A sealed model's key in a file that only its owner can read.
 *
 * <p>The file has three lines: {@code dream-protocol model key 1}, the key's 32 bytes in hexadecimal, and a checksum of both. It
 * is written whole or not at all, and two processes that create it at once end up with the same key. Who loses it can license the
 * model to nobody any more.
 */
public final class ModelKeyFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final String TITLE = "dream-protocol model key 1";
    private static final int MAX_BYTES = 1024;

    private ModelKeyFile() {}

    /**
     * Reads a key, after writing a new random one if there is no such file.
     *
     * @param file the file; its folder must exist
     * @return the key
     * @throws CorruptDataException with {@link ErrorCode#KEY_UNUSABLE} if the file is damaged
     * @throws StorageException if the file cannot be read or written, or others may read it
     */
    public static ModelKey openOrCreate(Path file) {
        return guarded(file, () -> {
            if (!Files.exists(file)) {
                create(file);
            }
            return read(file);
        });
    }

    /**
     * Reads a key.
     *
     * @param file the file
     * @return the key
     * @throws CorruptDataException with {@link ErrorCode#KEY_UNUSABLE} if the file is damaged
     * @throws StorageException if there is no such file, it cannot be read, or others may read it
     */
    public static ModelKey open(Path file) {
        return guarded(file, () -> read(file));
    }

    @FunctionalInterface
    private interface Action {
        ModelKey run() throws IOException;
    }

    private static ModelKey guarded(Path file, Action action) {
        try {
            return action.run();
        } catch (NoSuchFileException e) {
            throw new StorageException(
                    ErrorCode.KEY_UNUSABLE, "There is no model key file " + file + ", or no folder for it", e);
        } catch (AccessDeniedException e) {
            throw new StorageException(
                    ErrorCode.STORE_READ_ONLY, "Cannot use model key file " + file + ": permission denied", e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot use model key file " + file + ": " + e.getMessage(), e);
        }
    }

    private static void create(Path file) throws IOException {
        String body = TITLE + "\n" + Bytes.of(ModelKey.generate().secret()).toHex() + "\n";
        String text = body + checksum(body) + "\n";
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "A key file lies in a folder");
        Path draft = posix(folder)
                ? Files.createTempFile(folder, ".key-", ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createTempFile(folder, ".key-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            // A link fails if the name is taken, where a move would replace a key that another process just made.
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster; its key is as good.
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static ModelKey read(Path file) throws IOException {
        if (posix(file) && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new StorageException(
                    ErrorCode.KEY_UNUSABLE,
                    "Model key file " + file + " can be read by others; run: chmod 600 " + file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw damaged(file);
        }
        String[] lines = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).split("\n", -1);
        if (lines.length != 4
                || !lines[0].equals(TITLE)
                || !lines[3].isEmpty()
                || !checksum(lines[0] + "\n" + lines[1] + "\n").equals(lines[2])) {
            throw damaged(file);
        }
        try {
            return ModelKey.of(Bytes.fromHex(lines[1]).toArray());
        } catch (IllegalArgumentException e) {
            throw damaged(file);
        }
    }

    private static String checksum(String body) {
        return Bytes.sha256(body.getBytes(StandardCharsets.US_ASCII)).toHex().substring(0, 16);
    }

    /** Without its cause, which might quote the file. */
    private static CorruptDataException damaged(Path file) {
        return new CorruptDataException(
                ErrorCode.KEY_UNUSABLE,
                "Model key file " + file + " is damaged; restore it from a backup or move it away");
    }

    private static boolean posix(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix");
    }
}
