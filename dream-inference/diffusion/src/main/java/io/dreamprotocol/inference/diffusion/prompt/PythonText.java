package io.dreamprotocol.inference.diffusion.prompt;

import java.util.OptionalDouble;

/** Text as Python's regular expressions see it, on which the web UI's language is defined. */
final class PythonText {
    private PythonText() {}

    /** Tells whether {@code \s} matches. */
    static boolean isSpace(char character) {
        return switch (character) {
            case ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default ->
                (character >= '\t' && character <= '\r')
                        || (character >= 0x1C && character <= 0x1F)
                        || (character >= 0x2000 && character <= 0x200A);
        };
    }

    /** Tells whether {@code \w} matches. */
    static boolean isWord(int character) {
        return character == '_'
                || Character.isLetterOrDigit(character)
                || Character.getType(character) == Character.LETTER_NUMBER
                || Character.getType(character) == Character.OTHER_NUMBER;
    }

    /** Returns the first place from which on there is no white space. */
    static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    static String strip(String text) {
        int start = skipSpace(text, 0);
        int end = text.length();
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /**
     * Returns the next place where a word stands alone, or -1.
     *
     * @param word a text of letters
     */
    static int indexOfWord(String text, String word, int from) {
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

    /** Returns a decimal number with nothing but white space around it, or empty: {@code 1}, {@code -.5}, {@code 2.}. */
    static OptionalDouble number(String text) {
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
