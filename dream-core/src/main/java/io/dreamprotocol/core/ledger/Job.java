package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A job as the ledger has it.
 *
 * @param id its name
 * @param requester who asked and pays
 * @param submission what was asked
 * @param royalties what it owes to style models, at the prices of its submission
 * @param state where it stands
 * @param submittedAt when it was asked, by the ledger's clock
 * @param since when it came into its state, by the ledger's clock
 * @param attempts how many times a worker gave it back or lost its lease
 * @param abandonedBy the workers that gave it back, which cannot claim it again; a lost lease does not count
 * @param assignment the worker that has or had it last; empty before the first claim and when it is open again
 * @param delivery the result, once handed in
 * @param settlement who was paid what, once the job is in a final state
 * @param failure why the last worker gave it back or lost it; empty again once another one claims it
 */
public record Job(
        JobId id,
        AccountId requester,
        JobSubmission submission,
        List<RoyaltyTerm> royalties,
        JobState state,
        Instant submittedAt,
        Instant since,
        int attempts,
        Set<AccountId> abandonedBy,
        Optional<Assignment> assignment,
        Optional<Delivery> delivery,
        Optional<Settlement> settlement,
        Optional<JobFailure> failure) {
    /** Checks the parts and copies the set. */
    public Job {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(requester, "requester");
        Objects.requireNonNull(submission, "submission");
        royalties = List.copyOf(royalties);
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(submittedAt, "submittedAt");
        Objects.requireNonNull(since, "since");
        if (attempts < 0) {
            throw new IllegalArgumentException("Attempts cannot be negative: " + attempts);
        }
        abandonedBy = Set.copyOf(abandonedBy);
        Objects.requireNonNull(assignment, "assignment");
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(settlement, "settlement");
        Objects.requireNonNull(failure, "failure");
    }
}
