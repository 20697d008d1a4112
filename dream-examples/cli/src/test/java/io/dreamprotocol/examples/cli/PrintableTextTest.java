package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTextTest {
    @Test
    void plainTextStaysAsItIs() {
        String text = "a château, 城, \uD83D\uDE00";

        assertThat(PrintableText.oneLine(text)).isSameAs(text);
    }

    @Test
    void whatATerminalWouldObeyIsMadeHarmless() {
        assertThat(PrintableText.oneLine("a\u001b[2Jb\u009bc\u202ed\u0007\u007f"))
                .isEqualTo("a?[2Jb?c?d??");
    }

    @Test
    void lineBreaksBecomeBlanks() {
        assertThat(PrintableText.oneLine("a\nb\r\nc\td\u2028e")).isEqualTo("a b  c d e");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        assertThat(PrintableText.oneLine("\uD83D\uDE00".repeat(10), 5)).isEqualTo("\uD83D\uDE00".repeat(2) + "...");
        assertThat(PrintableText.oneLine("12345", 5)).isEqualTo("12345");
    }
}
