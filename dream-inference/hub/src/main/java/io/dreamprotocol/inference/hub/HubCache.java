package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * A folder that keeps what came from one hub, for all processes of its user.
 *
 * <pre>
 * blobs/ID                       the content of a file, whole and checked, under the hub's id for it
 * blobs/ID.part, ID.part.etag    what has come of one so far
 * locks/NAME                     held by the process that writes the thing of that name
 * models/ORG--NAME/COMMIT/       a model's folder: hard links to blobs, or copies where there are no links
 * models/ORG--NAME/COMMIT.json   what the hub said of it; written last
 * </pre>
 *
 * <p>Every file appears under its final name whole or not at all. The hub is part of the path, so that one hub cannot answer
 * for another.
 */
final class HubCache {
    /** What stays free on the disk. */
    static final long SPARE_BYTES = 64L << 20;

    private static final int BUFFER = 1 << 18;
    private static final int HASH_DIGITS = 8;

    private final Path root;
    private final Surroundings surroundings;

    private HubCache(Path root, Surroundings surroundings) {
        this.root = root;
        this.surroundings = surroundings;
    }

    /** Opens the folder, and makes it if it is missing. */
    static HubCache open(HubSettings settings) {
        Path root = settings.cache().toAbsolutePath().normalize().resolve(folderName(settings.hub()));
        HubCache cache = new HubCache(root, settings.surroundings());
        try {
            Files.createDirectories(cache.blobs());
            Files.createDirectories(cache.locks());
            return cache;
        } catch (IOException e) {
            throw HubErrors.writing(root, e);
        }
    }

    private static String folderName(HttpUrl hub) {
        String host = "hub-" + hub.host().replace(':', '_');
        String plain = "https://" + hub.host() + "/";
        return hub.toString().equals(plain)
                ? host
                : host + "-"
                        + Bytes.sha256(hub.toString().getBytes(StandardCharsets.UTF_8))
                                .toHex()
                                .substring(0, HASH_DIGITS);
    }

    Path root() {
        return root;
    }

    Path blob(ContentId id) {
        return blobs().resolve(id.toString());
    }

    Path part(ContentId id) {
        return blobs().resolve(id + ".part");
    }

    Path model(HubReference reference, String commit) {
        return models(reference).resolve(commit);
    }

    Path manifest(HubReference reference, String commit) {
        return models(reference).resolve(commit + ".json");
    }

    BlobLock lockBlob(ContentId id, Cancellation cancellation, LongSupplier progress) {
        return BlobLock.acquire(locks().resolve(id.toString()), cancellation, surroundings, progress);
    }

    private Path blobs() {
        return root.resolve("blobs");
    }

    private Path locks() {
        return root.resolve("locks");
    }

    private Path models(HubReference reference) {
        return root.resolve("models").resolve(reference.owner() + "--" + reference.name());
    }

    /** How many bytes of a blob are here, in part or whole; what is there is checked only when it is used. */
    long present(RemoteFile file) {
        long whole = size(blob(file.id()));
        return Math.min(file.size(), whole == file.size() ? whole : Math.max(0, size(part(file.id()))));
    }

    /** The size of a file, or -1 if there is none. */
    static long size(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    /** Refuses to begin what the disk has no room for. */
    void requireRoom(List<RemoteFile> files) {
        long needed = 0;
        for (RemoteFile file : files) {
            needed += file.size() - present(file);
        }
        long usable;
        try {
            usable = surroundings.usableSpace(root);
        } catch (IOException e) {
            throw HubErrors.writing(root, e);
        }
        if (needed > 0 && usable < needed + SPARE_BYTES) {
            throw new StorageException(
                    ErrorCode.STORE_FULL,
                    "The model needs " + Shown.bytes(needed) + " more, but the disk of the cache folder " + root
                            + " has only " + Shown.bytes(usable) + " free; free some space or choose another folder");
        }
    }

    /** Reads a file into a check; nothing if there is no such file. */
    static Optional<ContentId.Result> check(Path path, RemoteFile file, Cancellation cancellation) {
        if (size(path) != file.size()) {
            return Optional.empty();
        }
        ContentId.Check check = file.id().check(file.size());
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[BUFFER];
            int read;
            while ((read = in.read(buffer)) > 0) {
                cancellation.throwIfStopped();
                check.update(buffer, read);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw HubErrors.reading(path, e);
        }
        return Optional.of(check.finish());
    }

    /**
     * Makes a model's folder of blobs that are here, unless it is there, whole.
     *
     * @return the folder
     */
    Path assemble(HubReference reference, String commit, List<RemoteFile> files, Cancellation cancellation) {
        Path folder = model(reference, commit);
        String name = reference.owner() + "--" + reference.name() + "-" + commit;
        BlobLock lock = BlobLock.acquire(locks().resolve(name), cancellation, surroundings, () -> 0);
        try {
            if (isWhole(folder, files, cancellation)) {
                return folder;
            }
            Path fresh = folder.resolveSibling(commit + ".new");
            Path old = folder.resolveSibling(commit + ".old");
            delete(fresh);
            delete(old);
            for (RemoteFile file : files) {
                link(blob(file.id()), fresh.resolve(file.path()));
            }
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
            delete(old);
            return folder;
        } catch (IOException e) {
            throw HubErrors.writing(root, e);
        } finally {
            lock.close();
        }
    }

    private boolean isWhole(Path folder, List<RemoteFile> files, Cancellation cancellation) throws IOException {
        for (RemoteFile file : files) {
            Path path = folder.resolve(file.path());
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            boolean linked = Files.isSameFile(path, blob(file.id()));
            if (!linked
                    && check(path, file, cancellation)
                            .filter(ContentId.Result::matches)
                            .isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Gives a blob a second name. No symbolic link: Windows lets few people make one, and some versions of ONNX Runtime
     * (1.24) refuse weights behind one.
     */
    private static void link(Path blob, Path name) throws IOException {
        Files.createDirectories(name.toAbsolutePath().getParent());
        try {
            Files.createLink(name, blob);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(blob, name);
        }
    }

    /** Deletes a file or a folder with all that is in it; links as such. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** Writes a small file whole or not at all. */
    void write(Path file, byte[] content) {
        Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.write(fresh, content);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw HubErrors.writing(root, e);
        }
    }
}
