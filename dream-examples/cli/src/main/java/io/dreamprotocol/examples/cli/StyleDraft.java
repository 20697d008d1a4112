package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    private static final int BUFFER = 1 << 16;

    private final MarketRun run;
    private final Path path;
    private final String name;
    private final StyleKind kind;
    private final String base;
    private final String licence;
    private final String description;
    private final List<String> triggers;
    private final List<ModelFile> files;

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
        this.files = Files.isDirectory(path) ? ModelFolder.open(path).files() : List.of(measure(path));
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

    /** Returns what the model is, without the places where its files lie, to find what is wrong before anything is stored. */
    StyleManifest outline() {
        return manifest(
                files.stream()
                        .map(file -> stored(file, Cid.of(Cid.Codec.RAW, new byte[0])))
                        .toList(),
                List.of(),
                run.arguments().flag(SEAL));
    }

    /**
     * Puts the files into the store, sealed if the options say so, makes previews, and returns what the model is.
     */
    StyleManifest publish() {
        boolean sealed = outline().sealed();
        Optional<ModelKey> key = sealed ? Optional.of(run.workspace().data().modelKey(name)) : Optional.empty();
        List<io.dreamprotocol.core.style.StyleFile> stored = new ArrayList<>();
        for (ModelFile file : files) {
            run.context().interrupt().throwIfStopped();
            run.terminal().status("storing " + file.path());
            stored.add(stored(file, store(file, key)));
        }
        List<Cid> previews = StylePreviews.make(this, run);
        StyleManifest manifest = manifest(stored, previews, sealed);
        Cid cid = run.workspace().blobs().put(manifest.encode());
        run.workspace().blobs().keep(cid);
        run.terminal().clearStatus();
        return manifest;
    }

    private static io.dreamprotocol.core.style.StyleFile stored(ModelFile file, Cid cid) {
        return new io.dreamprotocol.core.style.StyleFile(file, cid);
    }

    private StyleManifest manifest(
            List<io.dreamprotocol.core.style.StyleFile> stored, List<Cid> previews, boolean sealed) {
        return new StyleManifest(
                name, kind, base, description, triggers, run.arguments().texts(TAG), licence, stored, previews, sealed);
    }

    private Cid store(ModelFile file, Optional<ModelKey> key) {
        Path source = Files.isDirectory(path) ? path.resolve(file.path()) : path;
        try (InputStream plain = Files.newInputStream(source);
                InputStream in = key.isPresent() ? SealedFile.seal(plain, file, key.get()) : plain) {
            Cid cid = run.workspace().blobs().put(in);
            run.workspace().blobs().keep(cid);
            return cid;
        } catch (IOException e) {
            throw FileErrors.reading(source.toString(), e);
        }
    }

    private static ModelFile measure(Path file) {
        MessageDigest digest = Bytes.newSha256();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                size += read;
            }
        } catch (IOException e) {
            throw FileErrors.reading(file.toString(), e);
        }
        return new ModelFile(file.getFileName().toString(), size, Bytes.of(digest.digest()));
    }
}
