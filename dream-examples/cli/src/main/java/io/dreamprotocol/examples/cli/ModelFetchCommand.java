package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;

/** Fetches a style model's files from the store, checks them, and keeps them by name. */
final class ModelFetchCommand implements Command {
    private static final int BUFFER = 1 << 16;

    @Override
    public String name() {
        return "fetch";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Fetches a style model's files from the store and keeps them by name.",
                "Every file is checked against the size and SHA-256 of the manifest before it is kept. A sealed model is"
                        + " opened by its own key, or by a licence of the key that signs.",
                "dream model fetch gloss",
                "dream model fetch gloss --out ./gloss-files",
                "dream model fetch secret --key worker");
        Options.positional(spec, "1", "NAME|NUMBER", "the style model");
        Options.text(spec, Options.OUT, "DIR", "a folder for the files (default: kept as by 'dream models add')");
        return MarketRun.describe(spec, DataFolder.WORKER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        context.guard().run();
        return MarketRun.of(arguments, context, run -> {
            StyleModel model = run.style(arguments.positional().getFirst());
            Path root = arguments
                    .text(Options.OUT)
                    .map(out -> context.resolve(out).toAbsolutePath().normalize())
                    .orElseGet(() -> run.workspace().data().models());
            Path draft = root.resolve("." + UUID.randomUUID() + ".tmp");
            try {
                Files.createDirectories(draft);
                fetch(model, draft, run);
                Path kept =
                        arguments.text(Options.OUT).isPresent() ? move(model, draft, root) : keep(model, draft, run);
                tell(model, kept, run);
            } catch (IOException e) {
                throw FileErrors.writing(root.toString(), e);
            } finally {
                FileCopy.delete(draft);
            }
        });
    }

    private static void fetch(StyleModel model, Path draft, MarketRun run) throws IOException {
        Optional<ModelKey> key = model.manifest().sealed() ? Optional.of(key(model, run)) : Optional.empty();
        for (StyleFile file : model.manifest().files()) {
            run.terminal().status("fetching " + file.file().path());
            Path target = draft.resolve(file.file().path()).normalize();
            if (!target.startsWith(draft)) {
                throw wrong(file.file());
            }
            Files.createDirectories(target.getParent());
            try (InputStream stored = run.workspace().blobs().open(file.cid());
                    InputStream in = key.isPresent() ? SealedFile.open(stored, file.file(), key.get()) : stored;
                    OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
                copy(in, out, file.file(), run);
            }
        }
        run.terminal().clearStatus();
    }

    private static void copy(InputStream in, OutputStream out, ModelFile file, MarketRun run) throws IOException {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            run.context().interrupt().throwIfStopped();
            size += read;
            if (size > file.size()) {
                throw wrong(file);
            }
            digest.update(buffer, 0, read);
            out.write(buffer, 0, read);
        }
        if (size != file.size() || !Bytes.of(digest.digest()).equals(file.sha256())) {
            throw wrong(file);
        }
    }

    private static CorruptDataException wrong(ModelFile file) {
        return new CorruptDataException(
                ErrorCode.MODEL_FILE_CORRUPT,
                "The file " + PrintableText.oneLine(file.path(), 200)
                        + " in the store is not the one that the manifest names; do not use this model");
    }

    private static ModelKey key(StyleModel model, MarketRun run) {
        DataFolder data = run.workspace().data();
        Optional<ModelKey> own = data.findModelKey(model.manifest().name());
        if (own.isPresent()) {
            return own.get();
        }
        String name = run.arguments().text(MarketRun.KEY).orElse(DataFolder.WORKER);
        Licence licence = run.styles()
                .licence(model.id(), run.signer(DataFolder.WORKER).account())
                .orElseThrow(() -> new ConflictException(
                        ErrorCode.LICENCE_MISSING,
                        "The style model " + model.manifest().name() + " is sealed, and the key " + name
                                + " has no licence; buy one with: dream model license "
                                + model.manifest().name() + " buy --key " + name));
        return ModelKey.unwrap(licence, data.sealKey(name), Instant.now());
    }

    /** Keeps the files as 'dream models add' does, which looks at everything in them. */
    private static Path keep(StyleModel model, Path draft, MarketRun run) {
        ModelStore store = new ModelStore(run.workspace().data().models());
        String name = model.manifest().name();
        if (model.manifest().kind() == StyleKind.CHECKPOINT) {
            ModelStore.requireName(name, ModelIntake.bundled());
            boolean unused = store.keep(
                    name,
                    ModelFolder.open(draft),
                    new ModelSource(
                            "style model " + model.id(),
                            Optional.empty(),
                            Optional.of(model.manifest().licence())),
                    run.context().interrupt());
            return store.path().resolve(name);
        }
        ModelFile principal = model.manifest().principal();
        boolean unused = store.keepStyle(
                name,
                draft.resolve(principal.path()),
                principal.sha256().toHex(),
                run.context().interrupt());
        return store.style(name);
    }

    private static Path move(StyleModel model, Path draft, Path root) throws IOException {
        for (StyleFile file : model.manifest().files()) {
            Path target = root.resolve(file.file().path());
            Files.createDirectories(target.getParent());
            Files.move(draft.resolve(file.file().path()), target, StandardCopyOption.REPLACE_EXISTING);
        }
        return root;
    }

    private static void tell(StyleModel model, Path kept, MarketRun run) {
        if (run.json()) {
            run.print(new Json()
                    .object()
                    .member("number", model.id().number())
                    .member("name", model.manifest().name())
                    .member("path", kept.toString())
                    .end());
        } else {
            run.terminal().line("model      " + model.manifest().name() + ", number " + model.id());
            run.terminal().line("kept in    " + kept);
        }
    }
}
