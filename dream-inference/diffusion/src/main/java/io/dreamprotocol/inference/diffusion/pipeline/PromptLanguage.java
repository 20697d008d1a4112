package io.dreamprotocol.inference.diffusion.pipeline;

/** How prompts are read. */
public enum PromptLanguage {
    /** As diffusers reads them: every character is text, and what goes beyond the text encoder's tokens is cut off. */
    PLAIN,

    /**
     * As the AUTOMATIC1111 web UI reads them: brackets weigh, {@code BREAK} and length begin new chunks of 75 tokens, {@code
     * AND} joins prompts, {@code [from:to:when]} and {@code [a|b]} change them from step to step.
     *
     * <p>Weights keep the mean of an embedding (the web UI's emphasis "Original"), and shorter texts are filled up with empty
     * chunks, as it does where it is told to pad prompt and negative prompt to the same length.
     */
    WEB_UI
}
