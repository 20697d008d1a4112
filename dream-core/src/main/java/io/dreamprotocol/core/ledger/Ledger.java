package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A ledger: jobs, money and events. It moves the money; {@link #exchange} hands out the work.
 *
 * <p>Every write is one whole: it happens and survives a crash once the call returns, or nothing happened. Every write that
 * moves money carries an {@link IdempotencyKey}, which one that throws has not used up. Money is never made or lost: what all
 * accounts have available and in escrow is what was deposited less what was withdrawn, at most {@link Amount#MAX}. Time is the
 * ledger's own, in whole milliseconds, and never steps back; overdue leases and deadlines take effect before any operation looks
 * at a job. The {@linkplain io.dreamprotocol.core.rules rules} say exactly what each write does. Ledgers are thread-safe, and several
 * processes may use one at a time.
 */
public interface Ledger extends AutoCloseable {
    /** The longest time from a job's submission to its deadline: seven days. */
    Duration MAX_JOB_TIME = Duration.ofDays(7);

    /** How many workers may try a job before it fails: three. */
    int MAX_ATTEMPTS = 3;

    /**
     * Returns what distinguishes this ledger.
     *
     * @return the same answer always
     */
    LedgerInfo info();

    /**
     * Returns the contract that hands out this ledger's work.
     *
     * @return the exchange, which is closed with the ledger
     */
    WorkExchange exchange();

    /**
     * Returns the library of style models.
     *
     * @return the registry, which is closed with the ledger
     */
    StyleRegistry styles();

    /**
     * Returns the contract for many small payments.
     *
     * @return the channels, which are closed with the ledger
     */
    PaymentChannels channels();

    /**
     * Returns the co-creation rounds.
     *
     * @return the rounds, which are closed with the ledger
     */
    Rounds rounds();

    /**
     * Returns an account's money.
     *
     * @param account the account
     * @return its balance; zero if the ledger never saw it
     */
    Balance balance(AccountId account);

    /**
     * Brings money into the ledger. On a chain it comes from the signer's wallet; an embedded ledger makes its own coins.
     *
     * @param by who gets it
     * @param amount how much, not zero
     * @param key names this write
     * @return the new balance
     * @throws DreamException {@code invalid-amount} if it is zero, or more than the ledger can hold, {@code idempotency-conflict}
     */
    Balance deposit(Signer by, Amount amount, IdempotencyKey key);

    /**
     * Takes available money out of the ledger.
     *
     * @param by whose
     * @param amount how much, not zero
     * @param key names this write
     * @return the new balance
     * @throws DreamException {@code invalid-amount} if it is zero, {@code insufficient-funds}, {@code idempotency-conflict}
     */
    Balance withdraw(Signer by, Amount amount, IdempotencyKey key);

    /**
     * Asks for a job and puts its maximum fee into escrow. The royalties of the style models that it names are fixed at the prices of
     * this moment.
     *
     * @param requester who asks and pays
     * @param submission what is asked
     * @param key names this write
     * @return the open job
     * @throws DreamException {@code insufficient-funds}, {@code invalid-amount} if the fee is zero, {@code invalid-request} if the
     *     deadline has passed or is too far, {@code style-not-found}, {@code price-too-high} if the royalties come to more than allowed, {@code idempotency-conflict}
     */
    Job submit(Signer requester, JobSubmission submission, IdempotencyKey key);

    /**
     * Hands in a result. The job must be claimed by this worker, under a lease that has not run out.
     *
     * @param worker the worker
     * @param job the job
     * @param delivery the result
     * @param key names this write
     * @return the submitted job
     * @throws DreamException {@code lease-lost} if the job is open or another worker's by now, {@code job-state-conflict} if it has a
     *     result or has ended, {@code job-not-found}, {@code idempotency-conflict}
     */
    Job deliver(Signer worker, JobId job, Delivery delivery, IdempotencyKey key);

    /**
     * Pays for a submitted job: the worker its ask times the work, the style models their royalties, and the protocol its share, which
     * together are never more than the maximum fee; the requester gets the rest. The requester may settle at once, anyone else after the {@link LedgerInfo#settlementWindow}.
     *
     * @param by who settles
     * @param job the job
     * @param key names this write
     * @return the settled job
     * @throws DreamException {@code not-permitted} before the window has passed, {@code job-not-found}, {@code
     *     job-state-conflict}, {@code idempotency-conflict}
     */
    Job settle(Signer by, JobId job, IdempotencyKey key);

    /**
     * Takes a job back. An open job is refunded whole; for a claimed one the worker is paid for the steps that it reported, and
     * the rest goes back.
     *
     * @param requester whose job it is
     * @param job the job
     * @param key names this write
     * @return the cancelled job
     * @throws DreamException {@code not-permitted} to others, {@code job-not-found}, {@code job-state-conflict} once a result is
     *     there or the job has ended, {@code idempotency-conflict}
     */
    Job cancel(Signer requester, JobId job, IdempotencyKey key);

    /**
     * Lets overdue leases and deadlines take effect: jobs open again, or expire with a refund. Every other operation does so for
     * the job that it looks at; this does it for all.
     *
     * @return how many jobs changed
     */
    int expire();

    /**
     * Looks up a job.
     *
     * @param job its id
     * @return the job, if there is one
     */
    Optional<Job> find(JobId job);

    /**
     * Lists jobs, in the order in which they were submitted or its reverse.
     *
     * @param query which
     * @return a page of them
     * @throws DreamException {@code job-not-found} if the query continues behind an unknown job
     */
    List<Job> jobs(JobQuery query);

    /**
     * Returns the place behind the newest event, from which only later ones follow.
     *
     * @return the place
     */
    EventCursor latest();

    /**
     * Returns the events behind a place, oldest first, each once. Waits if there are none yet.
     *
     * @param after the place; {@link EventCursor#START} or the cursor of the last event seen
     * @param limit the most events to return, 1 to 10,000
     * @param wait how long to wait for the first one; zero returns at once
     * @return the events; empty when the time has passed
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws DreamException {@code invalid-request} if the cursor is not one of this ledger's
     */
    List<LedgerEvent> events(EventCursor after, int limit, Duration wait) throws InterruptedException;

    /**
     * Frees what the ledger holds; calls that wait for events end and return none. Calling it twice does nothing more, and any
     * other call after it is an {@link IllegalStateException}.
     */
    @Override
    void close();
}
