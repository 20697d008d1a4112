package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.StyleUse;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.inference.diffusion.prompt.Prompt;
import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The style models of a request: those that its options name, at the weights that they give, or that a tag in the prompt gives
 * instead.
 */
final class RequestStyles {
    /** The largest file of a style model: 1 GiB. */
    static final long MAX_BYTES = 1L << 30;

    private static final Set<String> KINDS = Set.of("lora", "lyco");
    private static final int BUFFER = 1 << 16;
    private static final int HASH_DIGITS = 12;

    private final List<StyleUse> uses;
    private final boolean seamless;

    private RequestStyles(List<StyleUse> uses, boolean seamless) {
        this.uses = uses;
        this.seamless = seamless;
    }

    /**
     * Finds the styles of a request.
     *
     * @throws InvalidInputException if two styles have one name, or a tag in the prompt names none of them
     * @throws UnsupportedException if a tag asks for a network of another kind
     */
    static RequestStyles of(CanonicalRequest request) {
        Map<String, StyleUse> byName = new LinkedHashMap<>();
        for (StyleUse use : request.options().styles()) {
            if (byName.put(use.name(), use) != null) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "Two style models have the name " + use.name() + "; give each its own");
            }
        }
        Set<String> tagged = new HashSet<>();
        for (ExtraNetwork tag : Prompt.parse(request.prompt(), 1).networks()) {
            String name = tag.name().orElse("");
            if (!KINDS.contains(tag.kind())) {
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The prompt asks for <" + tag.kind() + ":" + name + ">, but there are only <lora:name:weight>;"
                                + " leave it out");
            }
            StyleUse use = byName.get(name);
            if (use == null || use.kind() != StyleUse.Kind.LORA) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_PROMPT,
                        "The prompt asks for <" + tag.kind() + ":" + name + ">, but the request has "
                                + (loras(byName).isEmpty() ? "no LoRA" : "only " + String.join(", ", loras(byName)))
                                + "; give the style model with its file, under that name");
            }
            if (!tagged.add(name)) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_PROMPT,
                        "The prompt asks for <" + tag.kind() + ":" + name + "> twice; leave one of them out");
            }
            byName.put(name, new StyleUse(name, use.file(), tag.unetWeight(), tag.textEncoderWeight()));
        }
        byName.values().stream()
                .filter(use -> use.kind() == StyleUse.Kind.TEXTUAL_INVERSION)
                .forEach(use -> requireWritten(use.name(), request));
        return new RequestStyles(List.copyOf(byName.values()), request.options().tiling());
    }

    private static List<String> loras(Map<String, StyleUse> uses) {
        return uses.values().stream()
                .filter(use -> use.kind() == StyleUse.Kind.LORA)
                .map(StyleUse::name)
                .toList();
    }

    /** A word that no prompt has would be paid for and do nothing. */
    private static void requireWritten(String word, CanonicalRequest request) {
        String wanted = word.toLowerCase(Locale.ROOT);
        boolean written = Stream.of(request.prompt(), request.negativePrompt())
                .anyMatch(prompt -> prompt.toLowerCase(Locale.ROOT).contains(wanted));
        if (!written) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT,
                    "The request has the textual inversion " + word
                            + ", but neither of its prompts has that word; write it into one of them, or leave it out");
        }
    }

    /** The names that tags in the prompt may use. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        uses.stream().filter(use -> use.kind() == StyleUse.Kind.LORA).forEach(use -> names.add(use.name()));
        return names;
    }

    /**
     * Reads the style models, and makes the model under them; and with joined edges, if the request asks for tiling.
     *
     * @throws InvalidInputException if a file is no style model, or a damaged one
     * @throws UnsupportedException if a style model was made for another architecture, or is of a kind that is not read
     */
    Styled apply(StableDiffusionModel model, BlobSource blobs) {
        if (uses.isEmpty() && !seamless) {
            return new Styled(model, List.of(), Map.of(), false);
        }
        List<AppliedStyle> applied = new ArrayList<>();
        List<TextualInversion> words = new ArrayList<>();
        List<ModelFile> files = new ArrayList<>();
        Map<String, String> parameters = new TreeMap<>();
        Map<Path, StyleUse> paths = new LinkedHashMap<>();
        try {
            for (StyleUse use : uses) {
                Path file = Files.createTempFile("dream-style-", ".safetensors");
                paths.put(file, use);
                files.add(copy(use, blobs, file, files.size() + 1));
                switch (use.kind()) {
                    case LORA -> {
                        StyleModel style = StyleModel.load(file);
                        applied.add(new AppliedStyle(style, use.weight(), use.textEncoderWeight()));
                        note(parameters, "Lora hashes", use, style.hashes().loraHash());
                    }
                    case TEXTUAL_INVERSION -> {
                        TextualInversion word = TextualInversion.load(file, use.name());
                        words.add(word);
                        note(
                                parameters,
                                "TI hashes",
                                use,
                                Optional.of(word.hashes().sha256()));
                    }
                }
            }
            return new Styled(model.with(applied, words, seamless), files, parameters, true);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED,
                    "A style model cannot be kept in the folder for temporary files; make room there",
                    e);
        } catch (CorruptDataException e) {
            throw e.code() == ErrorCode.MODEL_FILE_CORRUPT
                    ? new InvalidInputException(ErrorCode.INVALID_REQUEST, named(e, paths), e)
                    : e;
        } catch (UnsupportedException e) {
            throw new UnsupportedException(e.code(), named(e, paths), e);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e.code(), named(e, paths), e);
        } finally {
            paths.keySet().forEach(RequestStyles::delete);
        }
    }

    /** Notes a file's hash as the web UI does, whose lists have no names with separators in them. */
    private static void note(Map<String, String> parameters, String list, StyleUse use, Optional<String> hash) {
        String name = use.name().replace(":", "").replace(",", "");
        hash.map(digits -> name + ": " + digits.substring(0, HASH_DIGITS))
                .ifPresent(entry -> parameters.merge(list, entry, (before, more) -> before + ", " + more));
    }

    /** A model as a request needs it; closing it frees what styles changed, and leaves the model itself open. */
    static final class Styled implements AutoCloseable {
        private final StableDiffusionModel model;
        private final List<ModelFile> files;
        private final Map<String, String> parameters;
        private final boolean changed;

        private Styled(
                StableDiffusionModel model, List<ModelFile> files, Map<String, String> parameters, boolean changed) {
            this.model = model;
            this.files = List.copyOf(files);
            this.parameters = parameters;
            this.changed = changed;
        }

        StableDiffusionModel model() {
            return model;
        }

        /** The files of the styles, in order. */
        List<ModelFile> files() {
            return files;
        }

        /** The hashes of the styles, as the web UI has them among an image's parameters. */
        Map<String, String> parameters() {
            return parameters;
        }

        @Override
        public void close() {
            if (changed) {
                model.close();
            }
        }
    }

    /** Messages name a style as its user does, not by the file that it was copied to. */
    private static String named(DreamException error, Map<Path, StyleUse> paths) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        for (Map.Entry<Path, StyleUse> path : paths.entrySet()) {
            message = message.replace(path.getKey().toString(), path.getValue().name());
        }
        return message;
    }

    private static ModelFile copy(StyleUse use, BlobSource blobs, Path file, int number) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        try (InputStream in = new DigestInputStream(blobs.open(use.file()), digest);
                OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            int read = in.read(buffer);
            while (read >= 0) {
                size += read;
                if (size > MAX_BYTES) {
                    throw new InvalidInputException(
                            ErrorCode.BLOB_TOO_LARGE,
                            "The file of the style model " + use.name() + " has more than " + (MAX_BYTES >> 20)
                                    + " MiB; use a smaller one");
                }
                out.write(buffer, 0, read);
                read = in.read(buffer);
            }
        }
        String name = use.name().replace('/', '_').replace('\\', '_');
        return new ModelFile("styles/" + number + "-" + name + ".safetensors", size, Bytes.of(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
