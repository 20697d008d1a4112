package io.dreamprotocol.core.style;

import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * What a style model has earned so far, and how much it is used.
 *
 * @param jobs how many paid jobs used it
 * @param payers how many different accounts, other than its owner's at that time, paid for those; the measure of popularity, because
 *     paying oneself must not pay
 * @param earned everything that came in for it, before its parents' shares: royalties, licences, and what derived models passed on
 * @param pooled what of that went to the contributors' pool
 */
public record StyleUsage(long jobs, long payers, Amount earned, Amount pooled) {
    /** Nothing yet. */
    public static final StyleUsage NONE = new StyleUsage(0, 0, Amount.ZERO, Amount.ZERO);

    /** Checks the ranges. */
    public StyleUsage {
        Objects.requireNonNull(earned, "earned");
        Objects.requireNonNull(pooled, "pooled");
        if (jobs < 0 || payers < 0 || payers > jobs || pooled.compareTo(earned) > 0) {
            throw new IllegalArgumentException("A usage out of range: " + jobs + " jobs, " + payers + " payers");
        }
    }
}
