package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * What a contributor has claimed of a style model's pool so far.
 *
 * @param style the model
 * @param contributor the contributor
 * @param claimed the sum of all claims
 */
public record PoolClaim(StyleId style, AccountId contributor, Amount claimed) {
    /** Checks that every part is there. */
    public PoolClaim {
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(contributor, "contributor");
        Objects.requireNonNull(claimed, "claimed");
    }
}
