package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Who was paid for what, added up over all jobs of a ledger that paid something. */
final class Earnings {
    private static final BigInteger WHOLE = BigInteger.valueOf(Share.WHOLE);

    private final Map<Line, BigInteger> lines = new LinkedHashMap<>();
    private final Map<StyleId, BigInteger> income = new HashMap<>();
    private final Map<StyleId, Map<StyleId, BigInteger>> passedOn = new HashMap<>();
    private final Map<StyleId, StyleModel> models = new HashMap<>();
    private BigInteger fees = BigInteger.ZERO;
    private long jobs;

    /**
     * What one account was paid for.
     *
     * @param account who
     * @param purpose for what
     * @param style for which style model; of none for work and the protocol
     */
    record Line(AccountId account, Payment.Purpose purpose, Optional<StyleId> style) {}

    private Earnings() {}

    /** Adds up all jobs that are over. */
    static Earnings of(Ledger ledger) {
        Earnings earnings = new Earnings();
        forEachPaid(ledger, job -> earnings.add(job, ledger.styles()));
        return earnings;
    }

    private static void forEachPaid(Ledger ledger, Consumer<Job> taker) {
        JobQuery query = new JobQuery(
                Set.of(JobState.SETTLED, JobState.CANCELLED),
                Optional.empty(),
                false,
                JobQuery.MAX_LIMIT,
                Optional.empty());
        while (true) {
            List<Job> page = ledger.jobs(query);
            page.stream()
                    .filter(job -> job.settlement()
                            .filter(settlement -> !settlement.payments().isEmpty())
                            .isPresent())
                    .forEach(taker);
            if (page.size() < JobQuery.MAX_LIMIT) {
                return;
            }
            query = query.after(page.getLast().id());
        }
    }

    private void add(Job job, StyleRegistry styles) {
        jobs++;
        for (Payment payment : job.settlement().orElseThrow().payments()) {
            BigInteger amount = payment.amount().units();
            fees = fees.add(amount);
            lines.merge(new Line(payment.to(), payment.purpose(), payment.style()), amount, BigInteger::add);
        }
        int steps = job.state() == JobState.SETTLED
                ? job.submission().work().steps()
                : job.assignment().map(Assignment::stepsDone).orElse(0);
        TreeMap<StyleId, BigInteger> pending = new TreeMap<>();
        for (RoyaltyTerm term : job.royalties()) {
            pending.put(term.use().style(), term.costOf(job.submission().work(), steps));
        }
        // As the ledger did: from the youngest to the oldest, so that each has all that came to it by any way.
        while (!pending.isEmpty()) {
            Map.Entry<StyleId, BigInteger> youngest = pending.pollLastEntry();
            StyleModel model = models.computeIfAbsent(
                    youngest.getKey(), id -> styles.find(id).orElseThrow());
            income.merge(model.id(), youngest.getValue(), BigInteger::add);
            for (Parent parent : model.parents()) {
                BigInteger part = youngest.getValue()
                        .multiply(BigInteger.valueOf(parent.parts()))
                        .divide(WHOLE);
                pending.merge(parent.style(), part, BigInteger::add);
                passedOn.computeIfAbsent(model.id(), id -> new TreeMap<>())
                        .merge(parent.style(), part, BigInteger::add);
            }
        }
    }

    /** Returns how many jobs paid something. */
    long jobs() {
        return jobs;
    }

    /** Returns the sum of all fees, which the lines add up to. */
    BigInteger fees() {
        return fees;
    }

    /** Returns who was paid for what. */
    Map<Line, BigInteger> lines() {
        return lines;
    }

    /** Returns what came in for a style model from jobs, by itself and by what was derived from it. */
    BigInteger income(StyleId style) {
        return income.getOrDefault(style, BigInteger.ZERO);
    }

    /** Returns what of that went to the model's parents. */
    Map<StyleId, BigInteger> passedOn(StyleId style) {
        return passedOn.getOrDefault(style, Map.of());
    }
}
