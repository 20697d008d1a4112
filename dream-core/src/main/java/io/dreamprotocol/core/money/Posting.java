package io.dreamprotocol.core.money;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import java.math.BigInteger;
import java.util.Objects;

/**
 * A change of one account's money. The postings of one transition add up to nothing, because it only moves money that is there;
 * those of a deposit or withdrawal add up to what came in or went out.
 *
 * @param account whose money
 * @param available what the available money changes by, in smallest units; negative if it becomes less
 * @param escrowed what the money in escrow changes by
 */
public record Posting(AccountId account, BigInteger available, BigInteger escrowed) {
    /** Checks that every part is there. */
    public Posting {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(available, "available");
        Objects.requireNonNull(escrowed, "escrowed");
    }

    /**
     * Carries out this change.
     *
     * @param before the account's money before
     * @return its money after
     * @throws ConflictException with {@link ErrorCode#INSUFFICIENT_FUNDS} if less is available than is taken
     */
    public Balance applyTo(Balance before) {
        BigInteger availableAfter = before.available().units().add(available);
        if (availableAfter.signum() < 0) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "Account " + account.abbreviated() + " has " + before.available()
                            + " smallest units available, and " + available.negate() + " are needed; deposit more");
        }
        return new Balance(
                new Amount(availableAfter), new Amount(before.escrowed().units().add(escrowed)));
    }
}
