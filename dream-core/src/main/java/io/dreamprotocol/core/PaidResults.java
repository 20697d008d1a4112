package io.dreamprotocol.core;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.storage.BlobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Has a worker's store keep results no longer than some time after they were paid, so that it does not fill up with images that their
 * requesters have. The ledger says which those are, so a restart forgets none. For one thread.
 */
final class PaidResults {
    private static final int PAGE = 100;

    /** How often there is a look, as a share of the time that results are kept. */
    private static final int LOOKS = 24;

    private final Ledger ledger;
    private final BlobStore blobs;
    private final AccountId worker;
    private final Duration kept;
    private Optional<JobId> done = Optional.empty();
    private Instant next = Instant.MIN;

    PaidResults(Ledger ledger, BlobStore blobs, AccountId worker, Duration kept) {
        this.ledger = ledger;
        this.blobs = blobs;
        this.worker = worker;
        this.kept = kept;
    }

    /** Releases what has been kept for long enough, if it is time to look again. */
    void release() {
        Instant now = Instant.now();
        if (now.isBefore(next)) {
            return;
        }
        while (releasePage(now.minus(kept))) {
            // There is another page.
        }
        next = now.plus(kept.dividedBy(LOOKS));
    }

    /** Jobs come in the order in which they were submitted; the first that is too young ends the look, and begins the next. */
    private boolean releasePage(Instant latest) {
        JobQuery query = JobQuery.oldest(JobState.SETTLED, PAGE);
        List<Job> jobs = ledger.jobs(done.map(query::after).orElse(query));
        for (Job job : jobs) {
            if (job.since().isAfter(latest)) {
                return false;
            }
            boolean own = job.assignment().map(Assignment::worker).equals(Optional.of(worker));
            if (own) {
                job.delivery().ifPresent(this::release);
            }
            done = Optional.of(job.id());
        }
        return jobs.size() == PAGE;
    }

    private void release(Delivery delivery) {
        blobs.release(delivery.image());
        blobs.release(delivery.receipt());
    }
}
