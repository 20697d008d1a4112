package io.dreamprotocol.core.account;

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
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A secret in a file that only its owner can read: a line with its public part, one with the secret bytes in hexadecimal, and a checksum of
 * both. It is written whole or not at all, and two processes that create it at once end up with the same secret.
 *
 * @param publicPart the first line
 * @param secret the secret bytes in hexadecimal
 */
record SecretFile(String publicPart, String secret) {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int MAX_BYTES = 1024;

    /** Makes the secret's two lines. */
    static SecretFile of(String publicPart, Bytes secret) {
        return new SecretFile(publicPart, secret.toHex());
    }

    /** Opens the file, after creating it with a new secret if there is none. */
    static SecretFile openOrCreate(Path file, Supplier<SecretFile> made) {
        try {
            if (!Files.exists(file)) {
                create(file, made.get());
            }
            return open(file);
        } catch (NoSuchFileException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot create key file " + file + ": its folder does not exist", e);
        } catch (AccessDeniedException e) {
            throw new StorageException(
                    ErrorCode.STORE_READ_ONLY, "Cannot use key file " + file + ": permission denied", e);
        } catch (FileSystemException e) {
            throw new StorageException(
                    ErrorCode.STORE_READ_ONLY, "Cannot use key file " + file + ": " + e.getReason(), e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "Cannot use key file " + file + ": " + e.getMessage(), e);
        }
    }

    private static void create(Path file, SecretFile secret) throws IOException {
        String body = secret.publicPart + "\n" + secret.secret + "\n";
        String text = body + checksum(body) + "\n";
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "A key file lies in a folder");
        Path draft = posix(folder)
                ? Files.createTempFile(folder, ".key-", ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createTempFile(folder, ".key-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
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

    private static SecretFile open(Path file) throws IOException {
        if (posix(file) && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
            throw new StorageException(
                    ErrorCode.KEY_UNUSABLE, "Key file " + file + " can be read by others; run: chmod 600 " + file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw damaged(file);
        }
        String[] lines = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).split("\n", -1);
        if (lines.length != 4
                || !lines[3].isEmpty()
                || !checksum(lines[0] + "\n" + lines[1] + "\n").equals(lines[2])) {
            throw damaged(file);
        }
        return new SecretFile(lines[0], lines[1]);
    }

    private static String checksum(String body) {
        return Bytes.sha256(body.getBytes(StandardCharsets.US_ASCII)).toHex().substring(0, 16);
    }

    static CorruptDataException damaged(Path file) {
        return new CorruptDataException(
                ErrorCode.KEY_UNUSABLE, "Key file " + file + " is damaged; restore it from a backup or move it away");
    }

    private static boolean posix(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix");
    }

    /** Returns the public part, never the secret. */
    @Override
    public String toString() {
        return "SecretFile[" + publicPart + "]";
    }
}
