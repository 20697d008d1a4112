package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.TieredBlobStore;
import io.dreamprotocol.core.storage.UnixFsFolder;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** {@code dream models publish} and {@code fetch}: models and style models go into the store and come out of it by their CID. */
final class ModelSharing {
    private final ModelStore models;
    private final Arguments arguments;
    private final Context context;

    private ModelSharing(Arguments arguments, Context context) {
        this.models = new ModelStore(DataFolder.of(arguments, context).models());
        this.arguments = arguments;
        this.context = context;
    }

    /**
     * Puts a kept model, or one in a folder, into the store and pins it there.
     *
     * @param wanted its name or folder
     * @return the exit status
     */
    static int publish(String wanted, Arguments arguments, Context context) {
        ModelSharing sharing = new ModelSharing(arguments, context);
        Path named = context.resolve(wanted);
        Optional<Path> folder =
                sharing.models.find(wanted).or(() -> Optional.of(named).filter(Files::isDirectory));
        Optional<Path> style = sharing.models.findStyle(wanted);
        if (folder.isEmpty() && style.isEmpty()) {
            throw arguments.usage("There is no model, style model or folder " + PrintableText.oneLine(wanted));
        }
        return StoreRun.of(
                arguments,
                context,
                run -> told(
                        folder.isPresent()
                                ? sharing.putModel(ModelFolder.open(folder.get()), run)
                                : sharing.putStyle(style.orElseThrow(), run),
                        run));
    }

    private static void told(Cid cid, StoreRun run) {
        run.line(cid.toString());
        run.json().member("cid", cid.toString());
    }

    /** Stores the model's own files alone: the note of where it came from is nobody else's business. */
    private Cid putModel(ModelFolder model, StoreRun run) throws IOException {
        Path draft = draft();
        long total = model.files().stream().mapToLong(ModelFile::size).sum();
        try (ByteProgress progress = run.progress("publishing", total)) {
            ModelStore.lay(model, draft, context.interrupt());
            return run.dags().putFolder(draft, progress);
        } catch (StoppedException e) {
            throw new StoppedException(e.code(), "Interrupted; the same command sends what is still missing", e);
        } finally {
            FileCopy.delete(draft);
        }
    }

    private Cid putStyle(Path file, StoreRun run) throws IOException {
        try (ByteProgress progress = run.progress("publishing", Files.size(file));
                InputStream in = Files.newInputStream(file)) {
            Cid cid = run.store().put(progress.watch(in));
            run.store().keep(cid);
            return cid;
        }
    }

    private Path draft() {
        return models.path().resolve("." + UUID.randomUUID() + ".tmp");
    }

    /**
     * Fetches a model or style model, looks at everything in it, and keeps it under a name. Its blocks in the store are not pinned: the
     * model is kept outside of it.
     *
     * @param wanted the CID
     * @param name the name
     * @return the exit status
     */
    static int fetch(String wanted, String name, Arguments arguments, Context context) {
        ModelStore.requireName(name, ModelIntake.bundled());
        ModelSharing sharing = new ModelSharing(arguments, context);
        return StoreRun.of(arguments, context, run -> sharing.take(run.find(wanted), name, run));
    }

    private void take(Cid cid, String name, StoreRun run) throws IOException {
        Path draft = draft();
        try (ByteProgress progress = run.progress("fetching", 0)) {
            if (run.store() instanceof TieredBlobStore tiers) {
                tiers.fetch(cid, progress);
            }
            Files.createDirectories(models.path());
            if (run.isFolder(cid)) {
                long room = Files.getFileStore(models.path()).getUsableSpace();
                UnixFsFolder.extract(cid, draft, room, run.watched(run.progress("unpacking", 0)));
                context.terminal().clearStatus();
                ModelSource source = new ModelSource("ipfs:" + cid, Optional.empty(), ModelCardFile.licence(draft));
                new ModelIntake(arguments, context).take(draft, name, source);
            } else {
                copy(cid, draft, run);
                ModelAdding.addStyle(draft, name, arguments, context);
            }
        } catch (StoppedException e) {
            throw new StoppedException(
                    e.code(),
                    "Interrupted; what was fetched is in the store, and the same command goes on from there",
                    e);
        } finally {
            FileCopy.delete(draft);
        }
    }

    private static void copy(Cid cid, Path file, StoreRun run) throws IOException {
        try (ByteProgress progress = run.progress("unpacking", 0);
                InputStream in = progress.watch(run.store().open(cid))) {
            ImageFile.replace(file, in::transferTo);
        }
    }
}
