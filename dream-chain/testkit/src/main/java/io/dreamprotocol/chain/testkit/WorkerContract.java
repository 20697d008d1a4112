package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.TROUBLE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleKind;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Workers' registration, stake and standing, and whose turn it is. */
interface WorkerContract {
    WorkerProfile PROFILE =
            new WorkerProfile(Set.of(StyleKind.LORA, StyleKind.CONTROL_NET), 1L << 40, Optional.of("worker.example:1"));
    Duration INSTANT = Duration.ofMillis(1);

    LedgerFixture fixture();

    @Test
    default void aWorkerRegistersWithItsStakeInEscrow() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        assertThat(f.exchange().worker(f.worker.account())).isEqualTo(WorkerRecord.unknown(f.worker.account()));
        EventCursor before = f.ledger().latest();
        WorkerRecord record = f.exchange().register(f.worker, PROFILE, Amount.of(60), key());

        assertThat(record)
                .isEqualTo(new WorkerRecord(f.worker.account(), Optional.of(PROFILE), Amount.of(60), 0, 0, 0, 0));
        assertThat(f.exchange().worker(f.worker.account())).isEqualTo(record);
        assertThat(f.exchange().workers()).containsExactly(record);
        assertThat(f.balance(f.worker)).isEqualTo(coins(40, 60));
        WorkerProfile changed = new WorkerProfile(Set.of(), 0, Optional.empty());
        WorkerRecord again = f.exchange().register(f.worker, changed, Amount.of(5), key());
        assertThat(again.profile()).contains(changed);
        assertThat(again.stake()).isEqualTo(Amount.of(65));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofMoney(Kind.WORKER_REGISTERED, f.worker, 60),
                        EventContract.Told.ofMoney(Kind.WORKER_REGISTERED, f.worker, 65));
    }

    @Test
    default void leavingGivesTheStakeBackAndKeepsTheStanding() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.worker, Amount.of(100));
        f.assertRefused(ErrorCode.STAKE_TOO_LOW, () -> f.exchange().leave(f.worker, key()));
        f.exchange().register(f.worker, PROFILE, Amount.of(60), key());
        f.ledger().settle(f.requester, f.submittedJob().id(), key());
        EventCursor before = f.ledger().latest();
        WorkerRecord left = f.exchange().leave(f.worker, key());

        assertThat(left).isEqualTo(new WorkerRecord(f.worker.account(), Optional.empty(), Amount.ZERO, 0, 1, 0, 0));
        assertThat(f.exchange().worker(f.worker.account())).isEqualTo(left);
        assertThat(f.exchange().workers()).isEmpty();
        assertThat(f.balance(f.worker)).isEqualTo(coins(700, 0));
        assertThat(f.toldAfter(before)).containsExactly(EventContract.Told.ofMoney(Kind.WORKER_LEFT, f.worker, 60));
        f.assertRefused(ErrorCode.STAKE_TOO_LOW, () -> f.exchange().leave(f.worker, key()));
    }

    @Test
    default void aWorkerWithJobsThatAreNotSettledStays() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.exchange().register(f.worker, PROFILE, Amount.ZERO, key());
        Job claimed = f.claimedJob();
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().leave(f.worker, key()));
        f.ledger().deliver(f.worker, claimed.id(), DELIVERY, key());
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().leave(f.worker, key()));
        f.ledger().settle(f.requester, claimed.id(), key());

        assertThat(f.exchange().leave(f.worker, key()).profile()).isEmpty();
    }

    @Test
    default void aStandingCountsWhatBecameOfTheJobs() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.ledger().settle(f.requester, f.submittedJob().id(), key());
        f.exchange().abandon(f.worker, f.claimedJob().id(), TROUBLE, key());
        f.ledger().cancel(f.requester, f.claimedJob().id(), key());
        f.claimedJob();
        f.claimedJob();
        f.advance(LEASE);
        f.ledger().expire();
        f.submittedJob();
        f.claimedJob();

        assertThat(f.exchange().worker(f.worker.account()))
                .isEqualTo(new WorkerRecord(f.worker.account(), Optional.empty(), Amount.ZERO, 2, 1, 3, 0));
    }

    @Test
    default void aLedgerMayAskForAStake() {
        LedgerFixture f = fixture().fresh(new LedgerSettings(0, Amount.of(50)));
        f.fundRequester();
        f.fund(f.worker, Amount.of(60));
        assertThat(f.ledger().info().minimumStake()).isEqualTo(Amount.of(50));
        Job job = f.openJob();
        f.assertRefused(ErrorCode.STAKE_TOO_LOW, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        f.assertRefused(ErrorCode.STAKE_TOO_LOW, () -> f.exchange().register(f.worker, PROFILE, Amount.of(49), key()));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS, () -> f.exchange().register(f.worker, PROFILE, Amount.of(61), key()));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS, () -> f.exchange().register(f.worker, PROFILE, Amount.MAX, key()));
        f.exchange().register(f.worker, PROFILE, Amount.of(50), key());

        assertThat(f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()).state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void workersAreListedByAccount() {
        LedgerFixture f = fixture();
        List<WorkerRecord> records = Stream.of(f.worker, f.other, f.requester)
                .map(worker -> f.exchange().register(worker, PROFILE, Amount.ZERO, key()))
                .sorted(Comparator.comparing(WorkerRecord::account))
                .toList();

        assertThat(f.exchange().workers()).isEqualTo(records);
    }

    @Test
    default void theCheapestWorkerComesFirst() {
        LedgerFixture f = fixture();
        f.fundRequester();
        announce(f, f.worker, 20);
        announce(f, f.other, 10);
        Job job = f.openJob();
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.exchange().claim(f.worker, job.id(), Amount.of(20), LEASE, key()));
        f.advance(WorkExchange.TURN.minus(INSTANT));
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.exchange().claim(f.worker, job.id(), Amount.of(20), LEASE, key()));

        assertThat(f.exchange()
                        .claim(f.other, job.id(), Amount.of(10), LEASE, key())
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void theNextCheapestMayClaimAfterATurn() {
        LedgerFixture f = fixture();
        f.fundRequester();
        announce(f, f.worker, 20);
        announce(f, f.other, 10);
        Job job = f.openJob();
        f.advance(WorkExchange.TURN);
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.exchange().claim(f.requester, job.id(), Amount.of(1), LEASE, key()));

        assertThat(f.exchange()
                        .claim(f.worker, job.id(), Amount.of(20), LEASE, key())
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void whoCannotServeIsNotWaitedFor() {
        LedgerFixture f = fixture();
        f.fundRequester();
        announce(f, f.other, 10);
        Job job = f.openJob();
        f.exchange().claim(f.other, job.id(), Amount.of(10), LEASE, key());
        f.exchange().abandon(f.other, job.id(), TROUBLE, key());
        assertThat(f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()).state())
                .isEqualTo(JobState.CLAIMED);
        f.exchange().retire(f.other);

        assertThat(f.exchange()
                        .claim(f.worker, f.openJob().id(), ASK, LEASE, key())
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void anOfferThatEndedIsNotWaitedFor() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.exchange().announce(f.other, offer(f, f.other, 10, Duration.ofSeconds(1)));
        Job job = f.openJob();
        f.advance(Duration.ofSeconds(1).minus(INSTANT));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        f.advance(INSTANT);

        assertThat(f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()).state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void nobodyAsksForMoreThanItOffered() {
        LedgerFixture f = fixture();
        f.fundRequester();
        announce(f, f.worker, 20);
        Job job = f.openJob();

        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.exchange().claim(f.worker, job.id(), Amount.of(21), LEASE, key()));
        assertThat(f.exchange()
                        .claim(f.worker, job.id(), Amount.of(19), LEASE, key())
                        .assignment()
                        .orElseThrow()
                        .ask())
                .isEqualTo(Amount.of(19));
    }

    @Test
    default void everyWriteOfWorkersHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        f.twice(key -> f.exchange().register(f.worker, PROFILE, Amount.of(30), key));
        assertThat(f.balance(f.worker)).isEqualTo(coins(70, 30));
        f.twice(key -> f.exchange().leave(f.worker, key));

        assertThat(f.balance(f.worker)).isEqualTo(coins(100, 0));
    }

    @Test
    default void workersSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        f.fund(f.worker, Amount.of(100));
        f.exchange().register(f.worker, PROFILE, Amount.of(30), key());
        f.claimedJob();
        WorkerRecord before = f.exchange().worker(f.worker.account());
        f.reopen();

        assertThat(before.held()).isEqualTo(1);
        assertThat(f.exchange().worker(f.worker.account())).isEqualTo(before);
        assertThat(f.exchange().workers()).containsExactly(before);
    }

    private static void announce(LedgerFixture f, Signer worker, long ask) {
        f.exchange().announce(worker, offer(f, worker, ask, Duration.ofMinutes(5)));
    }

    private static WorkerOffer offer(LedgerFixture f, Signer worker, long ask, Duration time) {
        return new WorkerOffer(
                worker.account(),
                Amount.of(ask),
                List.of(LedgerFixture.DESCRIPTOR),
                f.clock.instant().plus(time));
    }
}
