package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one operation does to a job: the job afterwards, the money that moves, and the event that tells of it. A ledger carries
 * out all three or none.
 *
 * @param job the job afterwards
 * @param postings the money that moves; adds up to nothing
 * @param kind the event's kind
 * @param account the event's account
 * @param amount the event's amount
 */
public record Transition(Job job, List<Posting> postings, LedgerEvent.Kind kind, AccountId account, Amount amount) {
    /** Copies the list. */
    public Transition {
        Objects.requireNonNull(job, "job");
        postings = List.copyOf(postings);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(amount, "amount");
    }

    /**
     * Returns the event that tells of this.
     *
     * @param cursor its place in the ledger's stream
     * @param at when the ledger carries it out
     * @return the event
     */
    public LedgerEvent event(EventCursor cursor, Instant at) {
        int stepsDone = kind == LedgerEvent.Kind.PROGRESSED
                ? job.assignment().map(Assignment::stepsDone).orElse(0)
                : 0;
        return new LedgerEvent(cursor, at, kind, account, Optional.of(job.id()), amount, stepsDone);
    }
}
