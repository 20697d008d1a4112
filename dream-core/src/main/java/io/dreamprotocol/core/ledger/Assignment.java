package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A worker's hold on a job.
 *
 * @param worker the worker
 * @param ask the worker's price per megapixel-step, fixed at the claim
 * @param claimedAt when it claimed the job, by the ledger's clock
 * @param leaseExpires when the worker loses the job unless it renews the lease
 * @param stepsDone how many steps the worker reported as done
 * @param preview the blob with the latest preview of the image, if the worker reported one
 */
public record Assignment(
        AccountId worker, Amount ask, Instant claimedAt, Instant leaseExpires, int stepsDone, Optional<Cid> preview) {
    /** Checks the parts. */
    public Assignment {
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(ask, "ask");
        Objects.requireNonNull(claimedAt, "claimedAt");
        Objects.requireNonNull(leaseExpires, "leaseExpires");
        Objects.requireNonNull(preview, "preview");
        if (stepsDone < 0) {
            throw new IllegalArgumentException("Steps done cannot be negative: " + stepsDone);
        }
    }
}
