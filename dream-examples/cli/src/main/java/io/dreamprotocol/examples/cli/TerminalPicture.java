package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.RgbImage;

/**
 * A picture drawn with characters: each is an upper half block whose foreground and background are two pixels, one above the
 * other, which makes them about square.
 */
final class TerminalPicture {
    private static final char UPPER_HALF = '\u2580';
    private static final String RESET = "\u001b[0m";

    /** Below this width a picture is not recognised any more, so it may rather be higher than the screen. */
    private static final int LEAST_COLUMNS = 40;

    /** Rows of the screen for what is printed below the picture. */
    private static final int ROWS_BELOW = 8;

    private TerminalPicture() {}

    /** Draws a picture as large as the terminal allows, but never larger than it is. */
    static String draw(RgbImage image, Terminal.Abilities terminal) {
        int width = Math.min(image.width(), columns(image, terminal));
        int height = Math.max(1, Math.round((float) image.height() * width / image.width()));
        StringBuilder text = new StringBuilder(width * height * 20);
        for (int y = 0; y < height; y += 2) {
            long drawn = -1;
            for (int x = 0; x < width; x++) {
                int upper = average(image, x, y, width, height);
                int lower = y + 1 < height ? average(image, x, y + 1, width, height) : -1;
                long colours = ((long) upper << 32) | (lower & 0xFFFFFFFFL);
                if (colours != drawn) {
                    colour(text, upper, lower);
                    drawn = colours;
                }
                text.append(UPPER_HALF);
            }
            text.append(RESET).append('\n');
        }
        return text.toString();
    }

    private static int columns(RgbImage image, Terminal.Abilities terminal) {
        int pixelRows = Math.max(1, terminal.rows() - ROWS_BELOW) * 2;
        int fitting = (int) Math.min(terminal.columns(), (long) pixelRows * image.width() / image.height());
        return Math.min(terminal.columns(), Math.max(fitting, LEAST_COLUMNS));
    }

    private static void colour(StringBuilder text, int foreground, int background) {
        text.append("\u001b[38;2;");
        components(text, foreground);
        if (background >= 0) {
            text.append(";48;2;");
            components(text, background);
        } else {
            text.append(";49");
        }
        text.append('m');
    }

    private static void components(StringBuilder text, int colour) {
        text.append(colour >> 16)
                .append(';')
                .append((colour >> 8) & 0xFF)
                .append(';')
                .append(colour & 0xFF);
    }

    /** Returns the mean colour of the pixels that one pixel of a smaller picture covers. */
    private static int average(RgbImage image, int x, int y, int width, int height) {
        int left = x * image.width() / width;
        int right = Math.max(left + 1, (x + 1) * image.width() / width);
        int top = y * image.height() / height;
        int bottom = Math.max(top + 1, (y + 1) * image.height() / height);
        long red = 0;
        long green = 0;
        long blue = 0;
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                int pixel = image.pixel(column, row);
                red += pixel >> 16;
                green += (pixel >> 8) & 0xFF;
                blue += pixel & 0xFF;
            }
        }
        long count = (long) (right - left) * (bottom - top);
        return (int) ((red / count) << 16 | (green / count) << 8 | (blue / count));
    }
}
