package io.dreamprotocol.core.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/**
 * A style model's number on its ledger, which is its token's id (ERC-721). Numbers are given in the order of registration, from 1.
 *
 * @param number the number, 1 and above
 */
public record StyleId(long number) implements Comparable<StyleId> {
    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public StyleId {
        if (number < 1) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "A style model's number is 1 or above, not " + number);
        }
    }

    @Override
    public int compareTo(StyleId other) {
        return Long.compare(number, other.number);
    }

    /** Returns the number. */
    @Override
    public String toString() {
        return Long.toString(number);
    }
}
