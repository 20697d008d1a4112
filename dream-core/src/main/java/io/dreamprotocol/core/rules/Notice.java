package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.style.StyleId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An event before it has its place in a ledger's stream.
 *
 * @param kind what happened
 * @param account who did it, or whose money moved
 * @param job the job concerned
 * @param style the style model concerned
 * @param round the round concerned
 * @param amount the money that moved
 * @param stepsDone the steps reported
 */
public record Notice(
        LedgerEvent.Kind kind,
        AccountId account,
        Optional<JobId> job,
        Optional<StyleId> style,
        Optional<RoundId> round,
        Amount amount,
        int stepsDone) {
    /** Checks that every part is there. */
    public Notice {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(round, "round");
        Objects.requireNonNull(amount, "amount");
    }

    static Notice of(LedgerEvent.Kind kind, AccountId account, Amount amount) {
        return new Notice(kind, account, Optional.empty(), Optional.empty(), Optional.empty(), amount, 0);
    }

    static Notice of(LedgerEvent.Kind kind, AccountId account, JobId job, Amount amount, int stepsDone) {
        return new Notice(kind, account, Optional.of(job), Optional.empty(), Optional.empty(), amount, stepsDone);
    }

    static Notice of(LedgerEvent.Kind kind, AccountId account, StyleId style, Amount amount) {
        return new Notice(kind, account, Optional.empty(), Optional.of(style), Optional.empty(), amount, 0);
    }

    static Notice of(LedgerEvent.Kind kind, AccountId account, RoundId round, Amount amount) {
        return new Notice(kind, account, Optional.empty(), Optional.empty(), Optional.of(round), amount, 0);
    }

    /**
     * Gives the event its place.
     *
     * @param cursor the place directly behind it
     * @param at when the ledger carries it out
     * @return the event
     */
    public LedgerEvent at(EventCursor cursor, Instant at) {
        return new LedgerEvent(cursor, at, kind, account, job, style, round, amount, stepsDone);
    }
}
