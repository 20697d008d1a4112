package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptTags;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import io.dreamprotocol.inference.webui.StyleHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The style models that a run can take: files that its options name, and those that the data folder keeps by name. */
final class StyleModels {
    /** The largest style model that is read: 512 MiB. */
    static final int MAX_BYTES = 512 << 20;

    private static final Set<String> TAGS = Set.of("lora", "lyco");
    private static final int MAX_SHOWN = 64;

    private final ModelStore store;
    private final Arguments arguments;
    private final Context context;
    private final List<StyleHash> wanted;
    private final List<Named> fromLibrary = new ArrayList<>();

    /**
     * Looks for style models.
     *
     * @param wanted the hashes of those that an image to be followed was made with
     */
    StyleModels(Arguments arguments, Context context, List<StyleHash> wanted) {
        this.store = new ModelStore(DataFolder.of(arguments, context).models());
        this.arguments = arguments;
        this.context = context;
        this.wanted = List.copyOf(wanted);
    }

    /** Adds the LoRA that an option names, in place of a style of the same name. */
    GenerationRequest withLora(GenerationRequest request, String text) {
        WeightedFile weighted = WeightedFile.parse(text, 2);
        double weight = weighted.number(0, 1);
        double textEncoderWeight = weighted.number(1, weight);
        Optional<Path> file = find(weighted.file());
        if (file.isEmpty()) {
            fromLibrary.add(new Named(StyleKind.LORA, weighted.file(), weighted.file(), weight, textEncoderWeight));
            return request;
        }
        return with(request, ModelStore.styleName(file.get()), file.get(), weight, textEncoderWeight);
    }

    /** Adds the textual inversion that an option names, in place of a style of the same name. */
    GenerationRequest withEmbedding(GenerationRequest request, String text) {
        int equals = text.indexOf('=');
        boolean hasWord = equals > 0 && !Files.isRegularFile(context.resolve(text));
        String name = hasWord ? text.substring(equals + 1) : text;
        Optional<Path> file = find(name);
        if (file.isEmpty()) {
            String word = hasWord ? text.substring(0, equals) : name;
            fromLibrary.add(new Named(StyleKind.TEXTUAL_INVERSION, name, word, 1, 1));
            return request;
        }
        return withWord(request, hasWord ? text.substring(0, equals) : word(file.get()), file.get());
    }

    private static String word(Path file) {
        return StyleFile.open(file).ownWord().orElseGet(() -> ModelStore.styleName(file));
    }

    private Optional<Path> find(String text) {
        Path file = context.resolve(text);
        return Files.isRegularFile(file) ? Optional.of(file) : store.findStyle(text);
    }

    private UsageException unknown(String text) {
        return arguments.usage("There is no style model '" + PrintableText.oneLine(text, MAX_SHOWN)
                + "', neither a file nor one that is kept by name or in the library" + Suggestion.of(text, names()));
    }

    /** Adds the styles that tags in the prompt ask for, the request lacks, and are kept here. */
    GenerationRequest withTagged(GenerationRequest request) {
        GenerationRequest changed = request;
        for (ExtraNetwork tag : PromptTags.parse(request.prompt()).networks()) {
            String name = tag.name().orElse("");
            Optional<Path> file =
                    TAGS.contains(tag.kind()) && use(changed, name).isEmpty() ? tagged(name) : Optional.empty();
            if (file.isPresent()) {
                changed = with(changed, name, file.get(), tag.unetWeight(), tag.textEncoderWeight());
            }
        }
        return changed;
    }

