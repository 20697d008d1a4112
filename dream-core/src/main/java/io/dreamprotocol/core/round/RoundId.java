package io.dreamprotocol.core.round;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/**
 * A co-creation round's number on its ledger, given in the order of their start, from 1.
 *
 * @param number the number, 1 and above
 */
public record RoundId(long number) {
    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public RoundId {
        if (number < 1) {
            throw new InvalidInputException(ErrorCode.INVALID_REQUEST, "A round's number is 1 or above, not " + number);
        }
    }

    /** Returns the number. */
    @Override
    public String toString() {
        return Long.toString(number);
    }
}
