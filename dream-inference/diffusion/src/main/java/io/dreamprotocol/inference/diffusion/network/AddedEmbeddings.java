package io.dreamprotocol.inference.diffusion.network;

/**
 * The embeddings of tokens that a text encoder did not have: rows behind the last of its own table.
 *
 * <p>Immutable.
 */
public final class AddedEmbeddings {
    private final int firstId;
    private final int width;
    private final float[] values;

    /**
     * Copies the numbers.
     *
     * @param firstId the id of the first added token, at least 0; the others follow it
     * @param width the numbers of one embedding
     * @param values the embeddings one after another, at least one
     * @throws IllegalArgumentException if there is not a whole number of embeddings
     */
    public AddedEmbeddings(int firstId, int width, float[] values) {
        if (firstId < 0 || width < 1 || values.length < width || values.length % width != 0) {
            throw new IllegalArgumentException(
                    values.length + " numbers for embeddings of " + width + " from " + firstId);
        }
        this.firstId = firstId;
        this.width = width;
        this.values = values.clone();
    }

    /**
     * Returns the id of the first added token.
     *
     * @return the id
     */
    public int firstId() {
        return firstId;
    }

    /**
     * Returns how many tokens are added.
     *
     * @return the number of embeddings
     */
    public int count() {
        return values.length / width;
    }

    /**
     * Returns the size of one embedding.
     *
     * @return how many numbers it has
     */
    public int width() {
        return width;
    }

    /**
     * Returns the embeddings, one after another.
     *
     * @return a fresh array
     */
    public float[] values() {
        return values.clone();
    }
}
