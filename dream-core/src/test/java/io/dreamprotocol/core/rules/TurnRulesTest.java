package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.cid;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose turn it is to claim a job. */
class TurnRulesTest {
    private static final AccountId REQUESTER = new AccountId("ed25519:ff");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration TURN = WorkExchange.TURN;
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));
    private static final ModelId ANOTHER = new ModelId("another", Bytes.sha256(new byte[1]));

    private final FakeLedger ledger = new FakeLedger().fund(REQUESTER, 10_000);
    private final Job job = ledger.carryOut(JobRules.open(
            new JobId("job"),
            REQUESTER,
            new JobSubmission(cid("request"), MODEL, new Work(1_000_000, 1), Amount.of(100), NOW.plusSeconds(300)),
            ledger,
            NOW));

    private void offer(AccountId worker, long ask, ModelId model) {
        ModelDescriptor descriptor = new ModelDescriptor(
                model,
                "stable-diffusion-1",
                List.of(),
                new ModelDefaults(128, 128, 20, 5, "euler"),
                new ModelLimits(8, 64, 256, 1 << 16),
                List.of("euler"));
        ledger.offers.add(new WorkerOffer(worker, Amount.of(ask), List.of(descriptor), NOW.plusSeconds(600)));
    }

    private void claim(AccountId worker, long ask, Instant now) {
        ledger.carryOut(JobRules.claim(ledger.job(job.id()), worker, Amount.of(ask), LEASE, ledger, now));
    }

    private void assertItsTurnBeginsAt(AccountId worker, long ask, Instant turn) {
        assertRefused(ErrorCode.NOT_PERMITTED, () -> claim(worker, ask, turn.minusMillis(1)));
        assertThatNoException().isThrownBy(() -> claim(worker, ask, turn));
    }

    @Test
    void theCheapestClaimsAtOnce() {
        offer(WORKER, 10, MODEL);
        offer(account(1), 11, MODEL);

        assertThatNoException().isThrownBy(() -> claim(WORKER, 10, NOW));
    }

    @Test
    void eachWorkerWaitsATurnForEveryCheaperOne() {
        offer(WORKER, 30, MODEL);
        offer(account(1), 10, MODEL);
        offer(account(2), 20, MODEL);

        assertItsTurnBeginsAt(WORKER, 30, NOW.plus(TURN).plus(TURN));
    }

    @Test
    void amongEqualsTheAccountDecides() {
        offer(WORKER, 10, MODEL);
        offer(account(1), 10, MODEL);

        assertThatNoException().isThrownBy(() -> claim(WORKER, 10, NOW));
    }

    @Test
    void workersWithoutAnOfferComeLast() {
        offer(account(1), 90, MODEL);

        assertItsTurnBeginsAt(WORKER, 1, NOW.plus(TURN));
    }

    @Test
    void nobodyWaitsForMoreThanFiveOthers() {
        for (int number = 0; number < 9; number++) {
            offer(account(number), number, MODEL);
        }

        assertItsTurnBeginsAt(WORKER, 1, NOW.plus(TURN.multipliedBy(WorkExchange.MAX_TURNS)));
    }

    @Test
    void offersOfOtherModelsDoNotCount() {
        offer(account(1), 1, ANOTHER);

        assertThatNoException().isThrownBy(() -> claim(WORKER, 50, NOW));
    }

    @Test
    void whoGaveTheJobBackIsNotWaitedFor() {
        offer(account(1), 1, MODEL);
        claim(account(1), 1, NOW);
        JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "no", false);
        ledger.carryOut(JobRules.abandon(ledger.job(job.id()), account(1), failure, ledger, NOW));

        assertThatNoException().isThrownBy(() -> claim(WORKER, 50, NOW));
    }

    @Test
    void aJobThatOpensAgainHasItsTurnsAgain() {
        offer(account(1), 1, MODEL);
        claim(WORKER, 5, NOW.plus(TURN));
        Instant lost = NOW.plus(TURN).plus(LEASE);
        JobRules.overdue(ledger.job(job.id()), ledger, lost).forEach(ledger::carryOut);

        assertItsTurnBeginsAt(WORKER, 5, lost.plus(TURN));
    }

    @Test
    void nobodyAsksForMoreThanItOffered() {
        offer(WORKER, 10, MODEL);

        assertRefused(ErrorCode.NOT_PERMITTED, () -> claim(WORKER, 11, NOW.plusSeconds(60)));
        assertThatNoException().isThrownBy(() -> claim(WORKER, 9, NOW));
    }
}
