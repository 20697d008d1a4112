package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes histories of valid and invalid operations. The same seed makes the same history. */
final class RandomHistory {
    /** Jobs are chosen among the latest few, so that one history brings many to their end. */
    private static final int RECENT_JOBS = 6;

    private static final int RECENT_STEPS = 20;
    private static final int ACCOUNTS = 4;

    private final Random random;
    private final boolean clockStepsBack;
    private final boolean reopens;

    private RandomHistory(long seed, boolean clockStepsBack, boolean reopens) {
        this.random = new Random(seed);
        this.clockStepsBack = clockStepsBack;
        this.reopens = reopens;
    }

    static List<Step> of(long seed, int length, boolean clockStepsBack, boolean reopens) {
        RandomHistory history = new RandomHistory(seed, clockStepsBack, reopens);
        List<Step> steps = new ArrayList<>();
        for (int number = 0; number < length; number++) {
            steps.add(history.step(number));
        }
        return steps;
    }

    private Step step(int number) {
        int dice = random.nextInt(100);
        if (dice < 66) {
            return new Step.Write(number, account(), operation());
        }
        if (dice < 80) {
            return new Step.Heartbeat(account(), job(), random.nextInt(5) - 1, lease());
        }
        if (dice < 90) {
            return new Step.Advance(passingTime());
        }
        if (dice < 95) {
            return new Step.Again(earlier(number));
        }
        if (dice < 98 || !reopens) {
            return new Step.ReusedKey(earlier(number), operation());
        }
        return new Step.Reopen();
    }

    private int account() {
        return random.nextInt(5) == 0 ? random.nextInt(ACCOUNTS) : Step.FITTING;
    }

    private int earlier(int number) {
        return Math.max(0, number - 1 - random.nextInt(RECENT_STEPS));
    }

    private Step.Operation operation() {
        int dice = random.nextInt(100);
        if (dice < 8) {
            return new Step.Deposit(amount(3000));
        }
        if (dice < 12) {
            return new Step.Withdraw(amount(300));
        }
        if (dice < 26) {
            return new Step.Submit(amount(150), 1 + random.nextInt(5), time());
        }
        if (dice < 53) {
            return new Step.Claim(job(), amount(20), lease());
        }
        if (dice < 72) {
            return new Step.Deliver(job());
        }
        if (dice < 88) {
            return new Step.Settle(job());
        }
        return dice < 94 ? new Step.Cancel(job()) : new Step.Abandon(job(), random.nextInt(4) == 0);
    }

    private Amount amount(int usual) {
        return switch (random.nextInt(25)) {
            case 0 -> Amount.ZERO;
            case 1 -> Amount.MAX;
            default -> Amount.of(1 + random.nextInt(usual));
        };
    }

    private int job() {
        return random.nextInt(RECENT_JOBS);
    }

    private Duration lease() {
        return random.nextInt(20) == 0
                ? Duration.ofMillis(random.nextInt(1000))
                : Duration.ofSeconds(1 + random.nextInt(30));
    }

    private Duration time() {
        return switch (random.nextInt(15)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofDays(8);
            default -> Duration.ofSeconds(1 + random.nextInt(120));
        };
    }

    private Duration passingTime() {
        return switch (random.nextInt(25)) {
            case 0 -> Duration.ofDays(1);
            case 1 -> clockStepsBack ? Duration.ofSeconds(-random.nextInt(100)) : Duration.ZERO;
            default -> Duration.ofMillis(random.nextInt(8000));
        };
    }
}
