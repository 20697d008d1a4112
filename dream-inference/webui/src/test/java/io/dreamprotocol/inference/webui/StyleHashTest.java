package io.dreamprotocol.inference.webui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.inference.diffusion.weights.WebUiHashes;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StyleHashTest {
    private static final WebUiHashes FILE =
            new WebUiHashes("a".repeat(64), "b".repeat(8), Optional.of("c".repeat(64)), Optional.of("d".repeat(12)));

    @ParameterizedTest
    @ValueSource(strings = {"aaaaaaaa", "aaaaaaaaaaaa", "bbbbbbbb", "cccccccccccc", "dddddddddd", "dddddddddddd"})
    void everyHashThatAVersionTookNamesTheFile(String digits) {
        assertThat(new StyleHash(StyleHash.Kind.STYLE, "x", digits).matches(FILE))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aaaaaaab", "bbbbbbbbb", "eeeeeeeeeeee"})
    void anotherHashDoesNot(String digits) {
        assertThat(new StyleHash(StyleHash.Kind.STYLE, "x", digits).matches(FILE))
                .isFalse();
    }

    @Test
    void tooFewDigitsSayNothing() {
        assertThatThrownBy(() -> new StyleHash(StyleHash.Kind.WORD, "x", "abc"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesMayHaveColons() {
        assertThat(StyleHash.parse(StyleHash.Kind.STYLE, "a:b: 01234567, c d:89abcdef"))
                .containsExactly(
                        new StyleHash(StyleHash.Kind.STYLE, "a:b", "01234567"),
                        new StyleHash(StyleHash.Kind.STYLE, "c d", "89abcdef"));
    }
}
