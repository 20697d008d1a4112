package io.dreamprotocol.inference.diffusion.text;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * The tokenizer of CLIP text encoders: a prompt in, token ids out, equal to those of Hugging Face's tokenizers.
 *
 * <p>Text is put into normal form (Unicode NFC, single spaces, lower case), split into words, digits and punctuation, and
 * each piece is encoded by byte pair encoding. Special tokens written out in a prompt, such as {@code <|endoftext|>},
 * become their ids. The time is proportional to the text's length times its logarithm at worst.
 *
 * <p>Instances are immutable and may be shared between threads.
 */
public final class ClipTokenizer {
    private final TokenTable tokens;
    private final BytePairEncoder encoder;
    private final List<AddedToken> addedTokens;
    private final Map<Integer, Integer> counts;
    private final AddedTokens inRawText;
    private final AddedTokens inNormalizedText;
    private final int bosTokenId;
    private final int eosTokenId;
    private final int padTokenId;
    private final int modelMaxLength;

    ClipTokenizer(
            TokenTable tokens,
            BytePairEncoder encoder,
            List<AddedToken> addedTokens,
            int bosTokenId,
            int eosTokenId,
            int padTokenId,
            int modelMaxLength) {
        this.tokens = tokens;
        this.encoder = encoder;
        this.addedTokens = List.copyOf(addedTokens);
        this.counts = addedTokens.stream()
                .filter(added -> added.count() > 1)
                .collect(Collectors.toUnmodifiableMap(AddedToken::id, AddedToken::count));
        this.inRawText = AddedTokens.inRawText(addedTokens);
        this.inNormalizedText = AddedTokens.inNormalizedText(addedTokens);
        this.bosTokenId = bosTokenId;
        this.eosTokenId = eosTokenId;
        this.padTokenId = padTokenId;
        this.modelMaxLength = modelMaxLength;
    }

    /**
     * Reads a tokenizer from a model's own files: {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json} where
     * one of them is missing, with {@code special_tokens_map.json} and {@code tokenizer_config.json} if present.
     *
     * @param folder the model's {@code tokenizer} or {@code tokenizer_2} folder
     * @return the tokenizer
     * @throws NotFoundException if the folder has no vocabulary
     * @throws CorruptDataException if a file is truncated or malformed, or the files do not fit each other
     * @throws UnsupportedException if the files describe another kind of tokenizer
     * @throws StorageException if a file cannot be read
     */
    public static ClipTokenizer load(Path folder) {
        return new TokenizerFolder(folder).read();
    }

    /**
     * Returns the ids of a whole prompt, however long, between the marks for begin and end.
     *
     * @param text the prompt
     * @return the ids, first {@link #bosTokenId()} and last {@link #eosTokenId()}
     */
    public int[] encode(String text) {
        IntList ids = new IntList();
        ids.add(bosTokenId);
        encode(text, ids);
        ids.add(eosTokenId);
        return ids.toArray();
    }

    /**
     * Returns the ids of a prompt as a text encoder takes them: cut to {@link #modelMaxLength()} with the last one
     * replaced by the mark for the end, or padded on the right to that length.
     *
     * @param text the prompt
     * @return {@code modelMaxLength()} ids
     */
    public int[] encodePadded(String text) {
        int[] ids = encode(text);
        int[] padded = Arrays.copyOf(ids, modelMaxLength);
        if (ids.length > modelMaxLength) {
            padded[modelMaxLength - 1] = eosTokenId;
        } else {
            Arrays.fill(padded, ids.length, modelMaxLength, padTokenId);
        }
        return padded;
    }

    /**
     * Returns the ids of a text without marks for begin and end.
     *
     * @param text a prompt or a part of it
     * @return the ids, none for an empty text
     */
    public int[] encodePart(String text) {
        IntList ids = new IntList();
        encode(text, ids);
        return ids.toArray();
    }

    /**
     * Returns how many tokens a text has, without marks for begin and end.
     *
     * @param text a prompt or a part of it
     * @return the number of tokens
     */
    public int countTokens(String text) {
        IntList ids = new IntList();
        encode(text, ids);
        return ids.size();
    }

    private void encode(String text, IntList ids) {
        inRawText.split(
                text,
                ids,
                raw -> inNormalizedText.split(
                        TextNormalizer.normalize(raw),
                        ids,
                        normal -> WordSplitter.split(
                                normal, piece -> encoder.encode(piece.getBytes(StandardCharsets.UTF_8), ids))));
    }

    /**
     * Returns the id of a token of the vocabulary.
     *
     * @param token its text as the vocabulary writes it, a word's last token with {@code </w>} at its end, or an added
     *     token's text
     * @return the id, or empty if there is no such token
     */
    public OptionalInt idOf(String token) {
        for (AddedToken added : addedTokens) {
            if (added.content().equals(token)) {
                return OptionalInt.of(added.id());
            }
        }
        int id = tokens.id(token);
        return id == TokenTable.ABSENT ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * Returns a tokenizer that knows further tokens, as textual inversion needs them: a text becomes its tokens wherever it
     * stands, in any case of letters, but not as a part of a longer word.
     *
     * @param firstId the id of the first new token; the others follow without gaps
     * @param counts the new texts, and as how many tokens each counts, in the order of their ids
     * @return the larger tokenizer; this one stays as it is
     * @throws IllegalArgumentException if a text is blank or a token already, a count is below 1, or the first id is taken
     */
    public ClipTokenizer withAddedTokens(int firstId, SequencedMap<String, Integer> counts) {
        if (firstId < vocabularySize()) {
            throw new IllegalArgumentException("the id " + firstId + " is taken");
        }
        List<AddedToken> added = new ArrayList<>(addedTokens);
        int id = firstId;
        for (Map.Entry<String, Integer> each : counts.entrySet()) {
            String content = each.getKey();
            int count = each.getValue();
            if (TextNormalizer.normalize(content).isBlank() || idOf(content).isPresent() || count < 1) {
                throw new IllegalArgumentException("blank, without vectors, or a token already: '" + content + "'");
            }
            added.add(new AddedToken(content, id, count, true, true));
            id += count;
        }
        return new ClipTokenizer(tokens, encoder, added, bosTokenId, eosTokenId, padTokenId, modelMaxLength);
    }

    /**
     * Returns how many ids stand for one added token and belong together.
     *
     * @param id an id
     * @return the number of ids of the added token that begins with this id; 1 for every other id
     */
    public int idsFrom(int id) {
        return counts.getOrDefault(id, 1);
    }

    /**
     * Returns one more than the largest id, added tokens included.
     *
     * @return the number of rows that a table of token embeddings needs
     */
    public int vocabularySize() {
        int size = tokens.end();
        for (AddedToken added : addedTokens) {
            size = Math.max(size, added.id() + added.count());
        }
        return size;
    }

    /**
     * Returns the mark for the begin of a text.
     *
     * @return the id
     */
    public int bosTokenId() {
        return bosTokenId;
    }

    /**
     * Returns the mark for the end of a text.
     *
     * @return the id
     */
    public int eosTokenId() {
        return eosTokenId;
    }

    /**
     * Returns what fills a short prompt up: the mark for the end in most models, 0 in the second encoder of SDXL.
     *
     * @return the id
     */
    public int padTokenId() {
        return padTokenId;
    }

    /**
     * Returns how many ids the text encoder takes at once, 77 unless the model says otherwise.
     *
     * @return the number of ids, marks included, at least 2
     */
    public int modelMaxLength() {
        return modelMaxLength;
    }
}