    /**
     * Adds the styles that options and tags in the prompt name and are not kept here but in the ledger's library. Each of them costs
     * its royalty.
     *
     * @param library the library
     * @throws InvalidInputException with {@link ErrorCode#INVALID_PROMPT} if a tag names none, or one of another kind
     */
    GenerationRequest withLibrary(GenerationRequest request, StyleRegistry library) {
        GenerationRequest changed = request;
        for (Named named : fromLibrary) {
            StyleModel model =
                    library.named(named.name().toLowerCase(Locale.ROOT)).orElseThrow(() -> unknown(named.name()));
            if (model.manifest().kind() != named.kind()) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "The style model " + model.manifest().name() + " in the library is no "
                                + named.kind().id() + " but a "
                                + model.manifest().kind().id());
            }
            changed = with(changed, named, model);
        }
        for (ExtraNetwork tag : PromptTags.parse(request.prompt()).networks()) {
            String name = tag.name().orElse("");
            if (TAGS.contains(tag.kind()) && use(changed, name).isEmpty()) {
                StyleModel model = library.named(name.toLowerCase(Locale.ROOT))
                        .filter(found -> found.manifest().kind() == StyleKind.LORA)
                        .orElseThrow(() -> missing(tag, name));
                changed = with(
                        changed,
                        new Named(StyleKind.LORA, name, name, tag.unetWeight(), tag.textEncoderWeight()),
                        model);
            }
        }
        return changed;
    }

    /** A style model of the library that is asked for, and the name or word that the request has for it. */
    private record Named(StyleKind kind, String name, String alias, double weight, double textEncoderWeight) {}

    private static GenerationRequest with(GenerationRequest request, Named named, StyleModel model) {
        Cid file = model.manifest().files().stream()
                .filter(each -> each.file().equals(model.manifest().principal()))
                .findFirst()
                .orElseThrow()
                .cid();
        GenerationRequest others = without(request, named.alias());
        List<StyleUse> uses = new ArrayList<>(others.options().styles());
        uses.add(
                named.kind() == StyleKind.LORA
                        ? new StyleUse(named.alias(), file, named.weight(), named.textEncoderWeight())
                        : StyleUse.word(named.alias(), file));
        return others.withOptions(others.options().withStyles(uses));
    }

    /** Adds the textual inversions that an image to be followed was made with, as far as they are kept here. */
    GenerationRequest withWantedWords(GenerationRequest request) {
        GenerationRequest changed = request;
        for (StyleHash hash : wanted) {
            if (hash.kind() == StyleHash.Kind.WORD && use(changed, hash.name()).isEmpty()) {
                Optional<Path> file = same(hash);
                if (file.isPresent()) {
                    changed = withWord(changed, hash.name(), file.get());
                } else {
                    context.terminal()
                            .error("dream: not as in the image: no textual inversion with the hash " + hash.digits()
                                    + " is kept here, which it had for the word " + hash.name()
                                    + "; add it by 'dream models add FILE'");
                }
            }
        }
        return changed;
    }

    /** Finds the file of a hash, first under its own name. */
    private Optional<Path> same(StyleHash hash) {
        return store.findStyle(hash.name())
                .filter(file -> isSame(hash, file))
                .or(() -> store.styles().stream()
                        .filter(file -> isSame(hash, file))
                        .findFirst());
    }

    private Optional<StyleHash> hash(String name) {
        return wanted.stream()
                .filter(each ->
                        each.kind() == StyleHash.Kind.STYLE && each.name().equals(name))
                .findFirst();
    }

    private Optional<Path> tagged(String name) {
        Optional<StyleHash> hash = hash(name);
        Optional<Path> kept = store.findStyle(name);
        if (hash.isEmpty()) {
            return kept;
        }
        Optional<Path> same = same(hash.get());
        if (same.isEmpty() && kept.isPresent()) {
            context.terminal()
                    .error("dream: not as in the image: the style model " + name
                            + " here is another file than the image's, which had the hash "
                            + hash.get().digits());
        }
        return same.or(() -> kept);
    }

    private static boolean isSame(StyleHash hash, Path file) {
        try {
            return hash.matches(WebUiHashes.of(file));
        } catch (DreamException e) {
            // A damaged file is none that an image was made with.
            return false;
        }
    }

    private InvalidInputException missing(ExtraNetwork tag, String name) {
        String digits =
                hash(name).map(hash -> " with the hash " + hash.digits()).orElse("");
        String shown = PrintableText.oneLine(name, MAX_SHOWN);
        return new InvalidInputException(
                ErrorCode.INVALID_PROMPT,
                "The prompt asks for <" + tag.kind() + ":" + shown + ">, but no style model of that name" + digits
                        + " is kept here or in the library" + Suggestion.of(name, names())
                        + "; give its file by " + DetailOptions.LORA + ", or add it by 'dream models add FILE'");
    }

    private GenerationRequest with(
            GenerationRequest request, String name, Path file, double weight, double textEncoderWeight) {
        requireKind(file, StyleFile.Kind.LORA);
        return without(request, name).withStyle(name, content(file), weight, textEncoderWeight);
    }

    private GenerationRequest withWord(GenerationRequest request, String word, Path file) {
        requireKind(file, StyleFile.Kind.TEXTUAL_INVERSION);
        return without(request, word).withWord(word, content(file));
    }

    private static GenerationRequest without(GenerationRequest request, String name) {
        List<StyleUse> others = request.options().styles().stream()
                .filter(use -> !use.name().equals(name))
                .toList();
        return request.withOptions(request.options().withStyles(others));
    }

    private static void requireKind(Path file, StyleFile.Kind wanted) {
        StyleFile.Kind kind = StyleFile.open(file).kind();
        if (kind != wanted) {
            String advice = switch (kind) {
                case LORA -> "; give it by " + DetailOptions.LORA;
                case TEXTUAL_INVERSION -> "; give it by " + DetailOptions.EMBEDDING;
                case CHECKPOINT -> "; choose another";
            };
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "The file " + file + " is a " + kind.words() + advice);
        }
    }

    /**
     * Puts those style models into a store that a request names by CID alone and the store lacks, if they are kept here under
     * whatever name.
     */
    void provide(GenerationRequest request, BlobStore blobs) {
        for (StyleUse use : request.options().styles()) {
            if (!blobs.has(use.file())) {
                content(use.file()).ifPresent(content -> blobs.keep(blobs.put(content.toArray())));
            }
        }
    }

    private Optional<Bytes> content(Cid cid) {
        return store.styles().stream()
                .filter(file -> file.toFile().length() <= MAX_BYTES)
                .map(this::content)
                .filter(content -> UnixFsFile.cidOf(content.toArray()).equals(cid))
                .findFirst();
    }

    private Bytes content(Path file) {
        return InputFile.whole(file.toString(), MAX_BYTES, arguments, context);
    }

    private static Optional<StyleUse> use(GenerationRequest request, String name) {
        return request.options().styles().stream()
                .filter(use -> use.name().equals(name))
                .findFirst();
    }

    private List<String> names() {
        return store.styles().stream().map(ModelStore::styleName).toList();
    }
}
