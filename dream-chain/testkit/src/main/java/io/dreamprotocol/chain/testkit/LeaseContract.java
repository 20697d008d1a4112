package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.JOB_TIME;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.MAXIMUM_FEE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.TROUBLE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkExchange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leases, deadlines, and what time does. */
interface LeaseContract {
    Duration INSTANT = Duration.ofMillis(1);

    LedgerFixture fixture();

    @Test
    default void aHeartbeatRenewsTheLeaseAndReportsSteps() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LEASE.minus(INSTANT));
        Job renewed = f.exchange().heartbeat(f.worker, claimed.id(), 4, LEASE);
        f.advance(LEASE.minus(INSTANT));

        assertThat(renewed.assignment().map(Assignment::stepsDone)).contains(4);
        assertThat(f.find(claimed)).isEqualTo(renewed);
        assertThat(f.exchange().heartbeat(f.worker, claimed.id(), 4, LEASE).state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void stepsOutOfRangeAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.exchange().heartbeat(f.worker, claimed.id(), 4, LEASE);

        for (int steps : new int[] {-1, 0, 3, 11, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> f.exchange().heartbeat(f.worker, claimed.id(), steps, LEASE));
        }
    }

    @Test
    default void leasesOutOfRangeAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job open = f.openJob();
        Job claimed = f.claimedJob();

        for (Duration lease : List.of(
                Duration.ofSeconds(-1),
                Duration.ZERO,
                WorkExchange.MIN_LEASE.minus(INSTANT),
                WorkExchange.MAX_LEASE.plus(INSTANT))) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> f.exchange().claim(f.worker, open.id(), ASK, lease, key()));
            f.assertRefused(ErrorCode.INVALID_REQUEST, () -> f.exchange().heartbeat(f.worker, claimed.id(), 1, lease));
        }
    }

    @Test
    default void aLostLeaseOpensTheJobAgain() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LEASE);
        Job lost = f.find(claimed);

        assertThat(lost.state()).isEqualTo(JobState.OPEN);
        assertThat(lost.attempts()).isEqualTo(1);
        assertThat(lost.assignment()).isEmpty();
        assertThat(lost.failure().map(JobFailure::code)).contains(ErrorCode.LEASE_LOST);
        assertThat(lost.since()).isEqualTo(f.clock.instant());
        f.ledger().expire();
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.ledger().deliver(f.worker, lost.id(), DELIVERY, key()));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().heartbeat(f.worker, lost.id(), 5, LEASE));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().abandon(f.worker, lost.id(), TROUBLE, key()));
    }

    @Test
    default void aResultComesInTimeUntilTheLastInstant() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LEASE.minus(INSTANT));

        assertThat(f.ledger().deliver(f.worker, claimed.id(), DELIVERY, key()).state())
                .isEqualTo(JobState.SUBMITTED);
    }

    @Test
    default void theWorkerThatLostItsLeaseMayClaimAgain() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LEASE);

        Job again = f.exchange().claim(f.worker, claimed.id(), ASK, LEASE, key());
        assertThat(again.state()).isEqualTo(JobState.CLAIMED);
        assertThat(again.attempts()).isEqualTo(1);
    }

    @Test
    default void anotherWorkerMayClaimAJobWhoseLeaseRanOut() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.advance(LEASE);
        f.exchange().claim(f.other, claimed.id(), ASK, LEASE, key());

        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.ledger().deliver(f.worker, claimed.id(), DELIVERY, key()));
        f.ledger().deliver(f.other, claimed.id(), DELIVERY, key());
        f.ledger().settle(f.requester, claimed.id(), key());
        assertThat(f.balance(f.worker)).isEqualTo(coins(0, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(600, 0));
    }

    @Test
    default void theThirdLostLeaseEndsTheJobWithARefund() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        for (int attempt = 1; attempt <= Ledger.MAX_ATTEMPTS; attempt++) {
            f.exchange().claim(f.worker, job.id(), ASK, LEASE, key());
            f.advance(LEASE);
        }
        f.ledger().expire();

        assertThat(f.find(job).state()).isEqualTo(JobState.FAILED);
        assertThat(f.find(job).attempts()).isEqualTo(Ledger.MAX_ATTEMPTS);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void anOpenJobExpiresAtItsDeadline() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        f.advance(JOB_TIME.minus(INSTANT));
        assertThat(f.find(job).state()).isEqualTo(JobState.OPEN);
        f.advance(INSTANT);

        f.ledger().expire();
        assertThat(f.find(job).state()).isEqualTo(JobState.EXPIRED);
        assertThat(f.find(job).settlement().orElseThrow().refund()).isEqualTo(MAXIMUM_FEE);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().claim(f.worker, job.id(), ASK, LEASE, key()));
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().cancel(f.requester, job.id(), key()));
    }

    @Test
    default void aClaimedJobExpiresAtItsDeadlineWhateverItsLease() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        f.exchange().claim(f.worker, job.id(), ASK, WorkExchange.MAX_LEASE, key());
        f.exchange().heartbeat(f.worker, job.id(), 9, WorkExchange.MAX_LEASE);
        f.advance(JOB_TIME);

        f.ledger().expire();
        assertThat(f.find(job).state()).isEqualTo(JobState.EXPIRED);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(0, 0));
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().deliver(f.worker, job.id(), DELIVERY, key()));
    }

    @Test
    default void aSubmittedJobNeverExpires() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job submitted = f.submittedJob();
        f.advance(Duration.ofDays(400));
        f.ledger().expire();

        assertThat(f.find(submitted)).isEqualTo(submitted);
        assertThat(f.ledger().settle(f.worker, submitted.id(), key()).state()).isEqualTo(JobState.SETTLED);
    }

    @Test
    default void expiringActsOnAllJobsAndCountsThem() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.openJob();
        f.claimedJob();
        f.claimedJob();
        f.submittedJob();
        assertThat(f.ledger().expire()).isZero();
        f.advance(LEASE);
        assertThat(f.ledger().expire()).isEqualTo(2);
        f.advance(JOB_TIME);
        assertThat(f.ledger().expire()).isEqualTo(3);
        assertThat(f.ledger().expire()).isZero();
        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
    }

    @Test
    default void aJobIsTheSameWheneverOneLooks() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job watched = f.claimedJob();
        Job unwatched = f.claimedJob();
        f.advance(LEASE.plusSeconds(5));
        f.find(watched);
        f.advance(JOB_TIME);
        f.ledger().expire();

        Job first = f.find(watched);
        Job second = f.find(unwatched);
        assertThat(second.since()).isEqualTo(second.submission().deadline());
        assertThat(second.attempts()).isEqualTo(1);
        assertThat(second.settlement()).isEqualTo(first.settlement());
        assertThat(second.failure()).isEqualTo(first.failure());
    }

    @Test
    default void timeNeverStepsBack() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.CLOCK_STEPS_BACK);
        f.fundRequester();
        Job claimed = f.claimedJob();
        Job open = f.openJob();
        f.advance(LEASE);
        f.ledger().expire();
        Instant latest = f.clock.instant();
        f.advance(Duration.ofDays(-3));

        assertThat(f.find(claimed).state()).isEqualTo(JobState.OPEN);
        Job again = f.exchange().claim(f.worker, open.id(), ASK, LEASE, key());
        assertThat(again.since()).isEqualTo(latest);
        assertThat(f.eventsAfter(EventCursor.START))
                .extracting(LedgerEvent::at)
                .isSorted()
                .last()
                .isEqualTo(latest);
    }

    @Test
    default void timeNeverStepsBackAfterReopeningEither() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.CLOCK_STEPS_BACK);
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        Instant latest = f.openJob().submittedAt();
        f.advance(Duration.ofDays(-3));
        f.reopen();
        f.advance(Duration.ofSeconds(1));

        assertThat(f.ledger()
                        .submit(f.requester, f.submission(MAXIMUM_FEE, Duration.ofDays(4)), key())
                        .submittedAt())
                .isEqualTo(latest);
    }
}
