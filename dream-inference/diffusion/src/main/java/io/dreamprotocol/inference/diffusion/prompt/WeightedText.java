package io.dreamprotocol.inference.diffusion.prompt;

/**
 * A piece of a prompt and the weight that the brackets around it give.
 *
 * @param text the text without the brackets
 * @param weight 1 for plain text
 */
record WeightedText(String text, double weight) {
    private static final String BREAK_WORD = "BREAK";

    /** The piece that stands for a new chunk. */
    static final WeightedText BREAK = new WeightedText(BREAK_WORD, -1);

    /** Tells whether this piece stands for a new chunk. Brackets around it change its weight and make it a text. */
    boolean isBreak() {
        return equals(BREAK);
    }
}
