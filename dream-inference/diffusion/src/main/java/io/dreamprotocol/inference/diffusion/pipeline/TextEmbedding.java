package io.dreamprotocol.inference.diffusion.pipeline;

/** What a text encoder makes of one prompt: a row of numbers for each token. Immutable. */
public final class TextEmbedding {
    private final int tokens;
    private final int width;
    private final float[] values;

    TextEmbedding(int tokens, int width, float[] values) {
        this.tokens = tokens;
        this.width = width;
        this.values = values;
    }

    /**
     * Returns the number of tokens, padding included.
     *
     * @return the number of rows
     */
    public int tokens() {
        return tokens;
    }

    /**
     * Returns how many numbers there are for each token.
     *
     * @return the length of a row
     */
    public int width() {
        return width;
    }

    /**
     * Returns the numbers, token after token.
     *
     * @return a fresh array
     */
    public float[] toArray() {
        return values.clone();
    }

    /** The numbers themselves, which nobody changes. */
    float[] values() {
        return values;
    }
}
