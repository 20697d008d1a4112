package io.dreamprotocol.inference.diffusion.text;

import java.text.Normalizer;

/**
 * The normal form in which CLIP reads text: Unicode NFC, every run of white space one space, lower case.
 *
 * <p>White space is Unicode's property White_Space, and lower case is taken for each character alone, both as the
 * tokenizer of the Python stack has it: a capital sigma never becomes a final one.
 */
final class TextNormalizer {
    /** Below this, NFC changes nothing: no character combines or decomposes. */
    private static final char FIRST_COMBINING = 0x300;

    private static final int DOTTED_CAPITAL_I = 0x130;
    private static final int COMBINING_DOT_ABOVE = 0x307;
    private static final int REPLACEMENT = 0xFFFD;

    private TextNormalizer() {}

    static String normalize(String text) {
        String composed = isComposed(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
        StringBuilder normal = new StringBuilder(composed.length());
        boolean afterSpace = false;
        for (int i = 0; i < composed.length(); ) {
            int character = composed.codePointAt(i);
            i += Character.charCount(character);
            boolean space = isWhiteSpace(character);
            if (!space) {
                appendLowerCase(normal, character);
            } else if (!afterSpace) {
                normal.append(' ');
            }
            afterSpace = space;
        }
        return normal.toString();
    }

    private static boolean isComposed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_COMBINING) {
                return false;
            }
        }
        return true;
    }

    private static void appendLowerCase(StringBuilder normal, int character) {
        if (character == DOTTED_CAPITAL_I) {
            normal.append('i').appendCodePoint(COMBINING_DOT_ABOVE);
        } else if (Character.getType(character) == Character.SURROGATE) {
            normal.appendCodePoint(REPLACEMENT);
        } else {
            normal.appendCodePoint(Character.toLowerCase(character));
        }
    }

    private static boolean isWhiteSpace(int character) {
        return switch (character) {
            case ' ', '\t', '\n', 0x0B, '\f', '\r', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
            default -> character >= 0x2000 && character <= 0x200A;
        };
    }
}
