package io.dreamprotocol.core.library;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Publishes style models: checks the files, seals them if asked, puts them into a blob store and registers what they are.
 *
 * <p>Whether loading a file's tensors would go well is not looked at here; engines do. Thread-safe.
 */
public final class StylePublisher {
    /** The most bytes of a preview: 16 MiB. */
    public static final int MAX_PREVIEW_BYTES = 16 << 20;

    private static final Cid NOWHERE = Cid.of(Cid.Codec.RAW, new byte[0]);

    private final BlobStore store;
    private final StyleRegistry registry;

    /**
     * Creates a publisher.
     *
     * @param store where the files go
     * @param registry where the models are registered
     */
    public StylePublisher(BlobStore store, StyleRegistry registry) {
        this.store = Objects.requireNonNull(store, "store");
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Stores and registers a model. What the ledger would refuse for its name or its principal file is refused before anything
     * is stored.
     *
     * @param creator who registers it
     * @param upload the files and what they are
     * @param key seals the files; empty for an open model
     * @param registration adds terms, split, parents and contributors to the manifest
     * @param maximumCost the most that the parents may cost together
     * @param idempotency names the registration; with the same one, the same upload is registered once
     * @param cancellation stops the reading of the files
     * @return the model
     * @throws DreamException as {@link #store} and {@link StyleRegistry#register} do
     */
    public StyleModel publish(
            Signer creator,
            StyleUpload upload,
            Optional<ModelKey> key,
            Function<StyleManifest, StyleRegistration> registration,
            Amount maximumCost,
            IdempotencyKey idempotency,
            Cancellation cancellation) {
        registry.named(upload.name())
                .filter(model -> !model.creator().equals(creator.account()))
                .ifPresent(model -> {
                    throw new ConflictException(
                            ErrorCode.STYLE_EXISTS,
                            "Another style model is called " + upload.name() + "; choose another name");
                });
        StyleManifest manifest = store(upload, key, cancellation);
        return registry.register(creator, registration.apply(manifest), maximumCost, idempotency);
    }

    /**
     * Stores a model's files, previews and manifest.
     *
     * @param upload the files and what they are
     * @param key seals the files; empty for an open model
     * @param cancellation stops the reading of the files
     * @return what the model is. For a sealed model that is registered already, with the same files and the same words, it is the
     *     manifest that it was registered with, because sealing it again would make another one
     * @throws DreamException {@code invalid-manifest} if a file is pickled, a path is unsafe or the description is not allowed;
     *     {@code model-file-corrupt} if a file changes meanwhile; {@code store-failed} if one cannot be read; what the store
     *     throws; {@code cancelled}
     */
    public StyleManifest store(StyleUpload upload, Optional<ModelKey> key, Cancellation cancellation) {
        Map<String, Path> paths = guarded(upload.content(), ModelFiles::list);
        List<Cid> previews = new ArrayList<>();
        // Before a byte is read, so that nothing is stored of a model that cannot be registered.
        StyleManifest outline = manifest(
                upload,
                paths.keySet().stream()
                        .map(path -> new ModelFile(path, 0, NOWHERE.digest()))
                        .map(file -> new StyleFile(file, NOWHERE))
                        .toList(),
                previews,
                key.isPresent());
        List<byte[]> images =
                upload.previews().stream().map(StylePublisher::preview).toList();
        List<ModelFile> files = paths.entrySet().stream()
                .map(entry -> guarded(entry.getValue(), path -> ModelFiles.measure(entry.getKey(), path, cancellation)))
                .toList();
        images.forEach(image -> previews.add(kept(store.put(image))));
        StyleManifest measured = manifest(
                upload, files.stream().map(file -> new StyleFile(file, NOWHERE)).toList(), previews, outline.sealed());
        if (key.isPresent()) {
            Optional<StyleManifest> registered = registry.ofFile(
                            measured.principal().sha256())
                    .map(StyleModel::manifest)
                    .filter(manifest -> withFiles(manifest, file -> new StyleFile(file.file(), NOWHERE))
                            .equals(measured));
            if (registered.isPresent()) {
                return registered.get();
            }
        }
        StyleManifest manifest = withFiles(measured, file -> {
            cancellation.throwIfStopped();
            Path path = Objects.requireNonNull(paths.get(file.file().path()));
            return new StyleFile(file.file(), guarded(path, source -> put(file.file(), source, key)));
        });
        kept(store.put(manifest.encode()));
        return manifest;
    }

    /** What is in the library must stay in its creator's store. */
    private Cid kept(Cid cid) {
        store.keep(cid);
        return cid;
    }

    private Cid put(ModelFile file, Path source, Optional<ModelKey> key) throws IOException {
        try (InputStream plain = new MeasuredStream(Files.newInputStream(source), file)) {
            if (key.isEmpty()) {
                return kept(store.put(plain));
            }
            try (InputStream sealed = SealedFile.seal(plain, file, key.get())) {
                return kept(store.put(sealed));
            }
        }
    }

    private static byte[] preview(Path file) {
        byte[] image = guarded(file, path -> {
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(MAX_PREVIEW_BYTES + 1);
            }
        });
        if (image.length > MAX_PREVIEW_BYTES || !PngFile.isPng(image)) {
            throw ModelFiles.wrong(
                    "preview " + file + " is no PNG image, or has more than " + MAX_PREVIEW_BYTES + " bytes");
        }
        return image;
    }

    private static StyleManifest manifest(
            StyleUpload upload, List<StyleFile> files, List<Cid> previews, boolean sealed) {
        return new StyleManifest(
                upload.name(),
                upload.kind(),
                upload.architecture(),
                upload.description(),
                upload.triggerWords(),
                upload.tags(),
                upload.licence(),
                files,
                previews,
                sealed);
    }

    private static StyleManifest withFiles(StyleManifest manifest, UnaryOperator<StyleFile> change) {
        return new StyleManifest(
                manifest.name(),
                manifest.kind(),
                manifest.architecture(),
                manifest.description(),
                manifest.triggerWords(),
                manifest.tags(),
                manifest.licence(),
                manifest.files().stream().map(change).toList(),
                manifest.previews(),
                manifest.sealed());
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(Path path) throws IOException;
    }

    private static <T> T guarded(Path path, Reading<T> reading) {
        try {
            return reading.from(path);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED,
                    "Cannot read " + path + ": " + e.getClass().getSimpleName() + " " + e.getMessage(),
                    e);
        }
    }
}
