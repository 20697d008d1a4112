package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
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
 * @param styles the registered style models that it uses, for each the share of its royalty; at most {@link #MAX_STYLES}, each once
 * @param maximumRoyalties the most that the royalties may come to, so that a price that rose since the quote is refused at once
 */
public record JobSubmission(
        Cid request,
        ModelId model,
        Work work,
        Amount maximumFee,
        Instant deadline,
        List<StyleShare> styles,
        Amount maximumRoyalties) {
    /** The most registered style models of one job: 17, one to begin with and sixteen on top. */
    public static final int MAX_STYLES = 17;

    /**
     * Checks the parts, and cuts the deadline to whole milliseconds, which every ledger keeps exactly.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public JobSubmission {
        styles = List.copyOf(styles);
        if (styles.size() > MAX_STYLES
                || styles.stream().map(StyleShare::style).distinct().count() != styles.size()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "A job uses at most " + MAX_STYLES + " style models, each once");
        }
        Objects.requireNonNull(maximumRoyalties, "maximumRoyalties");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(maximumFee, "maximumFee");
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Creates the submission of a job that uses no registered style model.
     *
     * @param request the CID of the canonical request's bytes in the blob store
     * @param model the model that it is for
     * @param work how much work it is
     * @param maximumFee the most that it may cost
     * @param deadline when it is of no use any more
     */
    public JobSubmission(Cid request, ModelId model, Work work, Amount maximumFee, Instant deadline) {
        this(request, model, work, maximumFee, deadline, List.of(), Amount.ZERO);
    }
}
