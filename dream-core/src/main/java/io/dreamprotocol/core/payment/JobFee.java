package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.RoyaltyRules;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a job that ran off the ledger owes, by the arithmetic by which the ledger settles one.
 *
 * @param worker who did the work
 * @param ask the worker's price per megapixel-step
 * @param work the work that was asked for
 * @param stepsDone how many steps are paid: all of them, or those done before the job was cancelled
 * @param royalties what is owed to style models, at the prices agreed on
 */
public record JobFee(AccountId worker, Amount ask, Work work, int stepsDone, List<RoyaltyTerm> royalties) {
    /** Checks the ranges and copies the list. */
    public JobFee {
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(ask, "ask");
        royalties = List.copyOf(royalties);
        if (stepsDone < 0 || stepsDone > work.steps()) {
            throw new IllegalArgumentException("Steps done out of range: " + stepsDone + " of " + work.steps());
        }
    }

    /**
     * Says who gets what.
     *
     * @param info the ledger on which it is settled
     * @param styles finds a style model by its number, for example {@code registry::find}
     * @return the payments, none of nothing
     * @throws DreamException {@code style-not-found}; {@code invalid-amount} if it is more than any amount
     */
    public List<Payment> payments(LedgerInfo info, Function<StyleId, Optional<StyleModel>> styles) {
        if (stepsDone == 0) {
            return List.of();
        }
        Map<StyleId, BigInteger> income = new HashMap<>();
        BigInteger owed = BigInteger.ZERO;
        for (RoyaltyTerm term : royalties) {
            BigInteger cost = term.costOf(work, stepsDone);
            income.merge(term.use().style(), cost, BigInteger::add);
            owed = owed.add(cost);
        }
        RoyaltyRules.Distribution distribution = RoyaltyRules.distribute(income, styles);
        BigInteger forWork = work.unboundedCostAt(ask, stepsDone);
        BigInteger forProtocol = JobRules.cost(work, stepsDone, ask, royalties, info)
                .subtract(forWork)
                .subtract(owed);
        List<Payment> payments = new ArrayList<>();
        add(payments, worker, forWork.add(distribution.remainder().units()), Payment.Purpose.WORK);
        payments.addAll(distribution.payments());
        add(payments, LedgerInfo.TREASURY, forProtocol, Payment.Purpose.PROTOCOL);
        return payments;
    }

    private static void add(List<Payment> payments, AccountId to, BigInteger amount, Payment.Purpose purpose) {
        if (amount.signum() > 0) {
            payments.add(new Payment(to, new Amount(amount), purpose));
        }
    }
}
