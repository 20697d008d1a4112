package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.style.StyleId;
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
 * @param style the style model concerned, for events of style models
 * @param round the round concerned, for events of rounds
 * @param amount the money that moved into, out of or within the ledger
 * @param stepsDone the steps reported, for {@link Kind#PROGRESSED}, else 0
 */
public record LedgerEvent(
        EventCursor cursor,
        Instant at,
        Kind kind,
        AccountId account,
        Optional<JobId> job,
        Optional<StyleId> style,
        Optional<RoundId> round,
        Amount amount,
        int stepsDone) {
    /** Checks that every part is there. */
    public LedgerEvent {
        Objects.requireNonNull(cursor, "cursor");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(round, "round");
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
        FAILED,
        /** A style model was registered. The amount is what its parents were paid. */
        STYLE_REGISTERED,
        /** A style model has another owner, who is the account. */
        STYLE_TRANSFERRED,
        /** A style model's owner said who else may transfer it. */
        STYLE_APPROVED,
        /** An account said who may transfer all its style models, or may not any more. */
        OPERATOR_CHANGED,
        /** A style model's owner changed its terms. */
        STYLE_TERMS_CHANGED,
        /** A style model earned something. The amount is what came in for it, the account its owner. */
        STYLE_EARNED,
        /** A worker paid for a licence, which waits for its key. */
        LICENCE_BOUGHT,
        /** A worker got a licence with its key. The amount is what it had paid, and the account is the worker. */
        LICENCE_GRANTED,
        /** A worker took its money for a licence back. */
        LICENCE_WITHDRAWN,
        /** An owner ended a worker's licence. The account is the worker. */
        LICENCE_REVOKED,
        /** A contributor claimed its part of a style model's pool. */
        POOL_CLAIMED,
        /** A worker registered, or added to its stake. The amount is the stake. */
        WORKER_REGISTERED,
        /** A worker left. The amount is the stake that it got back. */
        WORKER_LEFT,
        /** A payment channel was opened. The amount is its deposit. */
        CHANNEL_OPENED,
        /** A payer added to a channel's deposit. */
        CHANNEL_RAISED,
        /** A payee took what a voucher promised. */
        VOUCHER_REDEEMED,
        /** A payer wants a channel's rest back. */
        CHANNEL_CLOSING,
        /** A channel was closed. The amount is what went back to its payer. */
        CHANNEL_CLOSED,
        /** An epoch was settled. The amount is its total. */
        EPOCH_SETTLED,
        /** A line of an epoch was claimed. */
        EPOCH_CLAIMED,
        /** A co-creation round was started. */
        ROUND_STARTED,
        /** Somebody pledged. The amount is the money, nothing for other pledges. */
        ROUND_PLEDGED,
        /** The organiser accepted a pledge. The account is the pledger. */
        ROUND_ACCEPTED,
        /** A round ended in a new style model. The amount is what the organiser got. */
        ROUND_CONCLUDED,
        /** A round's money went back. The amount is the sum. */
        ROUND_REFUNDED
    }
}
