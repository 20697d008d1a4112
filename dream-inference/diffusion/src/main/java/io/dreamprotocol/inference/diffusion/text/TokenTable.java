package io.dreamprotocol.inference.diffusion.text;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * A vocabulary: the ids of token texts.
 *
 * <p>Texts are known by a 64-bit hash of their UTF-8 bytes. Two of 50,000 texts share one with a probability below 10^-9,
 * and comparing the bytes as well would cost most of the time that reading a vocabulary takes.
 */
final class TokenTable {
    static final int ABSENT = LongIntTable.ABSENT;

    /** More tokens than any vocabulary of CLIP has; a file that says otherwise is damaged. */
    static final int MAX_TOKENS = 1 << 20;

    /** The hash of the empty text, from which {@link #extend} starts. */
    static final long EMPTY = 0xCBF29CE484222325L;

    private static final int USUAL_SIZE = 49_408;

    private final LongIntTable idsByHash = new LongIntTable(USUAL_SIZE);
    private final BitSet ids = new BitSet(USUAL_SIZE);

    /** Returns the hash of a text that is one byte longer. */
    static long extend(long hash, byte next) {
        long mixed = (hash ^ next) * 0xD6E8FEB86659FD93L;
        return mixed ^ mixed >>> 32;
    }

    static long hash(String text) {
        long hash = EMPTY;
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            hash = extend(hash, next);
        }
        return hash;
    }

    void put(long hash, int id) throws MalformedTokenizerException {
        if (id < 0 || id >= MAX_TOKENS) {
            throw new MalformedTokenizerException("the vocabulary has the token id " + id);
        }
        idsByHash.put(hash, id);
        ids.set(id);
    }

    /** Returns the id of the text with this hash, or {@link #ABSENT}. */
    int id(long hash) {
        return idsByHash.get(hash);
    }

    /** Returns the id of a text, or {@link #ABSENT}. */
    int id(String text) {
        return id(hash(text));
    }

    /** Returns one more than the largest id. */
    int end() {
        return ids.length();
    }

    /** Returns how many ids of this vocabulary are not among those given. */
    int countOutside(BitSet others) {
        BitSet rest = (BitSet) ids.clone();
        rest.andNot(others);
        return rest.cardinality();
    }
}
