package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that happened on a ledger, once and for ever at its place in the stream.
 *
 * @param cursor the place directly behind this event
 * @param at when, by the ledger's clock, which never steps back
 * @param kind what happened
 * @param account who did it, or whose money moved
 * @param job the job concerned, for events of jobs
 * @param amount the money that moved into, out of or within the ledger
 * @param stepsDone the steps reported, for {@link Kind#PROGRESSED}, else 0
 */
public record LedgerEvent(
        EventCursor cursor,
        Instant at,
        Kind kind,
        AccountId account,
        Optional<JobId> job,
        Amount amount,
        int stepsDone) {
    /** Checks that every part is there. */
    public LedgerEvent {
        Objects.requireNonNull(cursor, "cursor");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(amount, "amount");
    }

    /** What happened. */
    public enum Kind {
        /** Money came into the ledger. */
        DEPOSITED,
        /** Money left the ledger. */
        WITHDRAWN,
        /** A job was asked for; its maximum fee went into escrow. */
        SUBMITTED,
        /** A worker took a job. */
        CLAIMED,
        /** A worker reported steps and renewed its lease. */
        PROGRESSED,
        /** A worker gave a job back, or lost its lease; the job is open again. */
        REOPENED,
        /** A worker handed in a result. */
        DELIVERED,
        /** A job's worker was paid. The amount is the fee. */
        SETTLED,
        /** A requester took a job back. The amount is what the steps done cost. */
        CANCELLED,
        /** A job's deadline passed. The amount is the refund. */
        EXPIRED,
        /** A job failed for good. The amount is the refund. */
        FAILED
    }
}
