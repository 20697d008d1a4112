package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fetching of one model, from the question what it consists of to its folder. */
final class Pull {
    private final HubSettings settings;
    private final HubHttp http;
    private final HubCache cache;
    private final HubReference reference;
    private final PullListener listener;
    private final Cancellation cancellation;
    private long bytes;

    Pull(HubSettings settings, HubHttp http, HubReference reference, PullListener listener, Cancellation cancellation) {
        this.settings = settings;
        this.http = http;
        this.cache = HubCache.open(settings);
        this.reference = reference;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    PulledModel run() {
        cancellation.throwIfStopped();
        Optional<Manifest> known = reference.isPinned()
                ? Manifest.read(cache.manifest(reference, reference.revision()))
                : Optional.empty();
        if (known.isPresent()) {
            return fetch(reference.revision(), known.get());
        }
        ModelDescription description = ModelDescription.of(reference, describe());
        return fetch(description.commit(), manifest(description));
    }

    private Manifest manifest(ModelDescription description) {
        RemoteFile index = NeededFiles.index(reference, description);
        PullContext context = context(description.commit());
        cache.requireRoom(List.of(index));
        new BlobFetch(context, index, count -> {}).run();
        Path blob = cache.blob(index.id());
        try {
            return new Manifest(
                    NeededFiles.choose(reference, description, Files.readAllBytes(blob)), description.card());
        } catch (IOException e) {
            throw HubErrors.reading(blob, e);
        }
    }

    private PulledModel fetch(String commit, Manifest manifest) {
        cache.requireRoom(manifest.files());
        PullContext context = context(commit);
        long total = manifest.files().stream().mapToLong(RemoteFile::size).sum();
        List<ModelFile> files = new ArrayList<>();
        for (RemoteFile file : manifest.files()) {
            cancellation.throwIfStopped();
            ContentId.Result result = new BlobFetch(context, file, count -> report(file, count, total)).run();
            bytes += file.size();
            files.add(new ModelFile(file.path(), file.size(), result.sha256()));
        }
        files.sort(Comparator.comparing(ModelFile::path));
        Path folder = cache.assemble(reference, commit, manifest.files(), cancellation);
        requireModel(folder, commit);
        cache.write(cache.manifest(reference, commit), manifest.toJson());
        return new PulledModel(reference.repository(), commit, folder, files, manifest.card());
    }

    private void report(RemoteFile file, long count, long total) {
        listener.onProgress(new PullProgress(file.path(), count, file.size(), bytes + count, total));
    }

    private void requireModel(Path folder, String commit) {
        try {
            ModelFolder.open(folder);
        } catch (DreamException e) {
            throw new CorruptDataException(
                    e.code(),
                    "Commit " + commit + " of " + reference.repository() + " has arrived as it is on "
                            + settings.hubName() + ", but it cannot be used; choose another model or revision: "
                            + e.getMessage(),
                    e);
        }
    }

    private PullContext context(String commit) {
        return new PullContext(settings, http, cache, reference, commit, cancellation);
    }

    private byte[] describe() {
        Target target = Target.description(settings.hub(), reference);
        Retries retries = new Retries(settings, target, cancellation);
        while (true) {
            try (Reply reply = http.get(target, Map.of("Accept", "application/json"), cancellation)) {
                byte[] content = reply.content().readNBytes(ModelDescription.MAX_BYTES + 1);
                if (content.length > ModelDescription.MAX_BYTES) {
                    throw HubErrors.mismatch(
                            target, "the hub's answer has more than " + ModelDescription.MAX_BYTES + " bytes");
                }
                return content;
            } catch (IOException e) {
                retries.failed(e);
            }
        }
    }
}
