package io.dreamprotocol.inference.diffusion.pipeline;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all text encoders of a model make of one prompt. Immutable. */
public final class PromptEmbedding {
    private final TextEmbedding text;
    private final float @Nullable [] pooled;

    PromptEmbedding(TextEmbedding text, float @Nullable [] pooled) {
        this.text = text;
        this.pooled = pooled;
    }

    /**
     * Returns a row of numbers for each token, those of all encoders side by side.
     *
     * @return the embedding of the tokens
     */
    public TextEmbedding text() {
        return text;
    }

    /**
     * Returns one row of numbers for the whole prompt, which SDXL takes besides.
     *
     * @return a fresh array, or nothing for other models
     */
    public Optional<float[]> pooled() {
        return pooled == null ? Optional.empty() : Optional.of(pooled.clone());
    }

    /** This pooled row with another embedding of the tokens. */
    PromptEmbedding withText(TextEmbedding other) {
        return new PromptEmbedding(other, pooled);
    }

    /** As many zeros, which some models take for an absent prompt. */
    PromptEmbedding zeros() {
        return new PromptEmbedding(
                new TextEmbedding(text.tokens(), text.width(), new float[text.values().length]),
                pooled == null ? null : new float[pooled.length]);
    }
}
