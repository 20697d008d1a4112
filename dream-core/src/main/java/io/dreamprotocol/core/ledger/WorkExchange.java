package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

    /** How long each cheaper worker has the first claim on a job before the next: two seconds. */
    Duration TURN = Duration.ofSeconds(2);

    /** The most turns that a worker waits: five. */
    int MAX_TURNS = 5;

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
     * Registers a worker, or changes its profile and adds to its stake.
     *
     * @param worker the worker
     * @param profile what it says of itself
     * @param stake what it puts at stake in addition to what lies there already; may be nothing
     * @param key names this write
     * @return its record
     * @throws DreamException {@code insufficient-funds}, {@code stake-too-low} if the sum is below {@link LedgerInfo#minimumStake}, {@code
     *     idempotency-conflict}
     */
    WorkerRecord register(Signer worker, WorkerProfile profile, Amount stake, IdempotencyKey key);

    /**
     * Ends a worker's registration and gives its stake back. Its standing stays.
     *
     * @param worker the worker
     * @param key names this write
     * @return its record
     * @throws DreamException {@code stake-too-low} if it is not registered, {@code job-state-conflict} while it holds jobs or has some
     *     that are not settled, {@code idempotency-conflict}
     */
    WorkerRecord leave(Signer worker, IdempotencyKey key);

    /**
     * Returns a worker's standing.
     *
     * @param account the worker
     * @return its record; one of nothing if the ledger never saw it
     */
    WorkerRecord worker(AccountId account);

    /**
     * Lists the workers that are registered.
     *
     * @return their records, by account
     */
    List<WorkerRecord> workers();

    /**
     * Takes an open job under a lease. The cheapest worker that offers the job's model comes first: each one waits a {@link #TURN} for
     * every cheaper offer that stands and did not give the job back, at most {@link #MAX_TURNS}, and workers without an offer come last.
     *
     * @param worker the worker
     * @param job the job
     * @param ask the worker's price per megapixel-step; the job's work at this price must not cost more than its maximum fee
     * @param lease how long the worker holds the job without a heartbeat
     * @param key names this write
     * @return the claimed job
     * @throws DreamException {@code job-state-conflict} if it is no longer open or this worker gave it back before, {@code
     *     insufficient-funds} if work at this price, royalties and protocol share cost more than the maximum fee, {@code not-permitted} if
     *     a cheaper worker has the first claim still or the ask is above the worker's own offer, {@code licence-missing} if the worker
     *     has no licence for a sealed style model, {@code stake-too-low}, {@code invalid-request} if the lease is too short or too long, {@code
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
    default Job heartbeat(Signer worker, JobId job, int stepsDone, Duration lease) {
        return heartbeat(worker, job, stepsDone, Optional.empty(), lease);
    }

    /**
     * Renews the lease and reports progress with a preview.
     *
     * @param worker the worker
     * @param job the job
     * @param stepsDone the steps done; never fewer than reported before
     * @param preview the blob with a preview of the image, a PNG file; the one before stays if empty
     * @param lease how long the worker holds the job from now
     * @return the job
     * @throws DreamException as {@link #heartbeat(Signer, JobId, int, Duration)} does
     */
    Job heartbeat(Signer worker, JobId job, int stepsDone, Optional<Cid> preview, Duration lease);

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
