package io.dreamprotocol.inference.diffusion.text;

import java.util.function.Consumer;

/**
 * Splits normalised text into the pieces that are encoded one by one: English contractions, runs of letters, single
 * digits, and runs of anything else but spaces.
 *
 * <p>It does what CLIP's regular expression does, in one pass and without backtracking.
 */
final class WordSplitter {
    private WordSplitter() {}

    private enum Kind {
        SPACE,
        LETTER,
        NUMBER,
        OTHER;

        static Kind of(int character) {
            if (character == ' ') {
                return SPACE;
            }
            return switch (Character.getType(character)) {
                case Character.UPPERCASE_LETTER,
                        Character.LOWERCASE_LETTER,
                        Character.TITLECASE_LETTER,
                        Character.MODIFIER_LETTER,
                        Character.OTHER_LETTER -> LETTER;
                case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
                default -> OTHER;
            };
        }
    }

    static void split(String text, Consumer<String> pieces) {
        int start = 0;
        while (start < text.length()) {
            int first = text.codePointAt(start);
            Kind kind = Kind.of(first);
            int end = start + Character.charCount(first);
            int contraction = first == '\'' ? contractionLength(text, start) : 0;
            if (contraction > 0) {
                end = start + contraction;
            } else if (kind == Kind.LETTER || kind == Kind.OTHER) {
                end = endOfRun(text, end, kind);
            }
            if (kind != Kind.SPACE) {
                pieces.accept(text.substring(start, end));
            }
            start = end;
        }
    }

    private static int endOfRun(String text, int from, Kind kind) {
        int end = from;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            if (Kind.of(character) != kind) {
                return end;
            }
            end += Character.charCount(character);
        }
        return end;
    }

    /** Returns the length of 's, 't, 'm, 'd, 're, 've or 'll at this place, or 0. */
    private static int contractionLength(String text, int start) {
        if (start + 1 == text.length()) {
            return 0;
        }
        return switch (text.charAt(start + 1)) {
            case 's', 't', 'm', 'd' -> 2;
            case 'r', 'v' -> text.startsWith("e", start + 2) ? 3 : 0;
            case 'l' -> text.startsWith("l", start + 2) ? 3 : 0;
            default -> 0;
        };
    }
}
