package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a worker offers to do.
 *
 * @param worker the worker
 * @param ask its price per megapixel-step
 * @param models the models that it can run, with their limits; at most {@link WorkExchange#MAX_MODELS}
 * @param kinds the kinds of style models that it fetches and runs on top of them
 * @param expires when the offer ends unless it is announced again, in whole milliseconds
 */
public record WorkerOffer(
        AccountId worker, Amount ask, List<ModelDescriptor> models, Set<StyleKind> kinds, Instant expires) {
    /** Copies the list, and cuts the end to whole milliseconds, which every ledger keeps exactly. */
    public WorkerOffer {
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(ask, "ask");
        models = List.copyOf(models);
        kinds = Set.copyOf(kinds);
        expires = expires.truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Tells whether a model is among those offered.
     *
     * @param model the model
     * @return true if the worker can run it
     */
    public boolean hasModel(ModelId model) {
        return models.stream().anyMatch(offered -> offered.id().equals(model));
    }

    /**
     * Creates the offer of a worker that runs no style models on top of its models.
     *
     * @param worker the worker
     * @param ask its price per megapixel-step
     * @param models the models that it can run
     * @param expires when the offer ends unless it is announced again
     */
    public WorkerOffer(AccountId worker, Amount ask, List<ModelDescriptor> models, Instant expires) {
        this(worker, ask, models, Set.of(), expires);
    }
}
