package io.dreamprotocol.chain.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random histories, in which a ledger and the rules in memory agree after every step. */
interface HistoryContract {
    int STEPS = 200;

    /** How many shorter histories are tried to find the shortest that still fails. */
    int SHRINKING_RUNS = 300;

    LedgerFixture fixture();

    @Test
    default void randomHistoriesEndAsTheRulesSay() {
        int histories = Integer.getInteger("dream.ledger.histories", 10);
        for (long seed = 1; seed <= histories; seed++) {
            List<Step> steps = RandomHistory.of(
                    seed,
                    STEPS,
                    fixture().can(LedgerCapability.CLOCK_STEPS_BACK),
                    fixture().can(LedgerCapability.REOPENS));
            Optional<AssertionError> failure = failure(fixture(), steps);
            if (failure.isPresent()) {
                List<Step> shortest = shrink(fixture(), steps);
                throw new AssertionError(
                        "History of seed " + seed + ", shortened: "
                                + failure(fixture(), shortest)
                                        .orElse(failure.get())
                                        .getMessage() + "\nafter\n"
                                + shortest.stream().map(Object::toString).collect(Collectors.joining("\n")),
                        failure.get());
            }
        }
    }

    private static Optional<AssertionError> failure(LedgerFixture fixture, List<Step> steps) {
        try (LedgerFixture fresh = fixture.fresh()) {
            new HistoryRun(fresh).run(steps);
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }

    /** Leaves out ever smaller stretches of a failing history as long as it fails without them. */
    private static List<Step> shrink(LedgerFixture fixture, List<Step> failing) {
        List<Step> shortest = failing;
        int runs = 0;
        for (int stretch = failing.size() / 2; stretch > 0; stretch /= 2) {
            for (int start = 0; start < shortest.size() && runs < SHRINKING_RUNS; runs++) {
                List<Step> shorter = new ArrayList<>(shortest.subList(0, start));
                shorter.addAll(shortest.subList(Math.min(start + stretch, shortest.size()), shortest.size()));
                if (failure(fixture, shorter).isPresent()) {
                    shortest = shorter;
                } else {
                    start += stretch;
                }
            }
        }
        return shortest;
    }
}
