package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.core.image.Cancellation;
import java.util.ArrayList;
import java.util.List;

/** All text encoders of a model: one, or the two of SDXL side by side. Thread-safe. */
final class TextEncoders implements AutoCloseable {
    private final List<TextEncoder> encoders;

    TextEncoders(List<TextEncoder> encoders) {
        this.encoders = List.copyOf(encoders);
    }

    /**
     * Encodes prompts.
     *
     * @param prompts what the first encoder is given
     * @param secondPrompts what the second is given, as many; ignored by models with one encoder
     * @param clipSkip how many of the last layers to leave out
     */
    List<PromptEmbedding> encode(
            List<String> prompts, List<String> secondPrompts, int clipSkip, Cancellation cancellation) {
        List<PromptEmbedding> first = encoders.getFirst().encode(prompts, clipSkip, cancellation);
        if (encoders.size() == 1) {
            return first;
        }
        List<PromptEmbedding> second = encoders.getLast().encode(secondPrompts, clipSkip, cancellation);
        List<PromptEmbedding> joined = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            PromptEmbedding right = second.get(i);
            joined.add(right.withText(sideBySide(first.get(i).text(), right.text())));
        }
        return joined;
    }

    /**
     * Encodes a prompt with weights.
     *
     * @param chunks how many chunks to make of it, at least {@link #countChunks}
     * @param clipSkip how many of the last layers to leave out
     */
    PromptEmbedding encodeWeighted(String prompt, int chunks, int clipSkip, Cancellation cancellation) {
        PromptEmbedding first = encoders.getFirst().encodeWeighted(prompt, chunks, clipSkip, cancellation);
        if (encoders.size() == 1) {
            return first;
        }
        PromptEmbedding second = encoders.getLast().encodeWeighted(prompt, chunks, clipSkip, cancellation);
        return second.withText(sideBySide(first.text(), second.text()));
    }

    /** How many chunks a prompt with weights needs. */
    int countChunks(String prompt) {
        return encoders.stream()
                .mapToInt(encoder -> encoder.chunks(prompt).size())
                .max()
                .orElseThrow();
    }

    /** The encoders, the first one first. */
    List<TextEncoder> each() {
        return encoders;
    }

    /** How many tokens the encoders take at once, marks included. */
    int tokens() {
        return encoders.getFirst().tokens();
    }

    /** Requires that so many layers can be left out. */
    void requireClipSkip(int clipSkip) {
        encoders.forEach(encoder -> encoder.requireState(clipSkip));
    }

    @Override
    public void close() {
        encoders.forEach(TextEncoder::close);
    }

    private static TextEmbedding sideBySide(TextEmbedding left, TextEmbedding right) {
        int width = left.width() + right.width();
        float[] values = new float[left.tokens() * width];
        for (int token = 0; token < left.tokens(); token++) {
            System.arraycopy(left.values(), token * left.width(), values, token * width, left.width());
            System.arraycopy(
                    right.values(), token * right.width(), values, token * width + left.width(), right.width());
        }
        return new TextEmbedding(left.tokens(), width, values);
    }
}
