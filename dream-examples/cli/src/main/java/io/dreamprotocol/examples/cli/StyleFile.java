package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.style.StyleModel;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import io.dreamprotocol.inference.diffusion.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A {@code .safetensors} file, by what it holds.
 *
 * @param path the file
 * @param kind what it holds
 * @param ownWord the word of an embedding that names it itself; else its file's name is the word
 * @param metadata its texts, which nobody has checked
 */
record StyleFile(Path path, Kind kind, Optional<String> ownWord, Map<String, String> metadata) {
    private static final int MAX_TEXT = 200;

    /** Tensors of embeddings whose file's name is their word. */
    private static final Set<String> NAMELESS = Set.of("emb_params", "clip_l", "clip_g");

    /** How the tensors of whole networks are called, by Stable Diffusion's own code and by diffusers. */
    private static final List<String> WHOLE = List.of(
            "model.diffusion_model.",
            "first_stage_model.",
            "cond_stage_model.",
            "conditioner.",
            "down_blocks.",
            "conv_in.",
            "text_model.",
            "encoder.",
            "decoder.");

    /** What such a file may hold. */
    enum Kind {
        /** Changes of weights. */
        LORA("LoRA"),
        /** A word with its embeddings. */
        TEXTUAL_INVERSION("textual inversion"),
        /** All weights of one or more networks. */
        CHECKPOINT("checkpoint");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** Reads a file's header. What seems to be nothing else may be a LoRA, which shows when it is read whole. */
    static StyleFile open(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Set<String> names = file.tensors().keySet();
            boolean nameless = !names.isEmpty() && NAMELESS.containsAll(names);
            Kind kind = Kind.LORA;
            if (nameless || names.size() == 1) {
                kind = Kind.TEXTUAL_INVERSION;
            } else if (names.stream().anyMatch(name -> WHOLE.stream().anyMatch(name::startsWith))
                    && names.stream().noneMatch(name -> name.contains("lora"))) {
                kind = Kind.CHECKPOINT;
            }
            boolean ownWord = kind == Kind.TEXTUAL_INVERSION && !nameless;
            return new StyleFile(
                    path, kind, ownWord ? Optional.of(names.iterator().next()) : Optional.empty(), file.metadata());
        }
    }

    /**
     * Reads and checks the whole file, and shows what it is.
     *
     * @param name the name that it is kept under
     * @param terminal where
     * @return the file's SHA-256, in hexadecimal digits
     */
    String show(String name, Terminal terminal) {
        return switch (kind) {
            case LORA -> show(name, StyleModel.load(path), terminal);
            case TEXTUAL_INVERSION -> show(name, TextualInversion.load(path, ownWord.orElse(name)), terminal);
            case CHECKPOINT ->
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The file " + path + " holds the weights of whole networks; that is planned and not possible"
                                + " yet: export the model to ONNX and add its folder");
        };
    }

    private String show(String name, StyleModel style, Terminal terminal) {
        List<String> parts = style.parts().stream()
                .map(part -> part.folder() + " " + style.layerCount(part))
                .toList();
        begin(name, terminal);
        terminal.line("changes     layers of " + String.join(", ", parts));
        hints(terminal);
        return style.hashes().sha256();
    }

    private String show(String name, TextualInversion inversion, Terminal terminal) {
        begin(name, terminal);
        terminal.line("word        " + inversion.token() + " (counts as " + inversion.vectors()
                + (inversion.vectors() == 1 ? " token)" : " tokens)"));
        terminal.line("encoders    "
                + String.join(
                        ", ",
                        inversion.parts().stream()
                                .map(ModelPart::folder)
                                .sorted()
                                .toList()));
        hints(terminal);
        return inversion.hashes().sha256();
    }

    private void begin(String name, Terminal terminal) {
        terminal.line("name        " + name);
        terminal.line("kind        " + kind.words());
    }

    private void hints(Terminal terminal) {
        if (kind == Kind.LORA) {
            terminal.line("trigger     " + hint("modelspec.trigger_phrase").orElse("none is stated"));
        }
        terminal.line("made for    "
                + hint("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name")
                        .orElse("no model is stated"));
        terminal.line("licence     " + hint("modelspec.license").orElse("none is stated"));
    }

    /** Reads and checks the whole file. */
    void check(String name) {
        switch (kind) {
            case LORA -> {
                StyleModel unused = StyleModel.load(path);
            }
            case TEXTUAL_INVERSION -> {
                TextualInversion unused = TextualInversion.load(path, ownWord.orElse(name));
            }
            case CHECKPOINT ->
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The file " + path + " holds the weights of whole networks; export the model to ONNX and give"
                                + " its folder");
        }
    }

    /** Returns the family of networks that the file says it fits, in the words of manifests. */
    Optional<String> base() {
        return hint("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name")
                .map(text -> text.toLowerCase(Locale.ROOT))
                .map(text -> text.startsWith("stable-diffusion-xl") || text.startsWith("sdxl")
                        ? "stable-diffusion-xl"
                        : text.startsWith("stable-diffusion-v1") || text.startsWith("sd_v1") || text.startsWith("sd_1")
                                ? "stable-diffusion-1"
                                : text.startsWith("stable-diffusion-v2") || text.startsWith("sd_v2")
                                        ? "stable-diffusion-2"
                                        : text.replaceAll("[/ _]+", "-"))
                .filter(text -> text.matches("[a-z0-9][a-z0-9.-]{0,63}"));
    }

    /** Returns what the file says under the first of some keys. */
    Optional<String> hint(String... keys) {
        return Stream.of(keys)
                .map(key -> metadata.getOrDefault(key, "").strip())
                .filter(text -> !text.isEmpty() && !text.equals("None"))
                .map(text -> PrintableText.oneLine(text, MAX_TEXT))
                .findFirst();
    }
}
