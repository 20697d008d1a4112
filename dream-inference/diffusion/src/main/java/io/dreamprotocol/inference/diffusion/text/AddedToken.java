package io.dreamprotocol.inference.diffusion.text;

/**
 * A text that is one token wherever it stands in a prompt, such as the mark for the end of a text.
 *
 * @param content the text
 * @param id its token id
 * @param normalized whether it is looked for after normalisation, so in any case of letters
 */
record AddedToken(String content, int id, boolean normalized) {}
