package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.prompt.ExtraNetwork;
import io.dreamprotocol.core.prompt.PromptPart;
import io.dreamprotocol.inference.diffusion.prompt.Prompt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Prompts in the language of the AUTOMATIC1111 web UI. */
final class WebUiPrompting implements Prompting {
    /** The most chunks that one call is told, those of all its predictions together: two prompts of 256 chunks. */
    static final int MAX_CHUNKS_AT_ONCE = 512;

    /** The most numbers of embeddings that are kept for later steps: 64 MiB of them. */
    private static final int MAX_KEPT_NUMBERS = 1 << 24;

    private final StableDiffusionModel model;
    private final DiffusionRequest request;
    private final List<Prompt> negatives = new ArrayList<>();
    private final List<Prompt> prompts = new ArrayList<>();
    private final int steps;
    private final PredictionRows rows;
    private final int chunks;
    private final Map<String, PromptEmbedding> kept = new LinkedHashMap<>();
    private int keptNumbers;
    private List<String> texts = List.of();
    private @Nullable Conditioning conditioning;

    /**
     * Reads the prompts of a request.
     *
     * @param order how often the scheduler calls the network in a step; the web UI counts every call as a step of the prompt
     */
    WebUiPrompting(StableDiffusionModel model, DiffusionRequest request, Guidance guidance, int order) {
        this.model = model;
        this.request = request;
        this.steps = request.steps() * order;
        int firstSteps = request.firstSteps() * order;
        for (String text : request.prompts()) {
            Prompt prompt =
                    firstSteps == 0 ? Prompt.parse(text, steps) : Prompt.parseSecondPass(text, steps, firstSteps);
            prompt.networks().forEach(this::requireKnown);
            prompts.add(prompt);
        }
        for (String text : request.negativePrompts().orElse(List.of())) {
            negatives.add(
                    firstSteps == 0
                            ? Prompt.parseNegative(text, steps)
                            : Prompt.parseNegativeSecondPass(text, steps, firstSteps));
        }
        List<List<Double>> weights = new ArrayList<>();
        for (Prompt prompt : prompts) {
            List<Double> own =
                    prompt.partsAt(1).stream().map(PromptPart::weight).toList();
            own.forEach(WebUiPrompting::requireFinite);
            for (int i = 0; i < request.imagesPerPrompt(); i++) {
                weights.add(own);
            }
        }
        this.rows = PredictionRows.ofParts(weights, guidance);
        this.chunks = countChunks();
    }

    private void requireKnown(ExtraNetwork network) {
        if (network.name().filter(request.styleNames()::contains).isPresent()) {
            return;
        }
        throw new UnsupportedException(
                ErrorCode.UNSUPPORTED,
                "The prompt asks for <" + network.kind() + ":" + network.name().orElse("")
                        + ">, but the model is under no style of that name; leave it out");
    }

    private static void requireFinite(double weight) {
        if (!Float.isFinite((float) weight)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT, "A part of the prompt has the weight " + weight + "; give a smaller one");
        }
    }

    private int countChunks() {
        Set<String> counted = new HashSet<>();
        int most = 1;
        for (int step = 1; step <= steps; step++) {
            for (String text : textsAt(step)) {
                if (counted.add(text)) {
                    most = Math.max(most, model.textEncoders().countChunks(text));
                }
            }
        }
        if (most * rows.size() > MAX_CHUNKS_AT_ONCE) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_PROMPT,
                    "The prompts have " + rows.size() + " parts of up to " + most
                            + " chunks of 75 tokens; at most " + MAX_CHUNKS_AT_ONCE
                            + " chunks in all are possible, so shorten them or join fewer by AND");
        }
        return most;
    }

    /** What guides a step, counted from 1, row by row; an empty text stands for an absent negative prompt. */
    private List<String> textsAt(int step) {
        List<String> now = new ArrayList<>();
        if (rows.hasNegatives()) {
            for (int prompt = 0; prompt < prompts.size(); prompt++) {
                String text = negatives.isEmpty()
                        ? ""
                        : negatives
                                .get(negatives.size() == 1 ? 0 : prompt)
                                .partsAt(step)
                                .getFirst()
                                .text();
                for (int i = 0; i < request.imagesPerPrompt(); i++) {
                    now.add(text);
                }
            }
        }
        for (Prompt prompt : prompts) {
            List<String> parts =
                    prompt.partsAt(step).stream().map(PromptPart::text).toList();
            for (int i = 0; i < request.imagesPerPrompt(); i++) {
                now.addAll(parts);
            }
        }
        return now;
    }

    @Override
    public PredictionRows rows() {
        return rows;
    }

    @Override
    public int tokens() {
        return chunks * model.textEncoders().tokens();
    }

    /** The web UI counts calls from 0 and steps of prompts from 1, so that the first two calls are told the same. */
    @Override
    public Conditioning at(int call, Cancellation cancellation) {
        List<String> now = textsAt(Math.clamp(call, 1, steps));
        if (conditioning == null || !now.equals(texts)) {
            List<PromptEmbedding> embeddings = new ArrayList<>();
            for (int row = 0; row < now.size(); row++) {
                boolean absent = rows.hasNegatives() && row < rows.imageCount() && negatives.isEmpty();
                PromptEmbedding embedding = embedding(now.get(row), cancellation);
                embeddings.add(absent && model.folder().zerosForEmptyPrompt() ? embedding.zeros() : embedding);
            }
            conditioning = new ConditioningOfRows(model.folder(), request, rows).of(embeddings);
            texts = now;
        }
        return conditioning;
    }

    private PromptEmbedding embedding(String text, Cancellation cancellation) {
        PromptEmbedding known = kept.get(text);
        if (known != null) {
            return known;
        }
        PromptEmbedding embedding = model.textEncoders().encodeWeighted(text, chunks, request.clipSkip(), cancellation);
        int numbers = embedding.text().values().length;
        if (keptNumbers + numbers > MAX_KEPT_NUMBERS) {
            kept.clear();
            keptNumbers = 0;
        }
        kept.put(text, embedding);
        keptNumbers += numbers;
        return embedding;
    }
}
