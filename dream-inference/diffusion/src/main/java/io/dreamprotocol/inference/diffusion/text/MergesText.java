package io.dreamprotocol.inference.diffusion.text;

/** A reader of {@code merges.txt}: one pair of token texts a line, best rank first, after a line with the version. */
final class MergesText {
    private static final byte[] VERSION = {'#', 'v', 'e', 'r', 's', 'i', 'o', 'n'};

    private MergesText() {}

    /** Adds every merge of the file to the encoder. */
    static void read(byte[] text, BytePairEncoder encoder) throws MalformedTokenizerException {
        int at = startsWithVersion(text) ? endOfLine(text, 0) + 1 : 0;
        while (at < text.length) {
            int end = endOfLine(text, at);
            int next = end + 1;
            if (end > at && text[end - 1] == '\r') {
                end--;
            }
            if (end > at) {
                addLine(text, at, end, encoder);
            }
            at = next;
        }
    }

    private static void addLine(byte[] text, int start, int end, BytePairEncoder encoder)
            throws MalformedTokenizerException {
        long left = TokenTable.EMPTY;
        int at = start;
        while (at < end && text[at] != ' ') {
            left = TokenTable.extend(left, text[at++]);
        }
        int space = at++;
        long right = TokenTable.EMPTY;
        long joined = left;
        while (at < end && text[at] != ' ') {
            right = TokenTable.extend(right, text[at]);
            joined = TokenTable.extend(joined, text[at++]);
        }
        if (space == start || space + 1 >= end || at < end) {
            throw new MalformedTokenizerException(
                    "merges.txt: the line that ends at byte " + end + " is not of two tokens");
        }
        encoder.addMerge(left, right, joined);
    }

    private static boolean startsWithVersion(byte[] text) {
        for (int i = 0; i < VERSION.length; i++) {
            if (i >= text.length || text[i] != VERSION[i]) {
                return false;
            }
        }
        return true;
    }

    private static int endOfLine(byte[] text, int from) {
        int at = from;
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        return at;
    }
}
