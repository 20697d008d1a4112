package io.dreamprotocol.core.library;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

/**
 * Fetches style models' files from a blob source into a folder, and lets nothing through that is not what the manifest says.
 *
 * <p>A model's files appear all at once, in a sub-folder named by the manifest's CID, after the size and the SHA-256 of each was
 * checked; for a sealed model, of the content after it was opened. Until then they lie in a hidden folder, where a fetch that was
 * broken off goes on: an open file at its last byte, a sealed one at its last whole segment. What turns out to be wrong is named
 * and removed. Several threads and processes may fetch the same model: one does the work, the others wait for it.
 *
 * <p>A sealed model's files lie opened in the folder, which only its owner can read where the system knows owners. Thread-safe.
 */
public final class StyleFetcher {
    /** The most bytes of a model unless said otherwise: 64 GiB. */
    public static final long DEFAULT_MAX_BYTES = 64L << 30;

    private static final int BUFFER = 1 << 16;

    private final BlobSource source;
    private final Path root;
    private final long maxBytes;

    /**
     * Creates a fetcher.
     *
     * @param source where the blobs come from
     * @param root the folder for all models, made if there is none
     */
    public StyleFetcher(BlobSource source, Path root) {
        this(source, root, DEFAULT_MAX_BYTES);
    }

    /**
     * Creates a fetcher with a limit of its own.
     *
     * @param source where the blobs come from
     * @param root the folder for all models, made if there is none
     * @param maxBytes the most bytes that one model's files may have together
     */
    public StyleFetcher(BlobSource source, Path root, long maxBytes) {
        this.source = Objects.requireNonNull(source, "source");
        this.root = root.toAbsolutePath().normalize();
        this.maxBytes = maxBytes;
    }

