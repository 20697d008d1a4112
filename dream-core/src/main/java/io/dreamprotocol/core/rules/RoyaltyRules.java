package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who gets what style models earn.
 *
 * <p>What comes in for a model goes first to its parents, each its share, and so on up; what it keeps is split by its table. A parent
 * is always older than what was derived from it, so the models are taken from the youngest to the oldest, and each one once, with all
 * that reached it by any way. Every division rounds down, and what is left over is told, so that nothing is lost.
 */
public final class RoyaltyRules {
    private static final BigInteger WHOLE = BigInteger.valueOf(Share.WHOLE);

    private RoyaltyRules() {}

    /**
     * What is to be done with earnings.
     *
     * @param payments who gets what; none of nothing
     * @param earned every model that earned something, with its usage afterwards, the youngest first
     * @param remainder what the divisions left over; payments and remainder add up to what came in
     */
    public record Distribution(List<Payment> payments, List<StyleModel> earned, Amount remainder) {
        /** Copies the lists. */
        public Distribution {
            payments = List.copyOf(payments);
            earned = List.copyOf(earned);
        }
    }

    /**
     * Distributes what came in.
     *
     * @param income what came in for each model
     * @param view the ledger
     * @return the distribution
     */
    public static Distribution distribute(Map<StyleId, BigInteger> income, LedgerView view) {
        return distribute(income, view::style);
    }

    /**
     * Distributes what came in, where only the style models are known, as off the ledger.
     *
     * @param income what came in for each model
     * @param styles finds a style model by its number
     * @return the distribution
     */
    public static Distribution distribute(
            Map<StyleId, BigInteger> income, Function<StyleId, Optional<StyleModel>> styles) {
        TreeMap<StyleId, BigInteger> pending = new TreeMap<>(income);
        List<Payment> payments = new ArrayList<>();
        List<StyleModel> earned = new ArrayList<>();
        BigInteger remainder = BigInteger.ZERO;
        while (!pending.isEmpty()) {
            Map.Entry<StyleId, BigInteger> youngest = pending.pollLastEntry();
            BigInteger amount = youngest.getValue();
            if (amount.signum() == 0) {
                continue;
            }
            StyleModel model = Refusals.style(styles, youngest.getKey());
            BigInteger kept = amount;
            for (Parent parent : model.parents()) {
                BigInteger part = part(amount, parent.parts());
                pending.merge(parent.style(), part, BigInteger::add);
                kept = kept.subtract(part);
            }
            BigInteger left = kept;
            left = left.subtract(
                    pay(payments, model, model.owner(), part(kept, model.split().owner()), Payment.Purpose.OWNER));
            for (Share share : model.split().coOwners()) {
                left = left.subtract(
                        pay(payments, model, share.account(), part(kept, share.parts()), Payment.Purpose.CO_OWNER));
            }
            BigInteger pooled = pay(
                    payments,
                    model,
                    model.pool(),
                    part(kept, model.split().contributors()),
                    Payment.Purpose.CONTRIBUTORS);
            remainder = remainder.add(left.subtract(pooled));
            earned.add(model.withUsage(with(model.usage(), amount, pooled)));
        }
        return new Distribution(payments, earned, new Amount(remainder));
    }

    private static BigInteger part(BigInteger amount, int parts) {
        return amount.multiply(BigInteger.valueOf(parts)).divide(WHOLE);
    }

    private static BigInteger pay(
            List<Payment> payments, StyleModel model, AccountId to, BigInteger amount, Payment.Purpose purpose) {
        if (amount.signum() > 0) {
            payments.add(new Payment(to, new Amount(amount), purpose, Optional.of(model.id())));
        }
        return amount;
    }

    /** Counts what came into a model's pool from a payment that was distributed before. */
    static StyleModel pooled(StyleModel model, Amount amount) {
        return model.withUsage(with(model.usage(), amount.units(), amount.units()));
    }

    private static StyleUsage with(StyleUsage usage, BigInteger earned, BigInteger pooled) {
        return new StyleUsage(usage.jobs(), usage.payers(), sum(usage.earned(), earned), sum(usage.pooled(), pooled));
    }

    /** The sum, or the largest amount: only someone who pays money in circles gets there, and must not block a job by it. */
    private static Amount sum(Amount before, BigInteger more) {
        return new Amount(before.units().add(more).min(Amount.MAX.units()));
    }
}
