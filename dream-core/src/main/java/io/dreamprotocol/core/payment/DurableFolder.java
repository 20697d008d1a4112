package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Small files that survive a crash, each replaced as a whole; for one owner at a time. A file is the SHA-256 of its content, and
 * the content. Not thread-safe.
 */
final class DurableFolder implements AutoCloseable {
    private static final int HASH = 32;
    private static final int MAX_BYTES = 1 << 20;
    private static final String ENDING = ".kept";
    private static final String DRAFT = ".draft";

    private final Path folder;
    private final FileChannel lockFile;

    private DurableFolder(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    static DurableFolder open(Path folder) {
        FileChannel lockFile = null;
        try {
            Files.createDirectories(folder);
            lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new StorageException(
                        ErrorCode.STORE_LOCKED, "Folder " + folder + " is used by another program; end that first");
            }
            DurableFolder opened = new DurableFolder(folder, lockFile);
            opened.removeDrafts();
            lockFile = null;
            return opened;
        } catch (IOException e) {
            throw failed(folder, e);
        } finally {
            close(lockFile);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new StorageException(ErrorCode.STORE_FAILED, "Cannot close a lock file: " + e.getMessage(), e);
            }
        }
    }

    private void removeDrafts() throws IOException {
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, "*" + DRAFT)) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        }
    }

    Optional<byte[]> read(String name) {
        return readFile(folder.resolve(fileName(name)));
    }

    List<byte[]> readAll() {
        List<byte[]> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                readFile(file).ifPresent(all::add);
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
        return all;
    }

    private Optional<byte[]> readFile(Path file) {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            byte[] bytes = Files.size(file) > HASH + MAX_BYTES ? new byte[0] : Files.readAllBytes(file);
            if (bytes.length < HASH) {
                throw damaged(file);
            }
            byte[] content = Arrays.copyOfRange(bytes, HASH, bytes.length);
            if (!Bytes.of(Arrays.copyOf(bytes, HASH)).equals(Bytes.sha256(content))) {
                throw damaged(file);
            }
            return Optional.of(content);
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static CorruptDataException damaged(Path file) {
        return new CorruptDataException(
                ErrorCode.STORE_CORRUPT,
                "File " + file + " is damaged; restore it from a backup, or settle its channel on the ledger");
    }

    /** Returns only when the content would survive a crash. */
    void write(String name, byte[] content) {
        if (content.length > MAX_BYTES) {
            throw new IllegalArgumentException("A kept file has at most " + MAX_BYTES + " bytes");
        }
        Path target = folder.resolve(fileName(name));
        Path draft = folder.resolve(fileName(name) + DRAFT);
        ByteBuffer bytes = ByteBuffer.allocate(HASH + content.length)
                .put(Bytes.sha256(content).toArray())
                .put(content)
                .flip();
        try {
            try (FileChannel out = FileChannel.open(
                    draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder();
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** A file's new name survives a crash only when its folder was written; systems that cannot do that do it by themselves. */
    private void syncFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            return;
        }
    }

    /** A name that no system takes for another one. */
    private static String fileName(String name) {
        return Bytes.sha256(name.getBytes(StandardCharsets.UTF_8)).toHex() + ENDING;
    }

    private static StorageException failed(Path folder, IOException cause) {
        return new StorageException(
                ErrorCode.STORE_FAILED, "Cannot use folder " + folder + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        close(lockFile);
    }
}
