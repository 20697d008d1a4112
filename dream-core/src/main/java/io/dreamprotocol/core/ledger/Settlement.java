package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How a job's escrow was given out: the payments and the refund add up to the job's maximum fee, always.
 *
 * @param payments who was paid what, and for what
 * @param refund what went back to the requester
 * @param at when, by the ledger's clock
 */
public record Settlement(List<Payment> payments, Amount refund, Instant at) {
    /** Copies the list. */
    public Settlement {
        payments = List.copyOf(payments);
        Objects.requireNonNull(refund, "refund");
        Objects.requireNonNull(at, "at");
    }

    /**
     * Returns what the job cost.
     *
     * @return the sum of the payments
     */
    public Amount fee() {
        Amount sum = Amount.ZERO;
        for (Payment payment : payments) {
            sum = sum.plus(payment.amount());
        }
        return sum;
    }
}
