package io.dreamprotocol.inference.images;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The best prefix code for symbols of known frequency, and how lossless WebP stores it (RFC 9649, section 6.2.1). */
final class PrefixCodeWriter {
    private static final int MAX_CODE_LENGTH_LENGTH = 7;
    private static final int REPEAT = 16;
    private static final int ZEROS = 17;
    private static final int MANY_ZEROS = 18;
    private static final int SIMPLE_SYMBOLS = 256;

    private final int[] lengths;
    private final int[] codes;
    private final int used;

    private PrefixCodeWriter(int[] counts, int longest) {
        lengths = lengths(counts, longest);
        codes = codes(lengths);
        used = (int) Arrays.stream(lengths).filter(length -> length > 0).count();
    }

    /** Makes the code for symbols that occur this often; if none does, for the first symbol alone. */
    static PrefixCodeWriter of(int[] counts) {
        return new PrefixCodeWriter(counts, PrefixCode.MAX_LENGTH);
    }

    /** A symbol, or a package of two lighter nodes. */
    private sealed interface Node {
        long weight();
    }

    private record Leaf(long weight, int symbol) implements Node {}

    private record Pack(long weight, Node first, Node second) implements Node {}

    /** The lengths of the shortest code whose longest has a given length, by package-merge (Larmore and Hirschberg 1990). */
    private static int[] lengths(int[] counts, int longest) {
        List<Node> leaves = new ArrayList<>();
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] > 0) {
                leaves.add(new Leaf(counts[symbol], symbol));
            }
        }
        int[] lengths = new int[counts.length];
        if (leaves.size() <= 1) {
            lengths[leaves.isEmpty() ? 0 : ((Leaf) leaves.getFirst()).symbol] = 1;
            return lengths;
        }
        leaves.sort(Comparator.comparingLong(Node::weight));
        List<Node> row = leaves;
        for (int i = 1; i < longest; i++) {
            List<Node> next = new ArrayList<>(leaves);
            for (int j = 0; j + 1 < row.size(); j += 2) {
                Node first = row.get(j);
                Node second = row.get(j + 1);
                next.add(new Pack(first.weight() + second.weight(), first, second));
            }
            // The sort is stable, so equal weights keep their order and the same picture gives the same bytes.
            next.sort(Comparator.comparingLong(Node::weight));
            row = next;
        }
        for (Node node : row.subList(0, 2 * leaves.size() - 2)) {
            count(node, lengths);
        }
        return lengths;
    }

    private static void count(Node node, int[] lengths) {
        switch (node) {
            case Leaf leaf -> lengths[leaf.symbol]++;
            case Pack pack -> {
                count(pack.first, lengths);
                count(pack.second, lengths);
            }
        }
    }

    /** The canonical codes of these lengths, with their first bit lowest. */
    private static int[] codes(int[] lengths) {
        int[] next = new int[PrefixCode.MAX_LENGTH + 2];
        for (int length : lengths) {
            next[length + 1] += length > 0 ? 1 : 0;
        }
        for (int length = 1; length < next.length; length++) {
            next[length] = (next[length - 1] + next[length]) << 1;
        }
        int[] codes = new int[lengths.length];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                codes[symbol] = Integer.reverse(next[lengths[symbol]]++) >>> (32 - lengths[symbol]);
            }
        }
        return codes;
    }

    /** Writes one symbol; the only symbol of a code takes no bits. */
    void write(int symbol, BitWriter out) {
        if (used > 1) {
            out.write(codes[symbol], lengths[symbol]);
        }
    }

    /** Writes the code itself. */
    void writeLengths(BitWriter out) {
        int[] symbols = new int[2];
        int found = 0;
        for (int symbol = 0; symbol < lengths.length && found < 2; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[found++] = symbol;
            }
        }
        if (used <= 2 && symbols[found - 1] < SIMPLE_SYMBOLS) {
            writeSimple(symbols, found, out);
        } else {
            writeNormal(out);
        }
    }

    private static void writeSimple(int[] symbols, int count, BitWriter out) {
        out.write(1, 1);
        out.write(count - 1, 1);
        int bits = symbols[0] > 1 ? 8 : 1;
        out.write(bits >> 3, 1);
        out.write(symbols[0], bits);
        if (count == 2) {
            out.write(symbols[1], 8);
        }
    }

    private void writeNormal(BitWriter out) {
        List<Integer> tokens = tokens();
        int[] counts = new int[LosslessWebpDecoder.LENGTH_ORDER.length];
        for (int token : tokens) {
            counts[token & 31]++;
        }
        PrefixCodeWriter lengthCode = new PrefixCodeWriter(counts, MAX_CODE_LENGTH_LENGTH);
        int stored = LosslessWebpDecoder.LENGTH_ORDER.length;
        while (stored > 4 && lengthCode.lengths[LosslessWebpDecoder.LENGTH_ORDER[stored - 1]] == 0) {
            stored--;
        }
        out.write(0, 1);
        out.write(stored - 4, 4);
        for (int i = 0; i < stored; i++) {
            out.write(lengthCode.lengths[LosslessWebpDecoder.LENGTH_ORDER[i]], 3);
        }
        // Lengths for the whole alphabet follow.
        out.write(0, 1);
        for (int token : tokens) {
            int kind = token & 31;
            lengthCode.write(kind, out);
            switch (kind) {
                case REPEAT -> out.write(token >> 5, 2);
                case ZEROS -> out.write(token >> 5, 3);
                case MANY_ZEROS -> out.write(token >> 5, 7);
                default -> {}
            }
        }
    }

    /** The lengths with their repetitions put short: what to do in the lowest 5 bits, how often beyond the least above them. */
    private List<Integer> tokens() {
        List<Integer> tokens = new ArrayList<>();
        int previous = 8;
        for (int i = 0; i < lengths.length; ) {
            int length = lengths[i];
            int run = 1;
            while (i + run < lengths.length && lengths[i + run] == length) {
                run++;
            }
            i += run;
            if (length != 0 && length != previous) {
                tokens.add(length);
                previous = length;
                run--;
            }
            while (run > 0) {
                int most = length == 0 ? 138 : 6;
                int times = Math.min(run, most);
                if (times < 3) {
                    tokens.add(length);
                    times = 1;
                } else if (length != 0) {
                    tokens.add(REPEAT | (times - 3) << 5);
                } else if (times < 11) {
                    tokens.add(ZEROS | (times - 3) << 5);
                } else {
                    tokens.add(MANY_ZEROS | (times - 11) << 5);
                }
                run -= times;
            }
        }
        return tokens;
    }
}
