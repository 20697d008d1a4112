package io.dreamprotocol.inference.diffusion.text;

/**
 * A text that is one token wherever it stands in a prompt, such as the mark for the end of a text, or several as one: the
 * vectors of a textual inversion.
 *
 * @param content the text
 * @param id its token id, or the first of them
 * @param count how many ids it has, each one more than that before it
 * @param normalized whether it is looked for after normalisation, so in any case of letters
 * @param wholeWord whether it is not found as a part of a longer word
 */
record AddedToken(String content, int id, int count, boolean normalized, boolean wholeWord) {

    AddedToken(String content, int id, boolean normalized) {
        this(content, id, 1, normalized, false);
    }
}
