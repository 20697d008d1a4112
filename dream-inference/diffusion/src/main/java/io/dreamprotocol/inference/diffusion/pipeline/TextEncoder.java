package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.TextEncoderConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The text encoder of a model with its tokenizer: prompts in, embeddings out. Thread-safe. */
final class TextEncoder implements AutoCloseable {
    private static final String INPUT = "input_ids";
    private static final String OUTPUT = "last_hidden_state";

    private final PartNetwork network;
    private final ClipTokenizer tokenizer;
    private final TextEncoderConfig config;
    private final ElementType idType;

    private TextEncoder(PartNetwork network, ClipTokenizer tokenizer, TextEncoderConfig config, ElementType idType) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.config = config;
        this.idType = idType;
    }

    /** Checks that a network and a tokenizer fit the model's configuration. */
    static TextEncoder of(ModelFolder folder, ModelPart part, Network network, ClipTokenizer tokenizer) {
        TextEncoderConfig config = folder.textEncoder(part).orElseThrow();
        if (tokenizer.modelMaxLength() != config.maxTokens() || tokenizer.vocabularySize() > config.vocabulary()) {
            throw new CorruptDataException(
                    ErrorCode.MODEL_SHAPE_MISMATCH,
                    "The tokenizer in " + folder.tokenizer(part) + " has " + tokenizer.vocabularySize()
                            + " tokens, at most "
                            + tokenizer.modelMaxLength() + " at a time, but " + part.folder() + "/config.json says "
                            + config.vocabulary() + " and " + config.maxTokens() + "; fetch or export the model again");
        }
        PartNetwork checked = new PartNetwork(folder.network(part), network);
        ElementType idType = checked.requireInputs(Set.of(INPUT)).input(INPUT, Shape.DYNAMIC, Shape.DYNAMIC);
        checked.output(OUTPUT, Shape.DYNAMIC, Shape.DYNAMIC, config.hiddenSize());
        return new TextEncoder(checked, tokenizer, config, idType);
    }

    /** Encodes prompts, all in one run of the network. Longer ones than the network takes are cut. */
    List<TextEmbedding> encode(List<String> prompts, Cancellation cancellation) {
        int tokens = config.maxTokens();
        Tensor ids = Tensor.zeros(idType, prompts.size(), tokens);
        for (int i = 0; i < prompts.size(); i++) {
            ids.put(i * tokens, tokenizer.encodePadded(prompts.get(i)));
        }
        Tensor states =
                network.run(Map.of(INPUT, ids), OUTPUT, cancellation, prompts.size(), tokens, config.hiddenSize());
        int size = tokens * config.hiddenSize();
        List<TextEmbedding> embeddings = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            float[] values = new float[size];
            states.get(i * size, values, 0, size);
            embeddings.add(new TextEmbedding(tokens, config.hiddenSize(), values));
        }
        return embeddings;
    }

    /** How many tokens a prompt has, without the marks for its begin and end. */
    int countTokens(String prompt) {
        return tokenizer.countTokens(prompt);
    }

    /** How many tokens of a prompt the network takes. */
    int maxPromptTokens() {
        return config.maxTokens() - 2;
    }

    @Override
    public void close() {
        network.close();
    }
}
