package io.dreamprotocol.examples.cli;

/** Text from files, jobs and arguments, made safe to show: a terminal obeys control characters. */
final class PrintableText {
    private PrintableText() {}

    /** Returns the text as one line: white space as blanks, other control and direction characters as question marks. */
    static String oneLine(String text) {
        StringBuilder line = null;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            char shown = shown(letter);
            if (line == null && shown != letter) {
                line = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (line != null) {
                line.append(shown);
            }
        }
        return line == null ? text : line.toString();
    }

    private static char shown(char letter) {
        if (letter == '\n' || letter == '\r' || letter == '\t' || letter == 0x2028 || letter == 0x2029) {
            return ' ';
        }
        return isPrintable(letter) ? letter : '?';
    }

    /** Tells whether a character is neither a control character nor one that changes the direction of what follows. */
    static boolean isPrintable(char letter) {
        boolean control = letter < ' ' || (letter >= 0x7F && letter < 0xA0);
        boolean direction = (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069);
        return !control && !direction;
    }

    /** Returns the text as one line of bounded length. */
    static String oneLine(String text, int limit) {
        String line = oneLine(text);
        if (line.codePointCount(0, line.length()) <= limit) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, limit - 3)) + "...";
    }
}
