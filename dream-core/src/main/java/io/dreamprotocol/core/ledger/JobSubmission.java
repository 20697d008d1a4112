package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * What a requester asks the ledger to have done.
 *
 * @param request the CID of the canonical request's bytes in the blob store
 * @param model the model that it is for
 * @param work how much work it is
 * @param maximumFee the most that it may cost, which is put in escrow; not zero
 * @param deadline when it is of no use any more, in whole milliseconds; later than now and at most {@link Ledger#MAX_JOB_TIME}
 *     away
 */
public record JobSubmission(Cid request, ModelId model, Work work, Amount maximumFee, Instant deadline) {
    /** Checks that every part is there, and cuts the deadline to whole milliseconds, which every ledger keeps exactly. */
    public JobSubmission {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(maximumFee, "maximumFee");
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
    }
}
