package io.dreamprotocol.inference.diffusion.model;

/**
 * What a text encoder's {@code config.json} says about it.
 *
 * @param hiddenSize the width of its embeddings
 * @param layers the number of its transformer layers
 * @param maxTokens the number of tokens that it takes at a time, the two that begin and end a prompt included
 * @param vocabulary the number of different tokens
 * @param projectionDim the width of its projected text embedding
 */
public record TextEncoderConfig(int hiddenSize, int layers, int maxTokens, int vocabulary, int projectionDim) {
    private static final int MAX_WIDTH = 1 << 16;
    private static final int MAX_LAYERS = 256;
    private static final int MAX_TOKENS = 4096;
    private static final int MAX_VOCABULARY = 1 << 20;

    static TextEncoderConfig of(ConfigFile file) {
        int hiddenSize = file.integer("hidden_size", 1, MAX_WIDTH);
        return new TextEncoderConfig(
                hiddenSize,
                file.integer("num_hidden_layers", 1, MAX_LAYERS),
                file.integer("max_position_embeddings", 3, MAX_TOKENS),
                file.integer("vocab_size", 3, MAX_VOCABULARY),
                file.integer("projection_dim", 1, MAX_WIDTH, hiddenSize));
    }
}
