package io.dreamprotocol.core.prompt;

import java.util.OptionalDouble;

/** Text as Python's regular expressions see it, on which the web UI's language is defined. */
public final class PythonText {
    private PythonText() {}

    /**
     * Tells whether {@code \s} matches.
     *
     * @param character the character
     * @return true if it is white space
     */
    public static boolean isSpace(char character) {
        return switch (character) {
            case ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default ->
                (character >= '\t' && character <= '\r')
                        || (character >= 0x1C && character <= 0x1F)
                        || (character >= 0x2000 && character <= 0x200A);
        };
    }

    /**
     * Tells whether {@code \w} matches.
     *
     * @param character a code point
     * @return true if it is part of a word
     */
    public static boolean isWord(int character) {
        return character == '_'
                || Character.isLetterOrDigit(character)
                || Character.getType(character) == Character.LETTER_NUMBER
                || Character.getType(character) == Character.OTHER_NUMBER;
    }

    /**
     * Skips white space.
     *
     * @param text the text
     * @param from where to begin
     * @return the first place from which on there is no white space
     */
    public static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /**
     * Takes white space off both ends.
     *
     * @param text the text
     * @return what is left
     */
    public static String strip(String text) {
        int start = skipSpace(text, 0);
        int end = text.length();
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /**
     * Finds where a word stands alone.
     *
     * @param text the text
     * @param word a text of letters
     * @param from where to begin
     * @return the next place, or -1
     */
    public static int indexOfWord(String text, String word, int from) {
        int at = text.indexOf(word, from);
        while (at >= 0) {
            int end = at + word.length();
            boolean startsAlone = at == 0 || !isWord(text.codePointBefore(at));
            boolean endsAlone = end == text.length() || !isWord(text.codePointAt(end));
            if (startsAlone && endsAlone) {
                return at;
            }
            at = text.indexOf(word, end);
        }
        return -1;
    }

    /**
     * Reads a decimal number such as {@code 1}, {@code -.5} or {@code 2.}.
     *
     * @param text the text, with nothing but white space around the number
     * @return the number, or empty if it is none
     */
    public static OptionalDouble number(String text) {
        String number = strip(text);
        StringBuilder ascii = new StringBuilder(number.length());
        boolean digits = false;
        boolean point = false;
        for (int i = 0; i < number.length(); i++) {
            char character = number.charAt(i);
            if (Character.isDigit(character)) {
                digits = true;
                ascii.append(Character.digit(character, 10));
            } else if (character == '.' && !point) {
                point = true;
                ascii.append(character);
            } else if (i == 0 && (character == '+' || character == '-')) {
                ascii.append(character);
            } else {
                return OptionalDouble.empty();
            }
        }
        return digits ? OptionalDouble.of(Double.parseDouble(ascii.toString())) : OptionalDouble.empty();
    }
}
