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

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A job's life from its submission to its settlement. */
interface JobContract {
    LedgerFixture fixture();

    @Test
    default void submittingOpensAJobAndPutsItsMaximumFeeIntoEscrow() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobSubmission submission = f.submission();
        Job job = f.ledger().submit(f.requester, submission, key());

        assertThat(job)
                .isEqualTo(new Job(
                        job.id(),
                        f.requester.account(),
                        submission,
                        List.of(),
                        JobState.OPEN,
                        f.clock.instant(),
                        f.clock.instant(),
                        0,
                        Set.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(f.find(job)).isEqualTo(job);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
    }

    @Test
    default void theSameRequestMakesAnotherJobUnderAnotherKey() {
        LedgerFixture f = fixture();
        f.fundRequester();

        assertThat(f.openJob().id()).isNotEqualTo(f.openJob().id());
        assertThat(f.balance(f.requester)).isEqualTo(coins(8000, 2000));
    }

    @Test
    default void aFeeThatIsNotAvailableIsRefused() {
        LedgerFixture f = fixture();
        f.fund(f.requester, Amount.of(999));

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, f::openJob);
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.ledger().submit(f.requester, f.submission(Amount.MAX, JOB_TIME), key()));
        f.assertRefused(
                ErrorCode.INVALID_AMOUNT,
                () -> f.ledger().submit(f.requester, f.submission(Amount.ZERO, JOB_TIME), key()));
    }

    @Test
    default void aDeadlineLiesAheadAndWithinSevenDays() {
        LedgerFixture f = fixture();
        f.fundRequester();

        for (Duration time : List.of(
                Duration.ofMillis(-1), Duration.ZERO, Ledger.MAX_JOB_TIME.plusMillis(1), Duration.ofDays(9999))) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> f.ledger().submit(f.requester, f.submission(MAXIMUM_FEE, time), key()));
        }
        JobSubmission last = f.submission(MAXIMUM_FEE, Ledger.MAX_JOB_TIME);
        assertThat(f.ledger().submit(f.requester, last, key()).submission()).isEqualTo(last);
    }

    @Test
    default void claimingFixesTheWorkerAndItsPrice() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();

        assertThat(claimed.state()).isEqualTo(JobState.CLAIMED);
        assertThat(claimed.assignment())
                .contains(new Assignment(
                        f.worker.account(),
                        ASK,
                        f.clock.instant(),
                        f.clock.instant().plus(LEASE),
                        0,
                        Optional.empty()));
        assertThat(f.find(claimed)).isEqualTo(claimed);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
    }

    @Test
    default void claimingTwiceConflicts() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();

        for (Signer again : List.of(f.worker, f.other)) {
            f.assertRefused(
                    ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().claim(again, claimed.id(), ASK, LEASE, key()));
        }
    }

    @Test
    default void aPriceBeyondTheMaximumFeeIsRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();

        for (Amount ask : List.of(Amount.of(51), Amount.MAX)) {
            f.assertRefused(
                    ErrorCode.INSUFFICIENT_FUNDS, () -> f.exchange().claim(f.worker, job.id(), ask, LEASE, key()));
        }
        assertThat(f.exchange()
                        .claim(f.worker, job.id(), Amount.of(50), LEASE, key())
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void aResultWaitsForItsSettlement() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job submitted = f.submittedJob();

        assertThat(submitted.state()).isEqualTo(JobState.SUBMITTED);
        assertThat(submitted.delivery()).contains(DELIVERY);
        assertThat(submitted.since()).isEqualTo(f.clock.instant());
        assertThat(f.find(submitted)).isEqualTo(submitted);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9000, 1000));
        assertThat(f.balance(f.worker)).isEqualTo(coins(0, 0));
    }

    @Test
    default void settlingPaysTheWorkerAndReturnsTheRest() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job settled = f.ledger().settle(f.requester, f.submittedJob().id(), key());

        assertThat(settled.state()).isEqualTo(JobState.SETTLED);
        Payment payment = new Payment(f.worker.account(), Amount.of(600), Payment.Purpose.WORK);
        assertThat(settled.settlement()).contains(new Settlement(List.of(payment), Amount.of(400), f.clock.instant()));
        assertThat(f.find(settled)).isEqualTo(settled);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9400, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(600, 0));
        assertThat(f.ledger().withdraw(f.worker, Amount.of(600), key())).isEqualTo(coins(0, 0));
    }

    @Test
    default void theLargestFeeIsPaidExactly() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.LARGEST_AMOUNT);
        f.fund(f.requester, Amount.MAX);
        JobSubmission submission = new JobSubmission(
                LedgerFixture.cid("request"),
                LedgerFixture.MODEL,
                new Work(1_000_000, 1),
                Amount.MAX,
                f.clock.instant().plus(JOB_TIME));
        Job job = f.ledger().submit(f.requester, submission, key());
        f.exchange().claim(f.worker, job.id(), Amount.MAX, LEASE, key());
        f.ledger().deliver(f.worker, job.id(), DELIVERY, key());
        f.ledger().settle(f.requester, job.id(), key());

        assertThat(f.balance(f.worker)).isEqualTo(new Balance(Amount.MAX, Amount.ZERO));
        assertThat(f.balance(f.requester)).isEqualTo(coins(0, 0));
    }

    @Test
    default void aFeeRoundsDown() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobSubmission submission = new JobSubmission(
                LedgerFixture.cid("request"),
                LedgerFixture.MODEL,
                new Work(333_333, 3),
                Amount.of(10),
                f.clock.instant().plus(JOB_TIME));
        Job job = f.ledger().submit(f.requester, submission, key());
        // 7 for 0.999999 megapixel-steps are 6.999993.
        f.exchange().claim(f.worker, job.id(), Amount.of(7), LEASE, key());
        f.ledger().deliver(f.worker, job.id(), DELIVERY, key());
        f.ledger().settle(f.requester, job.id(), key());

        assertThat(f.balance(f.worker)).isEqualTo(coins(6, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9994, 0));
    }

    @Test
    default void aWorkerMayAskForNothing() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        f.exchange().claim(f.worker, job.id(), Amount.ZERO, LEASE, key());
        f.ledger().deliver(f.worker, job.id(), DELIVERY, key());
        Job settled = f.ledger().settle(f.requester, job.id(), key());

        assertThat(settled.settlement().orElseThrow().payments()).isEmpty();
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void oneAccountMayBeRequesterAndWorker() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        f.exchange().claim(f.requester, job.id(), ASK, LEASE, key());
        f.ledger().deliver(f.requester, job.id(), DELIVERY, key());
        f.ledger().settle(f.requester, job.id(), key());

        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void othersSettleOnceTheWindowHasPassed() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Duration window = f.ledger().info().settlementWindow();
        Job submitted = f.submittedJob();
        f.advance(window.minusMillis(1));
        for (Signer tooEarly : List.of(f.worker, f.other)) {
            f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.ledger().settle(tooEarly, submitted.id(), key()));
        }
        f.advance(Duration.ofMillis(1));

        assertThat(f.ledger().settle(f.other, submitted.id(), key()).state()).isEqualTo(JobState.SETTLED);
        assertThat(f.balance(f.worker)).isEqualTo(coins(600, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(0, 0));
    }

    @Test
    default void aJobIsPaidOnce() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job settled = f.ledger().settle(f.requester, f.submittedJob().id(), key());

        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().settle(f.requester, settled.id(), key()));
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().cancel(f.requester, settled.id(), key()));
        f.assertRefused(
                ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().deliver(f.worker, settled.id(), DELIVERY, key()));
        f.assertRefused(
                ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().claim(f.worker, settled.id(), ASK, LEASE, key()));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().abandon(f.worker, settled.id(), TROUBLE, key()));
    }

    @Test
    default void onlyAResultIsSettled() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job open = f.openJob();
        Job claimed = f.claimedJob();

        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().settle(f.requester, open.id(), key()));
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().settle(f.requester, claimed.id(), key()));
    }

    @Test
    default void cancellingAnOpenJobRefundsItWhole() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job cancelled = f.ledger().cancel(f.requester, f.openJob().id(), key());

        assertThat(cancelled.state()).isEqualTo(JobState.CANCELLED);
        assertThat(cancelled.settlement()).contains(new Settlement(List.of(), MAXIMUM_FEE, f.clock.instant()));
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void cancellingAClaimedJobPaysForTheStepsDone() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        f.exchange().heartbeat(f.worker, claimed.id(), 3, LEASE);
        Job cancelled = f.ledger().cancel(f.requester, claimed.id(), key());

        assertThat(cancelled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(180));
        assertThat(f.balance(f.worker)).isEqualTo(coins(180, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9820, 0));
        f.assertRefused(ErrorCode.JOB_CANCELLED, () -> f.exchange().heartbeat(f.worker, claimed.id(), 4, LEASE));
        f.assertRefused(
                ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().deliver(f.worker, claimed.id(), DELIVERY, key()));
    }

    @Test
    default void onlyTheRequesterCancelsAndOnlyBeforeTheResult() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();

        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.ledger().cancel(f.worker, claimed.id(), key()));
        f.ledger().deliver(f.worker, claimed.id(), DELIVERY, key());
        f.assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().cancel(f.requester, claimed.id(), key()));
    }

    @Test
    default void onlyItsHolderActsOnAClaimedJob() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();

        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.ledger().deliver(f.other, claimed.id(), DELIVERY, key()));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().heartbeat(f.other, claimed.id(), 1, LEASE));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().abandon(f.other, claimed.id(), TROUBLE, key()));
    }

    @Test
    default void nobodyActsOnAnOpenJobWithoutClaimingIt() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job open = f.openJob();

        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.ledger().deliver(f.worker, open.id(), DELIVERY, key()));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().heartbeat(f.worker, open.id(), 1, LEASE));
        f.assertRefused(ErrorCode.LEASE_LOST, () -> f.exchange().abandon(f.worker, open.id(), TROUBLE, key()));
    }

    @Test
    default void aSecondResultConflicts() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job submitted = f.submittedJob();

        f.assertRefused(
                ErrorCode.JOB_STATE_CONFLICT, () -> f.ledger().deliver(f.worker, submitted.id(), DELIVERY, key()));
    }

    @Test
    default void aJobGivenBackIsOpenForOthersOnly() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job claimed = f.claimedJob();
        Job abandoned = f.exchange().abandon(f.worker, claimed.id(), TROUBLE, key());

        assertThat(abandoned.state()).isEqualTo(JobState.OPEN);
        assertThat(abandoned.attempts()).isEqualTo(1);
        assertThat(abandoned.assignment()).isEmpty();
        assertThat(abandoned.failure()).contains(TROUBLE);
        assertThat(abandoned.abandonedBy()).containsExactly(f.worker.account());
        f.assertRefused(
                ErrorCode.JOB_STATE_CONFLICT, () -> f.exchange().claim(f.worker, claimed.id(), ASK, LEASE, key()));
        assertThat(f.exchange().claim(f.other, claimed.id(), ASK, LEASE, key()).state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    default void aPermanentFailureEndsTheJobWithARefund() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobFailure permanent = new JobFailure(ErrorCode.INVALID_SIZE, "No model can do this", true);
        Job failed = f.exchange().abandon(f.worker, f.claimedJob().id(), permanent, key());

        assertThat(failed.state()).isEqualTo(JobState.FAILED);
        assertThat(failed.failure()).contains(permanent);
        assertThat(f.find(failed)).isEqualTo(failed);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void whateverAWorkerSaysIsKept() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobFailure failure = new JobFailure(ErrorCode.ENGINE_FAILED, "\uD800 '\"; \uD83D\uDE00".repeat(200), false);
        Job abandoned = f.exchange().abandon(f.worker, f.claimedJob().id(), failure, key());

        assertThat(f.find(abandoned).failure()).contains(failure);
    }

    @Test
    default void theThirdWorkerToGiveItBackEndsTheJob() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.openJob();
        for (int attempt = 1; attempt <= Ledger.MAX_ATTEMPTS; attempt++) {
            assertThat(f.find(job).state()).isEqualTo(JobState.OPEN);
            Signer next = f.newSigner();
            f.exchange().claim(next, job.id(), ASK, LEASE, key());
            f.exchange().abandon(next, job.id(), TROUBLE, key());
        }

        assertThat(f.find(job).state()).isEqualTo(JobState.FAILED);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    @Test
    default void aJobThatIsNotThereIsNotFound() {
        LedgerFixture f = fixture();
        f.fundRequester();
        JobId nowhere = new JobId("nowhere");

        assertThat(f.ledger().find(nowhere)).isEmpty();
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.ledger().deliver(f.worker, nowhere, DELIVERY, key()));
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.ledger().settle(f.requester, nowhere, key()));
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.ledger().cancel(f.requester, nowhere, key()));
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.exchange().claim(f.worker, nowhere, ASK, LEASE, key()));
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.exchange().heartbeat(f.worker, nowhere, 1, LEASE));
        f.assertRefused(ErrorCode.JOB_NOT_FOUND, () -> f.exchange().abandon(f.worker, nowhere, TROUBLE, key()));
    }

    @Test
    default void aJobSurvivesReopeningInEveryState() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        Job failed = f.exchange().abandon(f.worker, f.claimedJob().id(), TROUBLE, key());
        List<Job> jobs = List.of(
                f.openJob(),
                f.claimedJob(),
                f.submittedJob(),
                f.ledger().settle(f.requester, f.submittedJob().id(), key()),
                f.ledger().cancel(f.requester, f.claimedJob().id(), key()),
                failed);
        f.reopen();

        assertThat(jobs).allSatisfy(job -> assertThat(f.find(job)).isEqualTo(job));
    }
}
