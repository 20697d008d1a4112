package io.dreamprotocol.inference.diffusion.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network differs from the one it is made from.
 *
 * @param weights what is added to weights; several changes of one layer add up
 * @param embeddings the tokens that a text encoder gets in addition
 */
public record NetworkChanges(List<WeightChange> weights, Optional<AddedEmbeddings> embeddings) {
    /** No difference. */
    public static final NetworkChanges NONE = new NetworkChanges(List.of(), Optional.empty());

    /** Copies the list. */
    public NetworkChanges {
        weights = List.copyOf(weights);
        Objects.requireNonNull(embeddings, "embeddings");
    }

    /**
     * Tells whether there is no difference.
     *
     * @return true if nothing changes
     */
    public boolean isEmpty() {
        return weights.isEmpty() && embeddings.isEmpty();
    }
}
