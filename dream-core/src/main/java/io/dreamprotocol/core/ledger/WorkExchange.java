package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.List;

/**
 * Hands out work: workers announce what they can do, claim jobs under a lease, and keep it by heartbeats.
 *
 * <p>A ledger is one for small networks; a relay can be another at scale. Leases last between {@link #MIN_LEASE} and {@link
 * #MAX_LEASE}. Thread-safe.
 */
public interface WorkExchange {
    /** The shortest lease: one second. */
    Duration MIN_LEASE = Duration.ofSeconds(1);

    /** The longest lease: ten minutes. */
    Duration MAX_LEASE = Duration.ofMinutes(10);

    /** The longest time that an offer stands without being announced again: one hour. */
    Duration MAX_OFFER_TIME = Duration.ofHours(1);

    /** The most models of one offer. */
    int MAX_MODELS = 256;

    /**
     * Announces what a worker can do, in place of what it announced before.
     *
     * @param worker the worker
     * @param offer its offer, whose worker is the signer's account
     * @throws DreamException {@code not-permitted} for another's offer, {@code invalid-request} if it has too many models, has
     *     ended already or stands too long
     */
    void announce(Signer worker, WorkerOffer offer);

    /**
     * Takes back what a worker announced; does nothing if there is nothing.
     *
     * @param worker the worker
     */
    void retire(Signer worker);

    /**
     * Lists the offers that stand, the cheapest first.
     *
     * @return the offers
     */
    List<WorkerOffer> offers();

    /**
     * Takes an open job under a lease.
     *
     * @param worker the worker
     * @param job the job
     * @param ask the worker's price per megapixel-step; the job's work at this price must not cost more than its maximum fee
     * @param lease how long the worker holds the job without a heartbeat
     * @param key names this write
     * @return the claimed job
     * @throws DreamException {@code job-state-conflict} if it is no longer open or this worker gave it back before, {@code
     *     insufficient-funds} if the ask is too high, {@code invalid-request} if the lease is too short or too long, {@code
     *     job-not-found}, {@code idempotency-conflict}
     */
    Job claim(Signer worker, JobId job, Amount ask, Duration lease, IdempotencyKey key);

    /**
     * Renews the lease and reports progress. Sending it twice does no harm, so it needs no key.
     *
     * @param worker the worker
     * @param job the job
     * @param stepsDone the steps done; never fewer than reported before
     * @param lease how long the worker holds the job from now
     * @return the job
     * @throws DreamException {@code lease-lost} if the worker no longer holds the job, {@code job-cancelled} if the requester took it
     *     back, {@code job-not-found}, {@code invalid-request} if the steps or the lease are out of range
     */
    Job heartbeat(Signer worker, JobId job, int stepsDone, Duration lease);

    /**
     * Gives a job back. It is open again for other workers but not for this one, or failed if the failure is permanent or too many
     * tried.
     *
     * @param worker the worker that holds it
     * @param job the job
     * @param failure why
     * @param key names this write
     * @return the job
     * @throws DreamException {@code lease-lost}, {@code job-not-found}, {@code idempotency-conflict}
     */
    Job abandon(Signer worker, JobId job, JobFailure failure, IdempotencyKey key);
}
