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

    /** The last numbers of each row; itself if those are all. */
    TextEmbedding last(int count) {
        if (count == width) {
            return this;
        }
        float[] part = new float[tokens * count];
        for (int token = 0; token < tokens; token++) {
            System.arraycopy(values, (token + 1) * width - count, part, token * count, count);
        }
        return new TextEmbedding(tokens, count, part);
    }

    /** The numbers themselves, which nobody changes. */
    float[] values() {
        return values;
    }
}
