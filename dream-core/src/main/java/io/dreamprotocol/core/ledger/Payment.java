package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import java.util.Objects;
import java.util.Optional;

/**
 * One payment out of a job's escrow.
 *
 * @param to who gets it
 * @param amount how much
 * @param purpose for what
 * @param style for which style model; there unless it is for work or the protocol
 */
public record Payment(AccountId to, Amount amount, Purpose purpose, Optional<StyleId> style) {
    /** Checks that every part is there. */
    public Payment {
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(style, "style");
    }

    /**
     * Creates a payment that is for no style model.
     *
     * @param to who gets it
     * @param amount how much
     * @param purpose for what
     */
    public Payment(AccountId to, Amount amount, Purpose purpose) {
        this(to, amount, purpose, Optional.empty());
    }

    /** What a payment is for. */
    public enum Purpose {
        /** The worker's fee for the work done, and what the division of royalties leaves over. */
        WORK,
        /** A style model's owner's part of its royalty. */
        OWNER,
        /** A co-owner's part of a style model's royalty. */
        CO_OWNER,
        /** The contributors' part of a style model's royalty, for their pool. */
        CONTRIBUTORS,
        /** The protocol's share. */
        PROTOCOL
    }
}
