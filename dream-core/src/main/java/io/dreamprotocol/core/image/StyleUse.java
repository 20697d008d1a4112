package io.dreamprotocol.core.image;

import io.dreamprotocol.core.storage.Cid;
import java.util.Objects;

/**
 * A style model on top of the base model: a LoRA with its weights, or a textual inversion, which is a word for the prompts.
 *
 * @param kind what the file is
 * @param name the name that people use for it: as in {@code <lora:name:weight>}, or the word itself that stands for a textual
 *     inversion in prompts; 1 to 128 characters without control characters
 * @param file the CID of its file, a {@code .safetensors}
 * @param weight its weight in the denoising network, -10 to 10; 1 for a textual inversion
 * @param textEncoderWeight its weight in the text encoder, -10 to 10; 1 for a textual inversion
 */
public record StyleUse(Kind kind, String name, Cid file, double weight, double textEncoderWeight) {
    private static final double MAX_WEIGHT = 10;

    /** What a style model's file is. */
    public enum Kind {
        /** A LoRA: low-rank changes of the networks' weights. */
        LORA("lora"),
        /** A textual inversion: embeddings that a word in the prompts stands for. */
        TEXTUAL_INVERSION("textual-inversion");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /**
         * Returns the name in the canonical encoding.
         *
         * @return the name
         */
        public String id() {
            return id;
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public StyleUse {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(file, "file");
        RequestOptions.check(
                !name.isBlank() && name.length() <= 128 && name.chars().noneMatch(Character::isISOControl),
                "A style model's name has 1 to 128 characters");
        RequestOptions.check(
                Math.abs(weight) <= MAX_WEIGHT && Math.abs(textEncoderWeight) <= MAX_WEIGHT,
                "A style model's weight lies between -10 and 10");
        RequestOptions.check(
                kind == Kind.LORA || (weight == 1 && textEncoderWeight == 1),
                "A textual inversion has no weight of its own; write its word with one in the prompt, as in (word:1.2)");
    }

    /**
     * Uses a LoRA.
     *
     * @param name the name that people use for it, as in {@code <lora:name:weight>}
     * @param file the CID of its file
     * @param weight its weight in the denoising network
     * @param textEncoderWeight its weight in the text encoder
     */
    public StyleUse(String name, Cid file, double weight, double textEncoderWeight) {
        this(Kind.LORA, name, file, weight, textEncoderWeight);
    }

    /**
     * Uses a textual inversion.
     *
     * @param word the word that stands for it in the prompts, in any case of letters
     * @param file the CID of its file
     * @return the use
     */
    public static StyleUse word(String word, Cid file) {
        return new StyleUse(Kind.TEXTUAL_INVERSION, word, file, 1, 1);
    }
}
