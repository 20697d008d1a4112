package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.library.StylePublisher;
import io.dreamprotocol.core.library.StyleUpload;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;

/** A style model that is about to be registered: what its files and the options say of it. */
final class StyleDraft {
    static final String PRICE = "--price";

    private static final String NAME = "--name";
    private static final String KIND = "--kind";
    private static final String BASE = "--base";
    private static final String DESCRIPTION = "--description";
    private static final String TRIGGER = "--trigger";
    private static final String TAG = "--tag";
    private static final String LICENCE = "--licence";
    private static final String SEAL = "--seal";
    private static final String ENDING = ".safetensors";
    private static final String PICKLES = ".*\\.(ckpt|pt|pth|bin|pkl|pickle)";
    private static final int MAX_DESCRIPTION = 2000;
    private static final Cid NOWHERE = Cid.of(Cid.Codec.RAW, new byte[0]);

    private final MarketRun run;
    private final Path path;
    private final String name;
    private final StyleKind kind;
    private final String base;
    private final String licence;
    private final String description;
    private final List<String> triggers;

    private StyleDraft(MarketRun run, Path path, StyleKind kind, Optional<StyleFile> style) {
        Arguments arguments = run.arguments();
        this.run = run;
        this.path = path;
        this.kind = kind;
        this.name = arguments.text(NAME).orElseGet(() -> nameOf(path));
        this.base = arguments
                .text(BASE)
                .or(() -> style.flatMap(StyleFile::base))
                .or(() -> Files.isDirectory(path)
                        ? Optional.of(ModelFolder.open(path).architecture())
                        : Optional.empty())
                .orElseThrow(() -> arguments.usage("The file does not say which networks it fits; say it by " + BASE
                        + ", for example stable-diffusion-1"));
        this.licence = arguments
                .text(LICENCE)
                .or(() -> style.flatMap(file -> file.hint("modelspec.license")))
                .or(() -> Files.isDirectory(path) ? ModelCardFile.licence(path) : Optional.empty())
                .orElseThrow(() -> arguments.usage(
                        "The file does not say its licence; say it by " + LICENCE + ", for example CC-BY-4.0"));
        this.description = arguments
                .text(DESCRIPTION)
                .or(() -> style.flatMap(file -> file.hint("modelspec.description")))
                .map(text -> text.substring(0, Math.min(text.length(), MAX_DESCRIPTION)))
                .orElse("");
        this.triggers = arguments.texts(TRIGGER).isEmpty()
                ? style.flatMap(file -> file.hint("modelspec.trigger_phrase")).stream()
                        .toList()
                : arguments.texts(TRIGGER);
    }

    /** Adds the options that say what a new style model is. */
    static void describe(CommandSpec spec) {
        Options.text(
                spec,
                NAME,
                "NAME",
                "the name that prompts use: small letters, digits, '.', '-', '_' (default: the" + " file's)");
        Options.text(
                spec, KIND, "KIND", "lora, textual-inversion, checkpoint or controlnet (default: what the file holds)");
        Options.text(spec, BASE, "NAME", "the family of networks that it is or fits (default: what the file says)");
        Options.text(spec, DESCRIPTION, "TEXT", "what it is, for people (default: what the file says)");
        Options.texts(
                spec,
                TRIGGER,
                "WORDS",
                "words that bring it out in a prompt; may be repeated (default: what the" + " file says)");
        Options.texts(spec, TAG, "WORD", "a word by which it is found; may be repeated");
        Options.text(spec, LICENCE, "NAME", "the files' licence, as CC-BY-4.0 (default: what the file says)");
        Options.text(spec, PRICE, "COINS", "its price per megapixel-step at full weight (default: nothing)");
        Options.flag(spec, SEAL, "encrypt the files, so that only workers with a licence can run it");
        StyleTermsOptions.describe(spec);
        StylePreviews.describe(spec);
    }

