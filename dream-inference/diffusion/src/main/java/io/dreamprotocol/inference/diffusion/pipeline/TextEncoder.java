package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.inference.diffusion.model.ModelFolder;
import io.dreamprotocol.inference.diffusion.model.ModelPart;
import io.dreamprotocol.inference.diffusion.model.TextEncoderConfig;
import io.dreamprotocol.inference.diffusion.network.ElementType;
import io.dreamprotocol.inference.diffusion.network.Network;
import io.dreamprotocol.inference.diffusion.network.NetworkChanges;
import io.dreamprotocol.inference.diffusion.network.Shape;
import io.dreamprotocol.inference.diffusion.network.Tensor;
import io.dreamprotocol.inference.diffusion.prompt.Emphasis;
import io.dreamprotocol.inference.diffusion.prompt.PromptChunk;
import io.dreamprotocol.inference.diffusion.style.Vocabulary;
import io.dreamprotocol.inference.diffusion.text.ClipTokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One text encoder of a model with its tokenizer: prompts in, embeddings out. Thread-safe. */
final class TextEncoder implements AutoCloseable {
    private static final String INPUT = "input_ids";
    private static final String LAST_STATE = "last_hidden_state";
    private static final String LAYER_STATE = "hidden_states.";
    private static final String POOLED = "text_embeds";

    private final ModelPart part;
    private final PartNetwork network;
    private final ClipTokenizer tokenizer;
    private final TextEncoderConfig config;
    private final ElementType idType;
    private final boolean penultimate;
    private final boolean pooled;

    private TextEncoder(
            ModelPart part,
            PartNetwork network,
            ClipTokenizer tokenizer,
            TextEncoderConfig config,
            ElementType idType,
            boolean penultimate,
            boolean pooled) {
        this.part = part;
        this.network = network;
        this.tokenizer = tokenizer;
        this.config = config;
        this.idType = idType;
        this.penultimate = penultimate;
        this.pooled = pooled;
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
        boolean dual = folder.unet().takesTextAndTime();
        PartNetwork checked = new PartNetwork(folder.network(part), network);
        ElementType idType = checked.requireInputs(Set.of(INPUT)).input(INPUT, Shape.DYNAMIC, Shape.DYNAMIC);
        TextEncoder encoder = new TextEncoder(
                part, checked, tokenizer, config, idType, dual, dual && part == ModelPart.TEXT_ENCODER_2);
        checked.output(encoder.stateName(0), Shape.DYNAMIC, Shape.DYNAMIC, config.hiddenSize());
        if (encoder.pooled) {
            checked.output(POOLED, Shape.DYNAMIC, config.projectionDim());
        }
        return encoder;
    }

    /**
     * Encodes prompts, all in one run of the network. Longer ones than the network takes are cut.
     *
     * @param clipSkip how many of the last layers to leave out
     */
    List<PromptEmbedding> encode(List<String> prompts, int clipSkip, Cancellation cancellation) {
        return encodeIds(prompts.stream().map(tokenizer::encodePadded).toList(), clipSkip, cancellation);
    }

    /**
     * Encodes a prompt with weights, chunk by chunk.
     *
     * @param chunks how many chunks to make of it; what it lacks are empty ones
     * @param clipSkip how many of the last layers to leave out
     */
    PromptEmbedding encodeWeighted(String prompt, int chunks, int clipSkip, Cancellation cancellation) {
        int size = config.maxTokens() * config.hiddenSize();
        List<PromptChunk> full = chunks(prompt);
        PromptChunk empty = chunks("").getFirst();
        float[] joined = new float[chunks * size];
        Map<PromptChunk, PromptEmbedding> encoded = new HashMap<>();
        PromptEmbedding first = null;
        for (int i = 0; i < chunks; i++) {
            PromptChunk chunk = i < full.size() ? full.get(i) : empty;
            PromptEmbedding embedding = encoded.get(chunk);
            if (embedding == null) {
                embedding =
                        encodeIds(List.of(chunk.ids()), clipSkip, cancellation).getFirst();
                encoded.put(chunk, embedding);
            }
            float[] values = embedding.text().toArray();
            Emphasis.ORIGINAL.apply(values, chunk);
            System.arraycopy(values, 0, joined, i * size, size);
            first = first == null ? embedding : first;
        }
        if (first == null) {
            throw new IllegalArgumentException("a prompt needs a chunk");
        }
        return first.withText(new TextEmbedding(chunks * config.maxTokens(), config.hiddenSize(), joined));
    }

    /** The chunks of a prompt with weights. */
    List<PromptChunk> chunks(String prompt) {
        return PromptChunk.of(prompt, tokenizer);
    }

    private List<PromptEmbedding> encodeIds(List<int[]> prompts, int clipSkip, Cancellation cancellation) {
        int tokens = config.maxTokens();
        Tensor ids = Tensor.zeros(idType, prompts.size(), tokens);
        for (int i = 0; i < prompts.size(); i++) {
            ids.put(i * tokens, prompts.get(i));
        }
        String state = requireState(clipSkip);
        Map<String, Shape> wanted = new LinkedHashMap<>();
        wanted.put(state, Shape.of(prompts.size(), tokens, config.hiddenSize()));
        if (pooled) {
            wanted.put(POOLED, Shape.of(prompts.size(), config.projectionDim()));
        }
        Map<String, Tensor> outputs = network.run(Map.of(INPUT, ids), wanted, cancellation);
        List<PromptEmbedding> embeddings = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            embeddings.add(new PromptEmbedding(
                    new TextEmbedding(
                            tokens,
                            config.hiddenSize(),
                            PartNetwork.row(outputs, state, i, tokens * config.hiddenSize())),
                    pooled ? PartNetwork.row(outputs, POOLED, i, config.projectionDim()) : null));
        }
        return embeddings;
    }

    /** This encoder under styles; itself if they leave it alone. */
    TextEncoder with(StyleSet set, ParallelLoading making) {
        Optional<Vocabulary> vocabulary = set.words().isEmpty()
                ? Optional.empty()
                : Optional.of(Vocabulary.of(tokenizer, part, config.vocabulary(), config.hiddenSize(), set.words()));
        NetworkChanges changes =
                new NetworkChanges(network.changes(set.styles(), part), vocabulary.map(Vocabulary::embeddings));
        return changes.isEmpty()
                ? this
                : new TextEncoder(
                        part,
                        network.with(changes, making),
                        vocabulary.map(Vocabulary::tokenizer).orElse(tokenizer),
                        config,
                        idType,
                        penultimate,
                        pooled);
    }

    /** Which of the model's text encoders it is. */
    ModelPart part() {
        return part;
    }

    /** About how much memory the network's weights need. */
    long storedBytes() {
        return network.storedBytes();
    }

    /** How many tokens the network takes at once, marks included. */
    int tokens() {
        return config.maxTokens();
    }

    @Override
    public void close() {
        network.close();
    }

    /** The output that has the state before the last layers that are left out. */
    String requireState(int clipSkip) {
        String state = stateName(clipSkip);
        if (!network.gives(state)) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "The model's text encoder gives no state of an earlier layer, so clip skip " + clipSkip
                            + " is not possible; leave it out");
        }
        return state;
    }

    /** SDXL was trained on the state before the last layer, the others on the normalised state after it. */
    private String stateName(int clipSkip) {
        if (penultimate) {
            return LAYER_STATE + (config.layers() - 1 - clipSkip);
        }
        return clipSkip == 0 ? LAST_STATE : LAST_STATE + "." + clipSkip;
    }
}
