package io.dreamprotocol.inference.diffusion.network;

/** The order in which the numbers of a layer's weight lie in memory. */
public enum WeightLayout {
    /** A row for every output channel: the order of PyTorch, of convolutions and of checkpoint files. */
    OUTPUT_MAJOR,
    /** A row for every input channel: the transposed matrix, as a plain matrix product takes it. */
    INPUT_MAJOR
}
