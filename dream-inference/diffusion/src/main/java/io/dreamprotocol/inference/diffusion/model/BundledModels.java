package io.dreamprotocol.inference.diffusion.model;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The models that come with artifacts on the class path, and their copies on disk.
 *
 * <p>Such an artifact lists its models in a manifest, {@value #MANIFEST}, with every file's size and SHA-256. The first use
 * of a model copies it into a cache folder. The copy is verified while it is made and appears there as a whole or not at
 * all, so that several processes may do so at the same time and any may be killed. Thread-safe.
 */
public final class BundledModels {
    /** The resource in which an artifact lists its models. */
    public static final String MANIFEST = "META-INF/dream/models.json";

    private static final int MAX_MANIFESTS = 100;
    private static final int MAX_FILES = 500;
    private static final int DIGITS = 16;
    private static final String LOCK = ".lock";

    private final ClassLoader loader;
    private final Map<String, Bundle> bundles;

    private BundledModels(ClassLoader loader, Map<String, Bundle> bundles) {
        this.loader = loader;
        this.bundles = bundles;
    }

    /**
     * Reads the manifests on a class path.
     *
     * @param loader finds the resources
     * @return the models; where several artifacts have a model of the same name, the first counts
     * @throws CorruptDataException with {@code model-file-corrupt} if a manifest is malformed
     */
    public static BundledModels of(ClassLoader loader) {
        Map<String, Bundle> bundles = new LinkedHashMap<>();
        try {
            List<URL> manifests = Collections.list(loader.getResources(MANIFEST));
            for (URL url : manifests.subList(0, Math.min(manifests.size(), MAX_MANIFESTS))) {
                for (ConfigFile model : ConfigFile.read(url).objects("models", MAX_FILES)) {
                    Bundle bundle = Bundle.of(model);
                    bundles.putIfAbsent(bundle.name, bundle);
                }
            }
        } catch (IOException e) {
            throw new StorageException(ErrorCode.STORE_FAILED, "The class path's models cannot be listed", e);
        }
        return new BundledModels(loader, bundles);
    }

    /**
     * Lists the models.
     *
     * @return their names
     */
    public List<String> names() {
        return List.copyOf(bundles.keySet());
    }

    /**
     * Returns what a model consists of, as its manifest says.
     *
     * @param name the model's name
     * @return its files, sorted by path
     * @throws NotFoundException with {@code unknown-model} if there is no such model
     */
    public List<ModelFile> files(String name) {
        return bundle(name).files;
    }

    /**
     * Copies a model to the disk, unless that was done before.
     *
     * @param name the model's name
     * @param cache the folder for copies; made if it is missing
     * @return the model's own folder below it
     * @throws NotFoundException with {@code unknown-model} if there is no such model
     * @throws CorruptDataException with {@code model-file-corrupt} if a resource is not what the manifest says
     * @throws StorageException if the folder cannot be written
     */
    public Path unpack(String name, Path cache) {
        Bundle bundle = bundle(name);
        String digest = ModelFile.digestOf(bundle.files).toHex().substring(0, DIGITS);
        Path target = cache.resolve(name + "-" + digest);
        if (bundle.isComplete(target)) {
            return target;
        }
        Path fresh = cache.resolve(name + "-" + digest + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(cache);
            for (ModelFile file : bundle.files) {
                copy(bundle, file, fresh.resolve(file.path()));
            }
            return publish(bundle, fresh, target);
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw unwritable(cache, e);
        } finally {
            delete(fresh);
        }
    }

    private Bundle bundle(String name) {
        Bundle bundle = bundles.get(name);
        if (bundle == null) {
            throw new NotFoundException(
                    ErrorCode.UNKNOWN_MODEL,
                    "No model on the class path is called " + name + "; there "
                            + (bundles.isEmpty() ? "is none" : "are ") + String.join(", ", bundles.keySet()));
        }
        return bundle;
    }

    private void copy(Bundle bundle, ModelFile file, Path target) throws IOException {
        MessageDigest digest = Bytes.newSha256();
        String resource = bundle.path + "/" + file.path();
        Files.createDirectories(target.toAbsolutePath().getParent());
        try (InputStream in = loader.getResourceAsStream(resource)) {
            if (in == null) {
                throw new NotFoundException(
                        ErrorCode.MODEL_FILE_MISSING,
                        "The class path lacks " + resource + " of the model " + bundle.name
                                + "; its artifact is damaged");
            }
            Files.copy(new DigestInputStream(in, digest), target);
        }
        if (Files.size(target) != file.size() || !Bytes.of(digest.digest()).equals(file.sha256())) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "The resource " + resource + " of the model " + bundle.name
                            + " is not what its manifest says; its artifact is damaged");
        }
    }

    /** Puts a whole copy in its place. The lock keeps two processes from replacing each other's. */
    private static synchronized Path publish(Bundle bundle, Path fresh, Path target) throws IOException {
        Path lock = target.resolveSibling(LOCK);
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            if (bundle.isComplete(target)) {
                return target;
            }
            if (Files.exists(target)) {
                Path damaged = fresh.resolveSibling(fresh.getFileName() + ".damaged");
                Files.move(target, damaged, StandardCopyOption.ATOMIC_MOVE);
                delete(damaged);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            // What is left over takes space and does no other harm: nothing reads it.
            folder.toFile().deleteOnExit();
        }
    }

    private static DreamException unwritable(Path cache, Exception e) {
        String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof AccessDeniedException
                || e instanceof ReadOnlyFileSystemException
                || reason.contains("read-only")) {
            return new StorageException(
                    ErrorCode.STORE_READ_ONLY,
                    "The cache folder " + cache + " cannot be written; make it writable or choose another",
                    e);
        }
        if (reason.contains("no space left") || reason.contains("quota") || reason.contains("not enough space")) {
            return new StorageException(
                    ErrorCode.STORE_FULL, "The disk of the cache folder " + cache + " is full; free some space", e);
        }
        return new StorageException(
                ErrorCode.STORE_FAILED, "The cache folder " + cache + " cannot be written; choose another", e);
    }

    /** One model of a manifest. */
    private record Bundle(String name, String path, List<ModelFile> files) {
        static Bundle of(ConfigFile model) {
            List<ModelFile> files = new ArrayList<>();
            try {
                for (ConfigFile file : model.objects("files", MAX_FILES)) {
                    files.add(new ModelFile(
                            file.text("path", ""),
                            file.integer("size", 0, Integer.MAX_VALUE),
                            Bytes.fromHex(file.text("sha256", ""))));
                }
            } catch (IllegalArgumentException e) {
                throw model.invalid("files", "a list of path, size and sha256");
            }
            files.sort(Comparator.comparing(ModelFile::path));
            String name = model.text("name", "");
            if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
                throw model.invalid("name", "a name of lower-case letters, digits and dashes");
            }
            return new Bundle(name, model.text("path", ""), List.copyOf(files));
        }

        boolean isComplete(Path folder) {
            for (ModelFile file : files) {
                try {
                    if (Files.size(folder.resolve(file.path())) != file.size()) {
                        return false;
                    }
                } catch (IOException e) {
                    return false;
                }
            }
            return true;
        }
    }
}
