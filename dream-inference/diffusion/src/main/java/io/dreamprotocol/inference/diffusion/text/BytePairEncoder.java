package io.dreamprotocol.inference.diffusion.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * Byte pair encoding as CLIP uses it: every byte of a word is a symbol, the last one a symbol of its own kind, and the
 * best-ranked pair of neighbours is merged until none is left.
 *
 * <p>Sources: Sennrich et al., "Neural machine translation of rare words with subword units", ACL 2016, on bytes as in
 * Radford et al., "Language models are unsupervised multitask learners", 2019. Immutable once all merges are added.
 */
final class BytePairEncoder {
    private static final int BYTES = 256;
    private static final int USUAL_MERGES = 48_894;
    private static final int NONE = -1;

    private final TokenTable tokens;
    private final int[] symbols = new int[BYTES];
    private final int[] lastSymbols = new int[BYTES];
    private final BitSet reachable = new BitSet();
    private final LongIntTable ranks = new LongIntTable(USUAL_MERGES);
    private int[] merged = new int[USUAL_MERGES];
    private int merges;

    /**
     * Starts an encoder that knows no merges.
     *
     * @param tokens the whole vocabulary
     * @throws MalformedTokenizerException if it lacks the symbol of a byte
     */
    BytePairEncoder(TokenTable tokens) throws MalformedTokenizerException {
        this.tokens = tokens;
        int substitute = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = (value > ' ' && value < 0x7F) || (value > 0xA0 && value != 0xAD);
            String symbol = Character.toString(printable ? value : substitute++);
            symbols[value] = symbolId(symbol);
            lastSymbols[value] = symbolId(symbol + "</w>");
        }
    }

    private int symbolId(String symbol) throws MalformedTokenizerException {
        int id = tokens.id(symbol);
        if (id == TokenTable.ABSENT) {
            throw new MalformedTokenizerException("the vocabulary lacks the token " + symbol);
        }
        reachable.set(id);
        return id;
    }

    /**
     * Adds the next best merge; of equal pairs, the last counts.
     *
     * @param left the hash of the left text
     * @param right the hash of the right text
     * @param joined the hash of both texts together
     */
    void addMerge(long left, long right, long joined) throws MalformedTokenizerException {
        int leftId = tokens.id(left);
        int rightId = tokens.id(right);
        int joinedId = tokens.id(joined);
        if (leftId == TokenTable.ABSENT || rightId == TokenTable.ABSENT || joinedId == TokenTable.ABSENT) {
            throw new MalformedTokenizerException("merge " + (merges + 1) + " has a token that the vocabulary lacks");
        }
        if (merges == TokenTable.MAX_TOKENS) {
            throw new MalformedTokenizerException("there are more than " + merges + " merges");
        }
        if (merges == merged.length) {
            merged = Arrays.copyOf(merged, merges * 2);
        }
        ranks.put(pair(leftId, rightId), merges);
        merged[merges++] = joinedId;
        reachable.set(joinedId);
    }

    /** Returns the ids of all tokens that symbols and merges can give. */
    BitSet reachable() {
        return (BitSet) reachable.clone();
    }

    /**
     * Appends the ids of one word.
     *
     * @param word the word's UTF-8 bytes, at least one
     */
    void encode(byte[] word, IntList ids) {
        int length = word.length;
        int[] symbol = new int[length];
        for (int i = 0; i < length - 1; i++) {
            symbol[i] = symbols[word[i] & 0xFF];
        }
        symbol[length - 1] = lastSymbols[word[length - 1] & 0xFF];

        // A merge keeps its left place and empties the right one, so places are links of a list, not indices.
        int[] next = new int[length];
        int[] previous = new int[length];
        int[] rank = new int[length];
        PriorityQueue<Long> best = new PriorityQueue<>();
        for (int i = 0; i < length; i++) {
            previous[i] = i - 1;
            next[i] = i + 1 < length ? i + 1 : NONE;
            rank[i] = i + 1 < length ? offer(best, symbol[i], symbol[i + 1], i) : NONE;
        }
        for (Long candidate = best.poll(); candidate != null; candidate = best.poll()) {
            int place = candidate.intValue();
            int right = next[place];
            if (rank[place] != (int) (candidate >>> Integer.SIZE) || right == NONE) {
                continue;
            }
            symbol[place] = merged[rank[place]];
            rank[right] = NONE;
            next[place] = next[right];
            if (next[place] == NONE) {
                rank[place] = NONE;
            } else {
                previous[next[place]] = place;
                rank[place] = offer(best, symbol[place], symbol[next[place]], place);
            }
            if (previous[place] != NONE) {
                int left = previous[place];
                rank[left] = offer(best, symbol[left], symbol[place], left);
            }
        }
        for (int place = 0; place != NONE; place = next[place]) {
            ids.add(symbol[place]);
        }
    }

    /** Queues a pair, the best rank and then the leftmost place first, and returns its rank. */
    private int offer(PriorityQueue<Long> best, int left, int right, int place) {
        int rank = ranks.get(pair(left, right));
        if (rank != LongIntTable.ABSENT) {
            best.add((long) rank << Integer.SIZE | place);
        }
        return rank;
    }

    private static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }
}
