package io.dreamprotocol.inference.diffusion.style;

import io.dreamprotocol.inference.diffusion.model.ModelPart;

/**
 * What a style model does to one layer: it adds {@code scale * up @ down} to the layer's weight.
 *
 * @param part the network that has the layer
 * @param name the layer's name as the file spells it, without prefix
 * @param up a row for every output channel, a column for every rank
 * @param down a row for every rank, a column for every input channel and place of the kernel
 * @param scale the file's own strength of this layer: alpha divided by the rank, or 1
 */
record LowRankLayer(ModelPart part, String name, Factor up, Factor down, float scale) {

    /** The number of weights that change. */
    long elements() {
        return (long) up.rows() * down.columns();
    }
}
