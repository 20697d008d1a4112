package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.network.AddedEmbeddings;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A text encoder's vocabulary with the words of textual inversions added to it.
 *
 * @param tokenizer the tokenizer that knows the words
 * @param embeddings the rows that the text encoder needs behind its own
 */
public record Vocabulary(ClipTokenizer tokenizer, AddedEmbeddings embeddings) {

    /**
     * Adds words.
     *
     * @param tokenizer the model's own tokenizer
     * @param part the text encoder that it belongs to
     * @param rows the number of rows of the text encoder's own table
     * @param width the size of one of its embeddings
     * @param words the words, at least one
     * @return the larger vocabulary
     * @throws InvalidInputException with {@code invalid-request} if a word is in the vocabulary already, or two are equal
     * @throws UnsupportedException if an embedding is not for this text encoder, or of another size
     */
    public static Vocabulary of(
            ClipTokenizer tokenizer, ModelPart part, int rows, int width, List<TextualInversion> words) {
        int firstId = Math.max(tokenizer.vocabularySize(), rows);
        SequencedMap<String, Integer> counts = new LinkedHashMap<>();
        int size = words.stream().mapToInt(TextualInversion::vectors).sum() * width;
        float[] values = new float[size];
        int at = 0;
        for (TextualInversion word : words) {
            float[] vectors = word.values(part);
            if (vectors.length != word.vectors() * width) {
                throw unsuitable(word, part, width);
            }
            if (tokenizer.idOf(word.token()).isPresent() || counts.put(word.token(), word.vectors()) != null) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "The word " + word.token() + " for the textual inversion " + word.file()
                                + " has a meaning already; choose another word for it");
            }
            System.arraycopy(vectors, 0, values, at, vectors.length);
            at += vectors.length;
        }
        return new Vocabulary(tokenizer.withAddedTokens(firstId, counts), new AddedEmbeddings(firstId, width, values));
    }

    private static UnsupportedException unsuitable(TextualInversion word, ModelPart part, int width) {
        int has = word.values(part).length / word.vectors();
        return new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The textual inversion " + word.file() + " has "
                        + (has == 0 ? "no vectors for the " : "vectors of " + has + " numbers for the ") + part.folder()
                        + ", whose embeddings have " + width + ": it was made for another model");
    }
}
