package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.RgbImage;
import org.junit.jupiter.api.Test;

final class TerminalPictureTest {
    private static Terminal.Abilities terminal(int columns, int rows) {
        return new Terminal.Abilities(true, true, columns, rows, true, true);
    }

    @Test
    void twoRowsOfPixelsAreOneRowOfCharacters() {
        RgbImage image = RgbImage.of(2, 2, new byte[] {(byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, 1, 2, 3});

        assertThat(TerminalPicture.draw(image, terminal(80, 24)))
                .isEqualTo("\u001b[38;2;255;0;0;48;2;0;0;255m\u2580\u001b[38;2;0;255;0;48;2;1;2;3m\u2580\u001b[0m\n");
    }

    @Test
    void anOddLastRowHasNoBackground() {
        RgbImage image = RgbImage.of(1, 1, new byte[] {1, 2, 3});

        assertThat(TerminalPicture.draw(image, terminal(80, 24))).isEqualTo("\u001b[38;2;1;2;3;49m\u2580\u001b[0m\n");
    }

    @Test
    void sameColoursAreSetOnce() {
        String drawn = TerminalPicture.draw(RgbImage.of(10, 2, new byte[60]), terminal(80, 24));

        assertThat(drawn).isEqualTo("\u001b[38;2;0;0;0;48;2;0;0;0m" + "\u2580".repeat(10) + "\u001b[0m\n");
    }

    @Test
    void aLargePictureFitsTheTerminal() {
        RgbImage image = RgbImage.of(300, 300, new byte[300 * 300 * 3]);

        assertThat(width(image, 80, 100)).isEqualTo(80);
        assertThat(width(image, 200, 48)).isEqualTo(80);
        assertThat(width(image, 200, 10)).isEqualTo(40);
        assertThat(width(image, 20, 10)).isEqualTo(20);
    }

    private static int width(RgbImage image, int columns, int rows) {
        String line = TerminalPicture.draw(image, terminal(columns, rows))
                .lines()
                .findFirst()
                .orElseThrow();
        return (int) line.chars().filter(letter -> letter == '\u2580').count();
    }

    @Test
    void coloursAreAveragedWhereItIsMadeSmaller() {
        byte[] rgb = new byte[160 * 2 * 3];
        for (int i = 0; i < rgb.length; i += 6) {
            rgb[i] = 100;
        }

        assertThat(TerminalPicture.draw(RgbImage.of(160, 2, rgb), terminal(80, 100)))
                .startsWith("\u001b[38;2;50;0;0;49m");
    }
}
