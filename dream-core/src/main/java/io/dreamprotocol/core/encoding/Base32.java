package io.dreamprotocol.core.encoding;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Arrays;

/** RFC 4648 base32 in lower case without padding, the form that multibase calls {@code b}. */
public final class Base32 {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            VALUES[ALPHABET.charAt(i)] = (byte) i;
            VALUES[Character.toUpperCase(ALPHABET.charAt(i))] = (byte) i;
        }
    }

    private Base32() {}

    /**
     * Encodes bytes.
     *
     * @param input the bytes
     * @return the text, eight characters for five bytes
     */
    public static String encode(byte[] input) {
        StringBuilder text = new StringBuilder((input.length * 8 + 4) / 5);
        int buffer = 0;
        int bits = 0;
        for (byte part : input) {
            buffer = (buffer << 8) | (part & 0xFF);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt((buffer >>> bits) & 31));
            }
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
        }
        return text.toString();
    }

    /**
     * Decodes text of either case.
     *
     * @param text the text
     * @return the bytes
     * @throws InvalidInputException with {@link ErrorCode#MALFORMED_DATA} if a character or the length is wrong, or unused
     *     bits are set
     */
    public static byte[] decode(String text) {
        byte[] output = new byte[text.length() * 5 / 8];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            int value = letter < 128 ? VALUES[letter] : -1;
            if (value < 0) {
                throw malformed();
            }
            buffer = (buffer << 5) | value;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                output[at++] = (byte) (buffer >>> bits);
            }
        }
        if (bits >= 5 || (buffer & ((1 << bits) - 1)) != 0) {
            throw malformed();
        }
        return output;
    }

    private static InvalidInputException malformed() {
        return new InvalidInputException(ErrorCode.MALFORMED_DATA, "Not base32 text");
    }
}
