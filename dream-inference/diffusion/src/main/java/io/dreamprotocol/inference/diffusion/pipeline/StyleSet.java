package io.dreamprotocol.inference.diffusion.pipeline;

import io.dreamprotocol.inference.diffusion.style.AppliedStyle;
import io.dreamprotocol.inference.diffusion.style.TextualInversion;
import java.util.List;

/**
 * What a model is changed by.
 *
 * @param styles the style models in order
 * @param words the words added to the vocabulary, in order
 * @param seamless whether the edges of the images that its networks work on are joined
 */
record StyleSet(List<AppliedStyle> styles, List<TextualInversion> words, boolean seamless) {

    StyleSet {
        styles = List.copyOf(styles);
        words = List.copyOf(words);
    }

    /** Two sets of one key change a model in the same way, also when their files were read twice. */
    Key key() {
        return new Key(
                styles.stream()
                        .map(each ->
                                new Use(each.style().hashes().sha256(), each.unetWeight(), each.textEncoderWeight()))
                        .toList(),
                words.stream()
                        .map(each -> new Word(each.hashes().sha256(), each.token()))
                        .toList(),
                seamless);
    }

    /** What identifies a set. */
    record Key(List<Use> styles, List<Word> words, boolean seamless) {}

    private record Use(String sha256, double unetWeight, double textEncoderWeight) {}

    private record Word(String sha256, String token) {}
}
