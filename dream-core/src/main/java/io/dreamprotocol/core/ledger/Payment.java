package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * One payment out of a job's escrow.
 *
 * @param to who gets it
 * @param amount how much
 * @param purpose for what
 */
public record Payment(AccountId to, Amount amount, Purpose purpose) {
    /** Checks that every part is there. */
    public Payment {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(purpose, "purpose");
    }

    /** What a payment is for. Royalties follow with the style models. */
    public enum Purpose {
        /** The worker's fee for the work done. */
        WORK
    }
}
