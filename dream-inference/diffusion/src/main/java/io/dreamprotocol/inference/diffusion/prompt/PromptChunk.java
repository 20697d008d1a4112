package io.dreamprotocol.inference.diffusion.prompt;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * As much of a prompt as a text encoder takes at once (75 tokens between the marks for begin and end), with a weight for
 * each token.
 *
 * <p>A prompt's chunks are encoded one by one and their embeddings joined along the tokens. Immutable.
 */
public final class PromptChunk {
    /** The most chunks of one prompt. A prompt that is not full of {@code BREAK} is too long before it needs so many. */
    public static final int MAX_CHUNKS = 256;

    /** How far back a comma is looked for, in tokens, so that the words behind it are not torn apart. */
    private static final int COMMA_BACKTRACK = 20;

    private final int[] ids;
    private final double[] weights;

    private PromptChunk(int[] ids, double[] weights) {
        this.ids = ids;
        this.weights = weights;
    }

    /**
     * Cuts a text with weights into chunks: at every {@code BREAK}, and where a chunk is full, if possible behind a comma.
     *
     * @param text the text, such as that of a {@link PromptPart}
     * @param tokenizer the text encoder's tokenizer
     * @return the chunks, at least one
     * @throws InvalidInputException if the brackets multiply to a weight that float32 cannot hold, or there are more than
     *     {@link #MAX_CHUNKS} chunks
     */
    public static List<PromptChunk> of(String text, ClipTokenizer tokenizer) {
        return of(text, tokenizer, tokenizer.padTokenId(), COMMA_BACKTRACK);
    }

    static List<PromptChunk> of(String text, ClipTokenizer tokenizer, int padTokenId, int commaBacktrack) {
        Cutter cutter = new Cutter(tokenizer, padTokenId, commaBacktrack);
        for (WeightedText piece : WeightParser.parse(text)) {
            if (piece.isBreak()) {
                cutter.endChunk();
            } else {
                cutter.add(piece);
            }
        }
        return cutter.finish();
    }

    /**
     * Returns the token ids, with marks and padding.
     *
     * @return a fresh array of the tokenizer's {@link ClipTokenizer#modelMaxLength}
     */
    public int[] ids() {
        return ids.clone();
    }

    /**
     * Returns the weights of the tokens, 1 for marks and padding.
     *
     * @return a fresh array, as long as {@link #ids}
     */
    public double[] weights() {
        return weights.clone();
    }

    /**
     * Tells whether any token has a weight other than 1.
     *
     * @return false if weights change nothing
     */
    public boolean isWeighted() {
        return Arrays.stream(weights).anyMatch(weight -> weight != 1);
    }

    /** Collects tokens and cuts them into chunks. */
    private static final class Cutter {
        private final ClipTokenizer tokenizer;
        private final int padTokenId;
        private final int comma;
        private final int commaBacktrack;
        private final int size;
        private final List<PromptChunk> chunks = new ArrayList<>();
        private final int[] ids;
        private final double[] weights;
        private int filled;
        private int lastComma = -1;

        private Cutter(ClipTokenizer tokenizer, int padTokenId, int commaBacktrack) {
            this.tokenizer = tokenizer;
            this.padTokenId = padTokenId;
            this.comma = tokenizer.idOf(",</w>").orElse(-1);
            this.commaBacktrack = commaBacktrack;
            this.size = tokenizer.modelMaxLength() - 2;
            this.ids = new int[size];
            this.weights = new double[size];
        }

        private void add(WeightedText piece) {
            int[] tokens = tokenizer.encodePart(piece.text());
            if (tokens.length > 0 && !Float.isFinite((float) piece.weight())) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_PROMPT,
                        "Brackets in the prompt multiply to the weight " + piece.weight() + "; use fewer of them");
            }
            int at = 0;
            while (at < tokens.length) {
                int together = tokenizer.idsFrom(tokens[at]);
                makeRoom(tokens[at], together);
                for (int end = at + together; at < end; at++) {
                    ids[filled] = tokens[at];
                    weights[filled++] = piece.weight();
                }
            }
        }

        /** Ends the chunk if what follows does not fit into it: one token, or a word of several that stay together. */
        private void makeRoom(int token, int together) {
            if (together > size) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_PROMPT,
                        "A word of the prompt has " + together + " vectors, but the model takes " + size
                                + " tokens at once; leave the word out");
            }
            if (token == comma) {
                lastComma = filled;
            } else if (filled == size && lastComma >= 0 && size - lastComma <= commaBacktrack) {
                moveBehindComma();
            }
            // As in the web UI, a comma counts only where the chunk is full; a longer word moves alone.
            if (filled + together > size) {
                endChunk();
            }
        }

        private void moveBehindComma() {
            int keep = lastComma + 1;
            int moved = size - keep;
            filled = keep;
            endChunk();
            System.arraycopy(ids, keep, ids, 0, moved);
            System.arraycopy(weights, keep, weights, 0, moved);
            filled = moved;
        }

        private void endChunk() {
            if (chunks.size() == MAX_CHUNKS) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_PROMPT,
                        "The prompt needs more than " + MAX_CHUNKS + " chunks; use fewer BREAK or a shorter prompt");
            }
            int[] chunkIds = new int[size + 2];
            double[] chunkWeights = new double[size + 2];
            Arrays.fill(chunkIds, padTokenId);
            Arrays.fill(chunkWeights, 1);
            chunkIds[0] = tokenizer.bosTokenId();
            System.arraycopy(ids, 0, chunkIds, 1, filled);
            System.arraycopy(weights, 0, chunkWeights, 1, filled);
            chunkIds[filled + 1] = tokenizer.eosTokenId();
            chunks.add(new PromptChunk(chunkIds, chunkWeights));
            filled = 0;
            lastComma = -1;
        }

        private List<PromptChunk> finish() {
            if (filled > 0 || chunks.isEmpty()) {
                endChunk();
            }
            return List.copyOf(chunks);
        }
    }
}
