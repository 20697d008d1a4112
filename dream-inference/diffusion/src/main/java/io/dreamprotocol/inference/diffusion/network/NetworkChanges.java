package io.dreamprotocol.inference.diffusion.network;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network differs from the one it is made from.
 *
 * @param weights what is added to weights; several changes of one layer add up
 * @param embeddings the tokens that a text encoder gets in addition
 * @param seamless whether the edges of the images that the network works on are joined: its convolutions then take what lies
 *     beyond an edge from the opposite one, so that copies of what comes out fit each other. Text encoders have no edges
 */
public record NetworkChanges(List<WeightChange> weights, Optional<AddedEmbeddings> embeddings, boolean seamless) {
    /** No difference. */
    public static final NetworkChanges NONE = new NetworkChanges(List.of(), Optional.empty());

    /** Joined edges, and nothing else. */
    public static final NetworkChanges SEAMLESS = new NetworkChanges(List.of(), Optional.empty(), true);

    /** Copies the list. */
    public NetworkChanges {
        weights = List.copyOf(weights);
        Objects.requireNonNull(embeddings, "embeddings");
        if (seamless && embeddings.isPresent()) {
            throw new IllegalArgumentException("a network that takes tokens works on no images");
        }
    }

    /**
     * Creates changes that leave edges as they are.
     *
     * @param weights what is added to weights
     * @param embeddings the tokens that a text encoder gets in addition
     */
    public NetworkChanges(List<WeightChange> weights, Optional<AddedEmbeddings> embeddings) {
        this(weights, embeddings, false);
    }

    /**
     * Tells whether there is no difference.
     *
     * @return true if nothing changes
     */
    public boolean isEmpty() {
        return weights.isEmpty() && embeddings.isEmpty() && !seamless;
    }
}