    /** Looks at the file or folder that a user means. */
    static StyleDraft of(String wanted, MarketRun run) {
        Path path = run.context().resolve(wanted).toAbsolutePath().normalize();
        Optional<StyleKind> kind = run.arguments().text(KIND).map(StyleKind::of);
        if (!wanted.isEmpty() && Files.isDirectory(path)) {
            return new StyleDraft(run, path, kind.orElse(StyleKind.CHECKPOINT), Optional.empty());
        }
        if (!Files.isRegularFile(path)) {
            throw run.arguments().usage("There is no folder or file " + PrintableText.oneLine(wanted));
        }
        String file = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (file.matches(PICKLES)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_MANIFEST,
                    "The file " + PrintableText.oneLine(wanted)
                            + " is of a pickled format, which runs a program when it" + " is loaded; convert it to "
                            + ENDING);
        }
        StyleFile style = StyleFile.open(path);
        style.check(nameOf(path));
        return new StyleDraft(
                run,
                path,
                kind.orElse(
                        switch (style.kind()) {
                            case LORA -> StyleKind.LORA;
                            case TEXTUAL_INVERSION -> StyleKind.TEXTUAL_INVERSION;
                            case CHECKPOINT -> StyleKind.CHECKPOINT;
                        }),
                Optional.of(style));
    }

    private static String nameOf(Path path) {
        String file = ModelStore.styleName(path).toLowerCase(Locale.ROOT);
        return file.replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[^a-z0-9]+", "");
    }

    String name() {
        return name;
    }

    StyleKind kind() {
        return kind;
    }

    Path path() {
        return path;
    }

    List<String> triggers() {
        return triggers;
    }

    StyleTerms terms() {
        return StyleTermsOptions.apply(StyleTerms.royalty(Amount.ZERO), run.amount(PRICE), run);
    }

    /** Returns what the model is without its files, to find what is wrong before anything is stored. */
    StyleManifest outline() {
        ModelFile file = new ModelFile(path.getFileName().toString(), 0, NOWHERE.digest());
        return new StyleManifest(
                name,
                kind,
                base,
                description,
                triggers,
                tags(),
                licence,
                List.of(new io.dreamprotocol.core.style.StyleFile(file, NOWHERE)),
                List.of(),
                isSealed());
    }

    private List<String> tags() {
        return run.arguments().texts(TAG);
    }

    private boolean isSealed() {
        return run.arguments().flag(SEAL);
    }

    /** Puts the files into the store, sealed if the options say so, makes previews, and returns what the model is. */
    StyleManifest publish() {
        run.styles().named(name).ifPresent(model -> {
            throw new ConflictException(
                    ErrorCode.STYLE_EXISTS,
                    "Style model " + model.id() + " is called '" + name + "' already; choose another name by " + NAME);
        });
        DataFolder data = run.workspace().data();
        Path scratch = data.path().resolve(".publish-" + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(scratch);
            StyleUpload upload = new StyleUpload(
                    Files.isDirectory(path) ? staged(scratch.resolve("model")) : path,
                    name,
                    kind,
                    base,
                    description,
                    triggers,
                    tags(),
                    licence,
                    StylePreviews.make(this, scratch, run));
            Optional<ModelKey> key = isSealed() ? Optional.of(data.modelKey(name)) : Optional.empty();
            run.terminal().status("storing the files");
            StyleManifest manifest = new StylePublisher(run.workspace().blobs(), run.styles())
                    .store(upload, key, run.context().interrupt());
            keep(manifest);
            run.terminal().clearStatus();
            return manifest;
        } catch (IOException e) {
            throw FileErrors.writing(scratch.toString(), e);
        } finally {
            FileCopy.delete(scratch);
        }
    }

    /** Puts those files of a folder that a pipeline reads beside each other, so that nothing else is published. */
    private Path staged(Path target) throws IOException {
        for (ModelFile file : ModelFolder.open(path).files()) {
            FileCopy.of(
                            path.resolve(file.path()),
                            target.resolve(file.path()),
                            run.context().interrupt())
                    .requireDigest(file.sha256());
        }
        return target;
    }

    /** Keeps all blobs of a model, so that no collection of the store takes them away. */
    private void keep(StyleManifest manifest) {
        BlobStore blobs = run.workspace().blobs();
        manifest.files().forEach(file -> blobs.keep(file.cid()));
        manifest.previews().forEach(blobs::keep);
        blobs.keep(manifest.cid());
    }
}