    /**
     * Fetches a model's files, unless they are here.
     *
     * @param manifest what the model is
     * @param key opens a sealed model, from {@link ModelKey#unwrap(io.dreamprotocol.core.style.Licence,
     *     io.dreamprotocol.core.storage.SealKey, java.time.Instant)}; an open one needs none
     * @param cancellation stops it; what is here stays for the next time
     * @return the folder with the files, each at its path
     * @throws DreamException {@code licence-missing} for a sealed model without a key; {@code invalid-manifest} if a path leads
     *     out of the folder or means something else to some system, or a file is pickled; {@code blob-too-large} if the model is
     *     larger than the limit; {@code model-file-corrupt} if a file is not what the manifest says; {@code blob-corrupt} if a
     *     sealed one was changed or the key is another one's; {@code store-full}, {@code store-failed}; what the source throws
     */
    public Path fetch(StyleManifest manifest, Optional<ModelKey> key, Cancellation cancellation) {
        requireSound(manifest, key);
        String name = manifest.cid().toString();
        Path target = root.resolve(name);
        try {
            Path locks = Files.createDirectories(root).resolve(".locks");
            try (FetchLock lock = FetchLock.acquire(locks.resolve(name), cancellation)) {
                if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    requireWhole(manifest, target);
                } else {
                    fetchTo(target, root.resolve("." + name + ".part"), manifest, key, cancellation);
                }
                Objects.requireNonNull(lock);
            }
            return target;
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED,
                    "Cannot fetch style model " + manifest.name() + " into " + root + ": "
                            + e.getClass().getSimpleName() + " " + e.getMessage(),
                    e);
        }
    }

    private void requireSound(StyleManifest manifest, Optional<ModelKey> key) {
        if (manifest.sealed() && key.isEmpty()) {
            throw new ConflictException(
                    ErrorCode.LICENCE_MISSING,
                    "Style model " + manifest.name() + " is sealed, and there is no key to open it; buy a licence");
        }
        SafePaths.problem(manifest.files().stream()
                        .map(file -> file.file().path())
                        .toList())
                .ifPresent(problem -> {
                    throw new InvalidInputException(
                            ErrorCode.INVALID_MANIFEST,
                            "Style model " + manifest.name() + " is not fetched: " + problem);
                });
        long left = maxBytes;
        for (StyleFile file : manifest.files()) {
            if (file.file().size() > left) {
                throw new InvalidInputException(
                        ErrorCode.BLOB_TOO_LARGE,
                        "Style model " + manifest.name() + " has more than the " + maxBytes
                                + " bytes that are allowed");
            }
            left -= file.file().size();
        }
    }

    private static void requireWhole(StyleManifest manifest, Path folder) throws IOException {
        for (StyleFile file : manifest.files()) {
            Path path = folder.resolve(file.file().path());
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(path) != file.file().size()) {
                throw new CorruptDataException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "File " + path + " was changed since it was fetched; remove the folder " + folder
                                + " and fetch the model again");
            }
        }
    }

    private void fetchTo(
            Path target, Path part, StyleManifest manifest, Optional<ModelKey> key, Cancellation cancellation)
            throws IOException {
        makeFolder(part, manifest.sealed());
        requireRoom(manifest, part);
        try {
            for (StyleFile file : manifest.files()) {
                Path path = part.resolve(file.file().path());
                Files.createDirectories(path.resolveSibling("."));
                fetch(file, path, manifest, key, cancellation);
            }
        } catch (DreamException e) {
            if (!mayGoOn(e)) {
                delete(part);
            }
            throw e;
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(root);
    }

    /** What was not there, not reachable or stopped may be there the next time; what was wrong stays wrong. */
    private static boolean mayGoOn(DreamException e) {
        return e.isRetryable()
                || switch (e.code()) {
                    case CANCELLED, BLOB_NOT_FOUND, REMOTE_REFUSED -> true;
                    default -> false;
                };
    }

    private static void makeFolder(Path folder, boolean ownerOnly) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.createDirectory(folder);
        if (ownerOnly && Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private void requireRoom(StyleManifest manifest, Path part) throws IOException {
        long needed = 0;
        for (StyleFile file : manifest.files()) {
            Path path = part.resolve(file.file().path());
            long here = Files.isRegularFile(path) ? Files.size(path) : 0;
            needed += Math.max(0, file.file().size() - here);
        }
        long room = Files.getFileStore(part).getUsableSpace();
        if (room < needed) {
            throw new StorageException(
                    ErrorCode.STORE_FULL,
                    "Style model " + manifest.name() + " needs " + needed + " bytes more in " + root + ", which has "
                            + room + " left; make room");
        }
    }

    private void fetch(
            StyleFile file, Path path, StyleManifest manifest, Optional<ModelKey> key, Cancellation cancellation)
            throws IOException {
        boolean resumed = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        boolean right = append(file, path, manifest.sealed() ? key : Optional.empty(), cancellation);
        if (!right && resumed) {
            // A crash may have left other bytes at the end of what was here than were written.
            Files.delete(path);
            right = append(file, path, manifest.sealed() ? key : Optional.empty(), cancellation);
        }
        if (!right) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "Style model " + manifest.name() + " is not what its manifest says: blob " + file.cid()
                            + " is not file " + file.file().path() + " with the stated size and SHA-256");
        }
        Optional<String> problem = ModelFiles.pickled(file.file().path(), path);
        if (problem.isPresent()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_MANIFEST,
                    "File " + file.file().path() + " of style model " + manifest.name() + " is refused: "
                            + problem.get());
        }
    }

    /** Goes on with a file where it ends; tells whether it is whole and right then. */
    private boolean append(StyleFile file, Path path, Optional<ModelKey> key, Cancellation cancellation)
            throws IOException {
        ModelFile expected = file.file();
        MessageDigest digest = Bytes.newSha256();
        try (FileChannel out = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            long here = out.size() > expected.size() ? 0 : out.size();
            if (key.isPresent() && here < expected.size()) {
                here -= here % SealedFile.SEGMENT_BYTES;
            }
            out.truncate(here);
            digest(out, digest, cancellation);
            if (here < expected.size() || expected.size() == 0) {
                try (InputStream in = open(file, here, key)) {
                    copy(in, out, digest, expected.size() - here, cancellation);
                    if (in.read() >= 0) {
                        return false;
                    }
                }
            }
            out.force(true);
            return out.size() == expected.size() && Bytes.of(digest.digest()).equals(expected.sha256());
        }
    }

    private InputStream open(StyleFile file, long from, Optional<ModelKey> key) throws IOException {
        InputStream in = source.open(file.cid());
        try {
            InputStream content;
            if (key.isPresent()) {
                content = SealedFile.openFrom(in, file.file(), key.get(), from / SealedFile.SEGMENT_BYTES);
            } else {
                skip(in, from);
                content = in;
            }
            in = null;
            return content;
        } finally {
            if (in != null) {
                in.close();
            }
        }
    }

    /** Passes over bytes, or all there are: a blob that is too short shows by what comes then. */
    private static void skip(InputStream in, long count) throws IOException {
        long left = count;
        byte[] buffer = new byte[BUFFER];
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }

    private static void digest(FileChannel file, MessageDigest digest, Cancellation cancellation) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        file.position(0);
        while (file.read(buffer) >= 0) {
            cancellation.throwIfStopped();
            digest.update(buffer.flip());
            buffer.clear();
        }
    }

    private static void copy(
            InputStream in, FileChannel out, MessageDigest digest, long most, Cancellation cancellation)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = most;
        while (left > 0) {
            cancellation.throwIfStopped();
            int read = in.read(buffer, 0, (int) Math.min(left, BUFFER));
            if (read < 0) {
                return;
            }
            digest.update(buffer, 0, read);
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            left -= read;
        }
    }

    /**
     * Removes a model's files and what is here of them, for example when its licence ended.
     *
     * @param manifest what the model is
     * @param cancellation stops waiting for one who fetches it
     * @throws DreamException {@code store-failed}
     */
    public void remove(StyleManifest manifest, Cancellation cancellation) {
        String name = manifest.cid().toString();
        try {
            Path locks = Files.createDirectories(root).resolve(".locks");
            try (FetchLock lock = FetchLock.acquire(locks.resolve(name), cancellation)) {
                Path part = root.resolve("." + name + ".part");
                if (Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                    delete(part);
                    // By its hidden name first, so that nobody finds half a model.
                    Files.move(root.resolve(name), part, StandardCopyOption.ATOMIC_MOVE);
                }
                delete(part);
                Objects.requireNonNull(lock);
            }
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED,
                    "Cannot remove style model " + manifest.name() + " from " + root + ": " + e.getMessage(),
                    e);
        }
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

    /** A new name survives a crash only when its folder was written; systems that cannot do that do it by themselves. */
    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            return;
        }
    }
}
