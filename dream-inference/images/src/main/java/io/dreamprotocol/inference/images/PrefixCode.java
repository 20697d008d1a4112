package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;

/** A canonical prefix code of symbols, for reading: codes of up to 15 bits, sorted by length and then by symbol. */
final class PrefixCode {
    /** The longest code. */
    static final int MAX_LENGTH = 15;

    /** Codes up to this length are found by one look into a table. */
    private static final int TABLE_BITS = 7;

    private final int[] counts = new int[MAX_LENGTH + 1];
    private final char[] symbols;
    private final int longest;
    /** For every next few bits the symbol times 16 plus the length of its code, or 0 if that is longer. */
    private final char[] table;

    private PrefixCode(int[] lengths, int used) {
        for (int length : lengths) {
            counts[length]++;
        }
        counts[0] = 0;
        symbols = new char[used];
        int[] place = new int[MAX_LENGTH + 2];
        int most = 0;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            place[length + 1] = place[length] + counts[length];
            most = counts[length] > 0 ? length : most;
        }
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[place[lengths[symbol]]++] = (char) symbol;
            }
        }
        longest = most;
        table = used == 1 ? new char[0] : fillTable();
    }

    /**
     * Builds the code whose symbols have these lengths, 0 for those without a code.
     *
     * @throws CorruptDataException if it is not complete: neither one symbol alone, nor a full tree
     */
    static PrefixCode of(int... lengths) {
        int used = 0;
        int filled = 0;
        for (int length : lengths) {
            if (length > 0) {
                used++;
                filled += 1 << (MAX_LENGTH - length);
            }
        }
        if (used == 0 || (used > 1 && filled != 1 << MAX_LENGTH)) {
            throw ImageErrors.malformed("WebP", "one of its prefix codes is not complete");
        }
        return new PrefixCode(lengths, used);
    }

    private char[] fillTable() {
        int bits = Math.min(longest, TABLE_BITS);
        char[] filled = new char[1 << bits];
        int code = 0;
        int at = 0;
        for (int length = 1; length <= bits; length++) {
            code <<= 1;
            for (int i = 0; i < counts[length]; i++) {
                char entry = (char) (symbols[at++] << 4 | length);
                int reversed = Integer.reverse(code++) >>> (32 - length);
                for (int slot = reversed; slot < filled.length; slot += 1 << length) {
                    filled[slot] = entry;
                }
            }
        }
        return filled;
    }

    /** Reads one symbol; the only symbol of a code takes no bits. */
    int read(BitReader in) {
        if (table.length == 0) {
            return symbols[0];
        }
        int bits = in.peek(MAX_LENGTH);
        int entry = table[bits & table.length - 1];
        if (entry != 0) {
            in.skip(entry & 15);
            return entry >> 4;
        }
        int code = 0;
        int first = 0;
        int at = 0;
        for (int length = 1; length <= longest; length++) {
            code = code << 1 | (bits >> (length - 1) & 1);
            first <<= 1;
            if (code - first < counts[length]) {
                in.skip(length);
                return symbols[at + code - first];
            }
            first += counts[length];
            at += counts[length];
        }
        throw new IllegalStateException("a complete code has a symbol for all bits");
    }
}
