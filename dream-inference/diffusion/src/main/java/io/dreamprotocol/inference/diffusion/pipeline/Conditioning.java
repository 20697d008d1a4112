package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.List;

/**
 * What the denoising network is told about each image of a batch.
 *
 * @param negative an embedding for each image, of what it should not show; empty without guidance
 * @param positive an embedding for each image, of what it should show
 */
record Conditioning(List<TextEmbedding> negative, List<TextEmbedding> positive) {

    /** How many predictions one call of the network makes. */
    int batch() {
        return negative.size() + positive.size();
    }
}
