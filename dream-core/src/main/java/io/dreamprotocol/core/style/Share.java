package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Objects;

/**
 * Somebody's part of what a style model earns.
 *
 * @param account who gets it
 * @param parts how many of {@link #WHOLE} parts, 1 to {@link #WHOLE}
 */
public record Share(AccountId account, int parts) {
    /** How many parts the whole has: 10,000, so one part is a hundredth of a per cent. */
    public static final int WHOLE = 10_000;

    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_SHARES}
     */
    public Share {
        Objects.requireNonNull(account, "account");
        check(parts >= 1 && parts <= WHOLE, "A share has 1 to " + WHOLE + " parts of " + WHOLE + ", not " + parts);
    }

    static void check(boolean allowed, String message) {
        if (!allowed) {
            throw new InvalidInputException(ErrorCode.INVALID_SHARES, message);
        }
    }
}
