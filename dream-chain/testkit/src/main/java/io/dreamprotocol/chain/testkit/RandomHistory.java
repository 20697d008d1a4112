package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Makes histories of valid and invalid operations. The same seed makes the same history. */
final class RandomHistory {
    /** Records are chosen among the latest few, so that one history brings many to their end. */
    private static final int RECENT = 6;

    private static final int RECENT_STEPS = 20;
    private static final int NAMES = 60;
    private static final List<String> WORDS =
            List.of("", "", "style", "STY", "style 1", "s e", "x", "\"*'", "ink or -");

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
        int dice = random.nextInt(200);
        if (dice < 149) {
            return new Step.Write(number, account(), operation());
        }
        if (dice < 163) {
            return new Step.Heartbeat(account(), recent(), random.nextInt(5) - 1, lease());
        }
        if (dice < 181) {
            return new Step.Advance(passingTime());
        }
        if (dice < 187) {
            return new Step.Again(earlier(number));
        }
        if (dice < 191) {
            return new Step.ReusedKey(earlier(number), operation());
        }
        if (dice < 194) {
            return new Step.Announce(account(), amount(20), Duration.ofSeconds(random.nextInt(4000)));
        }
        if (dice < 196) {
            return new Step.Search(
                    pick(WORDS), pick(List.of(StyleQuery.Order.values())), 1 + random.nextInt(5), perhaps(recent()));
        }
        return dice < 199 || !reopens ? new Step.Retire(account()) : new Step.Reopen();
    }

    private int account() {
        return random.nextInt(6) == 0 ? anyone() : Step.FITTING;
    }

    private int anyone() {
        return random.nextInt(HistoryRun.ACCOUNTS);
    }

    private int earlier(int number) {
        return Math.max(0, number - 1 - random.nextInt(RECENT_STEPS));
    }

    private Step.Operation operation() {
        int dice = random.nextInt(100);
        if (dice < 10) {
            return new Step.Deposit(amount(3000));
        }
        if (dice < 12) {
            return new Step.Withdraw(amount(300));
        }
        if (dice < 52) {
            return ofJobs();
        }
        if (dice < 74) {
            return ofStyles();
        }
        if (dice < 88) {
            return ofChannels();
        }
        return dice < 96 ? ofRounds() : ofWorkers();
    }

    private Step.Operation ofJobs() {
        int dice = random.nextInt(100);
        if (dice < 24) {
            return new Step.Submit(amount(250), 1 + random.nextInt(5), time(), uses(3), amount(200));
        }
        if (dice < 50) {
            return new Step.Claim(recent(), amount(20), lease());
        }
        if (dice < 72) {
            return new Step.Deliver(recent());
        }
        if (dice < 90) {
            return new Step.Settle(recent());
        }
        return dice < 95 ? new Step.Cancel(recent()) : new Step.Abandon(recent(), random.nextInt(4) == 0);
    }

    private Step.Operation ofWorkers() {
        return random.nextInt(3) > 0
                ? new Step.RegisterWorker(random.nextInt(1000), random.nextInt(8) == 0 ? Amount.ZERO : amount(30))
                : new Step.Leave();
    }

    private Step.Operation ofStyles() {
        return switch (random.nextInt(16)) {
            case 0, 1, 2 ->
                new Step.RegisterStyle(
                        name(),
                        name(),
                        random.nextInt(3) == 0,
                        terms(),
                        random.nextInt(4),
                        random.nextBoolean() ? random.nextInt(10_001) : 0,
                        random.nextInt(4) == 0,
                        uses(3),
                        amount(100));
            case 3 -> new Step.Transfer(recent(), anyone());
            case 4 -> new Step.Approve(recent(), perhaps(anyone()));
            case 5 -> new Step.ApproveAll(anyone(), random.nextBoolean());
            case 6 -> new Step.ChangeTerms(recent(), terms());
            case 7, 8 -> new Step.BuyLicence(recent(), random.nextInt(20) == 0 ? 31 : 32, amount(200));
            case 9 -> new Step.WithdrawLicence(recent());
            case 10, 11 ->
                new Step.GrantLicence(
                        recent(), anyone(), random.nextInt(8) == 0, perhaps(Duration.ofMillis(random.nextInt(60_000))));
            case 12 -> new Step.RevokeLicence(recent(), anyone());
            default -> new Step.ClaimPool(recent(), anyone(), twist());
        };
    }

    private Step.Operation ofChannels() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Step.OpenChannel(anyone(), amount(300));
            case 2 -> new Step.Raise(recent(), amount(100));
            case 3, 4, 5, 6 -> new Step.Redeem(recent(), amount(80), random.nextInt(4) > 0, twist());
            case 7 -> new Step.CloseChannel(recent());
            case 8 -> new Step.SettleEpoch(lines(), random.nextInt(6) > 0);
            default -> new Step.ClaimLine(random.nextInt(3), random.nextInt(5), twist());
        };
    }

    private Step.Operation ofRounds() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                int organiser = random.nextInt(5_000);
                yield new Step.StartRound(
                        recent(), 1 + random.nextInt(3_000), amount(30), time(), organiser, random.nextInt(5_000));
            }
            case 3, 4, 5, 6 ->
                new Step.PledgeTo(random.nextInt(3), kind(), amount(60).units());
            case 7, 8 -> new Step.Accept(random.nextInt(3), anyone(), kind());
            case 9, 10 -> new Step.Conclude(random.nextInt(3), name(), name(), twist());
            default -> new Step.Refund(random.nextInt(3));
        };
    }

    private List<Step.Line> lines() {
        return IntStream.rangeClosed(0, random.nextInt(4))
                .mapToObj(line -> new Step.Line(
                        anyone(), amount(50), random.nextInt(3) == 0 ? Optional.of(recent()) : Optional.empty()))
                .toList();
    }

    private List<Step.Use> uses(int most) {
        return IntStream.range(0, random.nextInt(most + 1))
                .mapToObj(use -> new Step.Use(random.nextInt(NAMES), 1 + random.nextInt(10_000 / most)))
                .toList();
    }

    private StyleTerms terms() {
        return new StyleTerms(
                random.nextInt(8) == 0 ? Amount.ZERO : Amount.of(1 + random.nextInt(12)),
                random.nextInt(8) == 0 ? Amount.ZERO : Amount.of(random.nextInt(60)),
                perhaps(Duration.ofSeconds(1 + random.nextInt(120))),
                random.nextInt(5) == 0 ? Optional.empty() : Optional.of(Amount.of(random.nextInt(20))));
    }

    private Step.Twist twist() {
        return switch (random.nextInt(12)) {
            case 0 -> Step.Twist.CHANGED;
            case 1 -> Step.Twist.FOREIGN;
            default -> Step.Twist.NONE;
        };
    }

    private Pledge.Kind kind() {
        return random.nextBoolean() ? Pledge.Kind.MONEY : pick(List.of(Pledge.Kind.values()));
    }

    private int name() {
        return random.nextInt(NAMES);
    }

    private Amount amount(int usual) {
        return switch (random.nextInt(25)) {
            case 0 -> Amount.ZERO;
            case 1 -> Amount.MAX;
            default -> Amount.of(1 + random.nextInt(usual));
        };
    }

    private int recent() {
        return random.nextInt(RECENT);
    }

    private Duration lease() {
        return random.nextInt(20) == 0
                ? Duration.ofMillis(random.nextInt(1000))
                : Duration.ofSeconds(1 + random.nextInt(30));
    }

    private Duration time() {
        return switch (random.nextInt(15)) {
            case 0 -> Duration.ZERO;
            case 1 -> Duration.ofDays(400);
            default -> Duration.ofSeconds(1 + random.nextInt(300));
        };
    }

    private Duration passingTime() {
        return switch (random.nextInt(25)) {
            case 0 -> random.nextBoolean() ? Duration.ofDays(1) : Duration.ofMinutes(10);
            case 1 -> clockStepsBack ? Duration.ofSeconds(-random.nextInt(100)) : Duration.ZERO;
            default -> Duration.ofMillis(random.nextInt(8000));
        };
    }

    private <T> Optional<T> perhaps(T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
