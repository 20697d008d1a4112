package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random histories, in which a ledger and the rules in memory agree after every step. */
interface HistoryContract {
    /** How many steps a history has. */
    int STEPS = 1000;

    /** How many shorter histories are tried to find the shortest that still fails. */
    int SHRINKING_RUNS = 300;

    /** The settings that histories take in turn. */
    List<LedgerSettings> SETTINGS =
            List.of(LedgerSettings.PLAIN, new LedgerSettings(333, Amount.ZERO), new LedgerSettings(1, Amount.of(5)));

    LedgerFixture fixture();

    @Test
    default void randomHistoriesEndAsTheRulesSay() {
        int histories = Integer.getInteger("dream.ledger.histories", 3);
        for (int seed = 1; seed <= histories; seed++) {
            List<Step> steps = RandomHistory.of(
                    seed,
                    STEPS,
                    fixture().can(LedgerCapability.CLOCK_STEPS_BACK),
                    fixture().can(LedgerCapability.REOPENS));
            LedgerSettings settings = SETTINGS.get(seed % SETTINGS.size());
            Optional<HistoryRun.Parting> parting = run(fixture(), settings, steps);
            if (parting.isPresent()) {
                List<Step> shortest = shrink(fixture(), settings, upTo(steps, parting.get()));
                throw new AssertionError(
                        "History of seed " + seed + ", shortened: "
                                + run(fixture(), settings, shortest)
                                        .orElse(parting.get())
                                        .error()
                                        .getMessage() + "\nafter\n"
                                + shortest.stream().map(Object::toString).collect(Collectors.joining("\n")),
                        parting.get().error());
            }
        }
    }

    private static Optional<HistoryRun.Parting> run(LedgerFixture fixture, LedgerSettings settings, List<Step> steps) {
        try (LedgerFixture fresh = fixture.fresh(settings)) {
            return new HistoryRun(fresh).run(steps);
        }
    }

    private static List<Step> upTo(List<Step> steps, HistoryRun.Parting parting) {
        return steps.subList(0, parting.step() + 1);
    }

    /** Leaves out ever smaller stretches of a failing history as long as it fails without them. */
    private static List<Step> shrink(LedgerFixture fixture, LedgerSettings settings, List<Step> failing) {
        List<Step> shortest = failing;
        int runs = 0;
        for (int stretch = failing.size() / 2; stretch > 0; stretch /= 2) {
            for (int start = 0; start < shortest.size() && runs < SHRINKING_RUNS; runs++) {
                List<Step> shorter = new ArrayList<>(shortest.subList(0, start));
                shorter.addAll(shortest.subList(Math.min(start + stretch, shortest.size()), shortest.size()));
                Optional<HistoryRun.Parting> parting = run(fixture, settings, shorter);
                if (parting.isPresent()) {
                    shortest = upTo(shorter, parting.get());
                } else {
                    start += stretch;
                }
            }
        }
        return shortest;
    }
}
