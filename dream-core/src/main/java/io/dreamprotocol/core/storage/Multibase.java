package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The text forms of bytes that IPFS uses for CIDs, each known by its first letter.
 *
 * <p>Source: the multibase specification of multiformats.
 */
enum Multibase {
    BASE16('f'),
    BASE16_UPPER('F'),
    BASE32('b'),
    BASE32_UPPER('B'),
    BASE36('k'),
    BASE58('z');

    private static final String LETTERS_36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final String LETTERS_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private final char prefix;

    Multibase(char prefix) {
        this.prefix = prefix;
    }

    static Optional<Multibase> of(char prefix) {
        for (Multibase base : values()) {
            if (base.prefix == prefix) {
                return Optional.of(base);
            }
        }
        return Optional.empty();
    }

    /** Returns the text with its first letter. */
    String encode(byte[] bytes) {
        return prefix
                + switch (this) {
                    case BASE16 -> HexFormat.of().formatHex(bytes);
                    case BASE16_UPPER -> HexFormat.of().withUpperCase().formatHex(bytes);
                    case BASE32 -> Base32.encode(bytes);
                    case BASE32_UPPER -> upper(Base32.encode(bytes));
                    case BASE36 -> digits(bytes, LETTERS_36);
                    case BASE58 -> base58(bytes);
                };
    }

    /**
     * Reads text without its first letter; what is read may not be the only text for its bytes.
     *
     * @throws InvalidInputException with malformed-data if a letter is no letter of this base
     */
    byte[] decode(String text) {
        return switch (this) {
            case BASE16, BASE16_UPPER -> hexadecimal(text);
            case BASE32, BASE32_UPPER -> Base32.decode(text);
            case BASE36 -> bytes(text, LETTERS_36);
            case BASE58 -> bytes(text, LETTERS_58);
        };
    }

    /** Returns base58 without a first letter, as CIDs of version 0 are written. */
    static String base58(byte[] bytes) {
        return digits(bytes, LETTERS_58);
    }

    private static String upper(String base32) {
        StringBuilder upper = new StringBuilder(base32.length());
        base32.chars().forEach(letter -> upper.append((char) (letter >= 'a' ? letter - 'a' + 'A' : letter)));
        return upper.toString();
    }

    private static byte[] hexadecimal(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(ErrorCode.MALFORMED_DATA, "Not hexadecimal", e);
        }
    }

    /** Zero bytes in front are written as that many zero digits, for a number does not have them. */
    private static String digits(byte[] bytes, String letters) {
        BigInteger base = BigInteger.valueOf(letters.length());
        BigInteger rest = new BigInteger(1, bytes);
        StringBuilder reversed = new StringBuilder();
        while (rest.signum() > 0) {
            BigInteger[] parts = rest.divideAndRemainder(base);
            reversed.append(letters.charAt(parts[1].intValue()));
            rest = parts[0];
        }
        for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
            reversed.append(letters.charAt(0));
        }
        return reversed.reverse().toString();
    }

    private static byte[] bytes(String text, String letters) {
        BigInteger base = BigInteger.valueOf(letters.length());
        BigInteger number = BigInteger.ZERO;
        int zeros = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = letters.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new InvalidInputException(
                        ErrorCode.MALFORMED_DATA, "Not a letter of base " + letters.length() + " at " + i);
            }
            if (digit == 0 && zeros == i) {
                zeros++;
            }
            number = number.multiply(base).add(BigInteger.valueOf(digit));
        }
        byte[] magnitude = number.toByteArray();
        int from = magnitude[0] == 0 ? 1 : 0;
        byte[] bytes = new byte[zeros + magnitude.length - from];
        System.arraycopy(magnitude, from, bytes, zeros, magnitude.length - from);
        return bytes;
    }
}
