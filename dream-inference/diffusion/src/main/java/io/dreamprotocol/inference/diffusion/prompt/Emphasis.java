package io.dreamprotocol.inference.diffusion.prompt;

/** What the weights of a prompt do to its embedding, after the text encoder has run. */
public enum Emphasis {
    /** Every token's numbers are multiplied by its weight, and then all of a chunk so that their mean stays the same. */
    ORIGINAL,

    /** Every token's numbers are multiplied by its weight. */
    NO_NORM;

    /**
     * Applies the weights of a chunk to its embedding, in place. Nothing changes if all are 1.
     *
     * @param embedding the text encoder's hidden states of this chunk, token after token
     * @param chunk the chunk that they come from
     * @throws IllegalArgumentException if the length is not a multiple of the chunk's number of tokens
     */
    public void apply(float[] embedding, PromptChunk chunk) {
        double[] weights = chunk.weights();
        if (embedding.length % weights.length != 0) {
            throw new IllegalArgumentException(embedding.length + " numbers for " + weights.length + " tokens");
        }
        if (!chunk.isWeighted()) {
            return;
        }
        int width = embedding.length / weights.length;
        double before = sum(embedding);
        for (int i = 0; i < embedding.length; i++) {
            embedding[i] *= (float) weights[i / width];
        }
        double after = sum(embedding);
        // A sum of 0 cannot be scaled back to anything.
        if (this == ORIGINAL && after != 0) {
            float factor = (float) (before / after);
            for (int i = 0; i < embedding.length; i++) {
                embedding[i] *= factor;
            }
        }
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
