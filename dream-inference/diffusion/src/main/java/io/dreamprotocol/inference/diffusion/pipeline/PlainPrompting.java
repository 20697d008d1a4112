package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prompts that are nothing but text, and the same at every call. */
final class PlainPrompting implements Prompting {
    private final StableDiffusionModel model;
    private final DiffusionRequest request;
    private final PredictionRows rows;
    private @Nullable Conditioning conditioning;

    PlainPrompting(StableDiffusionModel model, DiffusionRequest request, Guidance guidance) {
        this.model = model;
        this.request = request;
        this.rows = PredictionRows.ofPrompts(request.images(), guidance);
    }

    @Override
    public PredictionRows rows() {
        return rows;
    }

    @Override
    public int tokens() {
        return model.textEncoders().tokens();
    }

    @Override
    public Conditioning at(int call, Cancellation cancellation) {
        if (conditioning == null) {
            conditioning = encode(cancellation);
        }
        return conditioning;
    }

    private Conditioning encode(Cancellation cancellation) {
        List<PromptEmbedding> positive = repeated(model.textEncoders()
                .encode(request.prompts(), request.secondPrompts(), request.clipSkip(), cancellation));
        List<PromptEmbedding> embeddings = new ArrayList<>();
        if (rows.hasNegatives()) {
            embeddings.addAll(repeated(negative(positive.getFirst(), cancellation)));
        }
        embeddings.addAll(positive);
        return new ConditioningOfRows(model.folder(), request, rows).of(embeddings);
    }

    private List<PromptEmbedding> negative(PromptEmbedding shape, Cancellation cancellation) {
        if (request.negativePrompts().isEmpty() && model.folder().zerosForEmptyPrompt()) {
            return List.of(shape.zeros());
        }
        List<String> absent = List.of("");
        return model.textEncoders()
                .encode(
                        request.negativePrompts().orElse(absent),
                        request.secondNegativePrompts().orElse(absent),
                        request.clipSkip(),
                        cancellation);
    }

    /** One embedding for each image, from one for each prompt or one for all. */
    private List<PromptEmbedding> repeated(List<PromptEmbedding> embeddings) {
        List<PromptEmbedding> repeated = new ArrayList<>();
        for (int prompt = 0; prompt < request.prompts().size(); prompt++) {
            PromptEmbedding embedding = embeddings.get(embeddings.size() == 1 ? 0 : prompt);
            repeated.addAll(Collections.nCopies(request.imagesPerPrompt(), embedding));
        }
        return repeated;
    }
}
