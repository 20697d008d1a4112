package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.style.Share;
import java.math.BigInteger;
import java.util.Objects;

/**
 * A royalty that a job owes, at the price that held when it was submitted.
 *
 * @param use the style model and the share of its royalty
 * @param price the royalty per megapixel-step at full weight
 */
public record RoyaltyTerm(StyleShare use, Amount price) {
    /** Checks that every part is there. */
    public RoyaltyTerm {
        Objects.requireNonNull(use, "use");
        Objects.requireNonNull(price, "price");
    }

    /**
     * Returns what is owed for the first steps of some work.
     *
     * @param work the work
     * @param stepsDone how many steps, 0 to all
     * @return {@code floor(floor(price x pixels x steps / 10^6) x parts / 10,000)}, which may be larger than any amount
     */
    public BigInteger costOf(Work work, int stepsDone) {
        return work.unboundedCostAt(price, stepsDone)
                .multiply(BigInteger.valueOf(use.parts()))
                .divide(BigInteger.valueOf(Share.WHOLE));
    }
}
