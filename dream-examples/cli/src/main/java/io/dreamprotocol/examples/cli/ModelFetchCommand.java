package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.library.StyleFetcher;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Fetches a style model's files from the store, checks them, and keeps them by name. */
final class ModelFetchCommand implements Command {
    @Override
    public String name() {
        return "fetch";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Fetches a style model's files from the store and keeps them by name.",
                "Every file is checked against the size and SHA-256 of the manifest before it is kept. A sealed model"
                        + " is opened by its own key, or by a licence of the key that signs.",
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
            StyleModel model =
                    run.style(run.words(1, 1, "dream model fetch NAME").getFirst());
            StyleManifest manifest = model.manifest();
            StyleFetcher fetcher = new StyleFetcher(
                    run.workspace().blobs(), run.workspace().data().path().resolve("library"));
            Optional<ModelKey> key = manifest.sealed() ? Optional.of(key(model, run)) : Optional.empty();
            run.terminal().status("fetching " + manifest.name());
            Path fetched = fetcher.fetch(manifest, key, context.interrupt());
            run.terminal().clearStatus();
            Optional<Path> out = arguments
                    .text(Options.OUT)
                    .map(folder -> context.resolve(folder).toAbsolutePath().normalize());
            Path kept = out.isPresent() ? copy(model, fetched, out.get(), run) : keep(model, fetched, run);
            // What is kept are second names of the same bytes, or copies.
            fetcher.remove(manifest, context.interrupt());
            tell(model, kept, run);
        });
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

    private static Path copy(StyleModel model, Path fetched, Path folder, MarketRun run) {
        try {
            for (StyleFile file : model.manifest().files()) {
                String path = file.file().path();
                FileCopy.of(
                                fetched.resolve(path),
                                folder.resolve(path),
                                run.context().interrupt())
                        .requireDigest(file.file().sha256());
            }
            return folder;
        } catch (IOException e) {
            throw FileErrors.writing(folder.toString(), e);
        }
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
