package io.dreamprotocol.inference.diffusion.text;

/** Tells what is wrong with a tokenizer's files. */
final class MalformedTokenizerException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message what is wrong and in which file, as part of a sentence
     */
    MalformedTokenizerException(String message) {
        super(message);
    }
}
