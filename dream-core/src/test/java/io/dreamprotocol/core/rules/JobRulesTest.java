package io.dreamprotocol.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class JobRulesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final Instant DEADLINE = START.plus(Duration.ofMinutes(5));
    private static final AccountId REQUESTER = new AccountId("ed25519:aa");
    private static final AccountId WORKER = new AccountId("ed25519:bb");
    private static final AccountId OTHER = new AccountId("ed25519:cc");
    /** Two megapixels in each of ten steps. */
    private static final Work WORK = new Work(2_000_000, 10);

    private static final Amount MAXIMUM = Amount.of(1000);
    private static final Amount ASK = Amount.of(30);
    private static final Delivery DELIVERY = new Delivery(cid("image"), cid("receipt"));
    private static final JobFailure TROUBLE = new JobFailure(ErrorCode.ENGINE_FAILED, "out of luck", false);

    private static Cid cid(String text) {
        return Cid.of(Cid.Codec.RAW, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static JobSubmission submission(Amount maximumFee, Instant deadline) {
        ModelId model = new ModelId("dream-mini", Bytes.sha256(new byte[0]));
        return new JobSubmission(cid("request"), model, WORK, maximumFee, deadline);
    }

    private static Transition openJob() {
        return JobRules.open(new JobId("j1"), REQUESTER, submission(MAXIMUM, DEADLINE), START);
    }

    private static Job claimedJob() {
        return JobRules.claim(openJob().job(), WORKER, ASK, LEASE, START).job();
    }

    private static Job submittedJob() {
        return JobRules.deliver(claimedJob(), WORKER, DELIVERY, START).job();
    }

    private static ErrorCode codeOf(ThrowingCallable call) {
        return catchThrowableOfType(DreamException.class, call).code();
    }

    private static Posting posting(AccountId account, long available, long escrowed) {
        return new Posting(account, BigInteger.valueOf(available), BigInteger.valueOf(escrowed));
    }

    @Test
    void openingPutsTheMaximumFeeIntoEscrow() {
        Transition opened = openJob();

        assertThat(opened.job().state()).isEqualTo(JobState.OPEN);
        assertThat(opened.postings()).containsExactly(posting(REQUESTER, -1000, 1000));
        assertThat(opened.kind()).isEqualTo(LedgerEvent.Kind.SUBMITTED);
        assertThat(opened.amount()).isEqualTo(MAXIMUM);
    }

    @Test
    void aFeeOfNothingIsRefused() {
        assertThat(codeOf(() -> JobRules.open(new JobId("j"), REQUESTER, submission(Amount.ZERO, DEADLINE), START)))
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
    }

    @Test
    void aDeadlineLiesBetweenNowAndSevenDays() {
        Instant last = START.plus(Ledger.MAX_JOB_TIME);
        assertThat(codeOf(() -> JobRules.open(new JobId("j"), REQUESTER, submission(MAXIMUM, START), START)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(codeOf(
                        () -> JobRules.open(new JobId("j"), REQUESTER, submission(MAXIMUM, last.plusMillis(1)), START)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(JobRules.open(new JobId("j"), REQUESTER, submission(MAXIMUM, last), START)
                        .job()
                        .state())
                .isEqualTo(JobState.OPEN);
    }

    @Test
    void claimingFixesTheAskAndTheLease() {
        Job claimed = claimedJob();

        assertThat(claimed.state()).isEqualTo(JobState.CLAIMED);
        assertThat(claimed.assignment()).contains(new Assignment(WORKER, ASK, START.plus(LEASE), 0));
    }

    @Test
    void claimingTwiceConflicts() {
        assertThat(codeOf(() -> JobRules.claim(claimedJob(), OTHER, ASK, LEASE, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void anAskMayCostTheMaximumFeeButNotMore() {
        // 20 megapixel-steps at 50 are 1,000.
        assertThat(JobRules.claim(openJob().job(), WORKER, Amount.of(50), LEASE, START)
                        .job()
                        .state())
                .isEqualTo(JobState.CLAIMED);
        assertThat(codeOf(() -> JobRules.claim(openJob().job(), WORKER, Amount.of(51), LEASE, START)))
                .isEqualTo(ErrorCode.INSUFFICIENT_FUNDS);
        assertThat(codeOf(() -> JobRules.claim(openJob().job(), WORKER, Amount.MAX, LEASE, START)))
                .isEqualTo(ErrorCode.INSUFFICIENT_FUNDS);
    }

    @Test
    void aLeaseIsNeitherTooShortNorTooLong() {
        for (Duration lease : List.of(
                Duration.ZERO,
                WorkExchange.MIN_LEASE.minusMillis(1),
                WorkExchange.MAX_LEASE.plusMillis(1),
                Duration.ofSeconds(-5))) {
            assertThat(codeOf(() -> JobRules.claim(openJob().job(), WORKER, ASK, lease, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(codeOf(() -> JobRules.heartbeat(claimedJob(), WORKER, 1, lease, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void aHeartbeatRenewsTheLeaseAndNotesSteps() {
        Instant later = START.plusSeconds(20);
        Transition beat = JobRules.heartbeat(claimedJob(), WORKER, 4, LEASE, later);

        assertThat(beat.job().assignment()).contains(new Assignment(WORKER, ASK, later.plus(LEASE), 4));
        assertThat(beat.job().since()).isEqualTo(START);
        assertThat(beat.event(EventCursor.START, later).stepsDone()).isEqualTo(4);
        assertThat(JobRules.heartbeat(beat.job(), WORKER, 4, LEASE, later).job())
                .isEqualTo(beat.job());
    }

    @Test
    void stepsNeverGoBackOrBeyondTheEnd() {
        Job job = JobRules.heartbeat(claimedJob(), WORKER, 4, LEASE, START).job();

        for (int steps : new int[] {-1, 3, 11, Integer.MAX_VALUE}) {
            assertThat(codeOf(() -> JobRules.heartbeat(job, WORKER, steps, LEASE, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void onlyTheHolderMayActOnAClaimedJob() {
        assertThat(codeOf(() -> JobRules.heartbeat(claimedJob(), OTHER, 1, LEASE, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        assertThat(codeOf(() -> JobRules.deliver(claimedJob(), OTHER, DELIVERY, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        assertThat(codeOf(() -> JobRules.abandon(claimedJob(), OTHER, TROUBLE, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
    }

    @Test
    void aLeaseRunsOutAtItsInstant() {
        Job claimed = claimedJob();

        assertThat(JobRules.overdue(claimed, START.plus(LEASE).minusMillis(1))).isEmpty();
        List<Transition> overdue = JobRules.overdue(claimed, START.plus(LEASE));

        assertThat(overdue).hasSize(1);
        Job reopened = overdue.getFirst().job();
        assertThat(overdue.getFirst().kind()).isEqualTo(LedgerEvent.Kind.REOPENED);
        assertThat(reopened.state()).isEqualTo(JobState.OPEN);
        assertThat(reopened.attempts()).isEqualTo(1);
        assertThat(reopened.assignment()).isEmpty();
        assertThat(reopened.failure()).map(JobFailure::code).contains(ErrorCode.LEASE_LOST);
    }

    @Test
    void theWorkerThatLostItsLeaseMayClaimAgain() {
        Instant later = START.plus(LEASE);
        Job reopened = JobRules.overdue(claimedJob(), later).getFirst().job();

        assertThat(codeOf(() -> JobRules.deliver(reopened, WORKER, DELIVERY, later)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        Job again = JobRules.claim(reopened, WORKER, ASK, LEASE, later).job();
        assertThat(again.assignment()).map(Assignment::stepsDone).contains(0);
        assertThat(again.failure()).isEmpty();
    }

    @Test
    void theWorkerThatGaveTheJobBackMayNot() {
        Transition abandoned = JobRules.abandon(claimedJob(), WORKER, TROUBLE, START);

        assertThat(abandoned.kind()).isEqualTo(LedgerEvent.Kind.REOPENED);
        assertThat(abandoned.job().failure()).contains(TROUBLE);
        assertThat(codeOf(() -> JobRules.claim(abandoned.job(), WORKER, ASK, LEASE, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
        assertThat(JobRules.claim(abandoned.job(), OTHER, ASK, LEASE, START)
                        .job()
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    void aPermanentFailureFailsTheJobAtOnce() {
        JobFailure permanent = new JobFailure(ErrorCode.INVALID_SIZE, "cannot be", true);
        Transition failed = JobRules.abandon(claimedJob(), WORKER, permanent, START);

        assertThat(failed.job().state()).isEqualTo(JobState.FAILED);
        assertThat(failed.job().failure()).contains(permanent);
        assertThat(failed.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
        assertThat(failed.amount()).isEqualTo(MAXIMUM);
    }

    @Test
    void theLastAttemptFailsTheJob() {
        Job job = claimedJob();
        Instant now = START;
        for (int attempt = 1; attempt < Ledger.MAX_ATTEMPTS; attempt++) {
            now = now.plus(LEASE);
            job = JobRules.overdue(job, now).getLast().job();
            assertThat(job.state()).isEqualTo(JobState.OPEN);
            job = JobRules.claim(job, WORKER, ASK, LEASE, now).job();
        }
        Transition last = JobRules.overdue(job, now.plus(LEASE)).getLast();

        assertThat(last.kind()).isEqualTo(LedgerEvent.Kind.FAILED);
        assertThat(last.job().attempts()).isEqualTo(Ledger.MAX_ATTEMPTS);
        assertThat(last.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void theDeadlineExpiresAnOpenJob() {
        Job job = openJob().job();

        assertThat(JobRules.overdue(job, DEADLINE.minusMillis(1))).isEmpty();
        Transition expired = JobRules.overdue(job, DEADLINE).getFirst();
        assertThat(expired.job().state()).isEqualTo(JobState.EXPIRED);
        assertThat(expired.kind()).isEqualTo(LedgerEvent.Kind.EXPIRED);
        assertThat(expired.amount()).isEqualTo(MAXIMUM);
        assertThat(expired.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void theDeadlineExpiresAClaimedJobWhateverItsLease() {
        Job held = JobRules.heartbeat(claimedJob(), WORKER, 9, WorkExchange.MAX_LEASE, START)
                .job();
        List<Transition> overdue = JobRules.overdue(held, DEADLINE);

        assertThat(overdue).extracting(Transition::kind).containsExactly(LedgerEvent.Kind.EXPIRED);
        assertThat(overdue.getFirst().postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void aJobIsTheSameWheneverOneLooks() {
        Job claimed = claimedJob();
        Job atOnce =
                JobRules.overdue(claimed, DEADLINE.plusSeconds(1)).getLast().job();
        Job lost = JobRules.overdue(claimed, START.plus(LEASE).plusSeconds(3))
                .getLast()
                .job();
        Job later = JobRules.overdue(lost, DEADLINE.plusSeconds(99)).getLast().job();

        assertThat(later).isEqualTo(atOnce);
        assertThat(atOnce.since()).isEqualTo(DEADLINE);
        assertThat(atOnce.settlement().orElseThrow().at()).isEqualTo(DEADLINE);
    }

    @Test
    void aSubmittedJobNeverExpires() {
        assertThat(JobRules.overdue(submittedJob(), DEADLINE.plus(Duration.ofDays(9999))))
                .isEmpty();
        assertThat(JobRules.due(submittedJob())).isEmpty();
    }

    @Test
    void aResultCanBeHandedInUntilTheLeaseEnds() {
        Job delivered = JobRules.deliver(
                        claimedJob(), WORKER, DELIVERY, START.plus(LEASE).minusMillis(1))
                .job();

        assertThat(delivered.state()).isEqualTo(JobState.SUBMITTED);
        assertThat(delivered.delivery()).contains(DELIVERY);
        assertThat(delivered.assignment()).map(Assignment::stepsDone).contains(10);
    }

    @Test
    void aJobThatIsOverdueMustBeBroughtUpToDateFirst() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobRules.deliver(claimedJob(), WORKER, DELIVERY, START.plus(LEASE)));
    }

    @Test
    void aSecondResultConflicts() {
        assertThat(codeOf(() -> JobRules.deliver(submittedJob(), WORKER, DELIVERY, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void settlingPaysTheWorkerAndReturnsTheRest() {
        Transition settled = JobRules.settle(submittedJob(), REQUESTER, WINDOW, START);

        assertThat(settled.job().state()).isEqualTo(JobState.SETTLED);
        assertThat(settled.job().settlement())
                .contains(new Settlement(
                        List.of(new Payment(WORKER, Amount.of(600), Payment.Purpose.WORK)), Amount.of(400), START));
        assertThat(settled.postings()).containsExactly(posting(REQUESTER, 400, -1000), posting(WORKER, 600, 0));
        assertThat(settled.account()).isEqualTo(WORKER);
        assertThat(settled.amount()).isEqualTo(Amount.of(600));
    }

    @Test
    void othersSettleAfterTheWindow() {
        Instant end = START.plus(WINDOW);

        assertThat(codeOf(() -> JobRules.settle(submittedJob(), WORKER, WINDOW, end.minusMillis(1))))
                .isEqualTo(ErrorCode.NOT_PERMITTED);
        assertThat(JobRules.settle(submittedJob(), OTHER, WINDOW, end).job().state())
                .isEqualTo(JobState.SETTLED);
    }

    @Test
    void aSettledJobIsNotPaidAgain() {
        Job settled = JobRules.settle(submittedJob(), REQUESTER, WINDOW, START).job();

        assertThat(codeOf(() -> JobRules.settle(settled, REQUESTER, WINDOW, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
        assertThat(codeOf(() -> JobRules.cancel(settled, REQUESTER, START))).isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void cancellingAnOpenJobRefundsItWhole() {
        Transition cancelled = JobRules.cancel(openJob().job(), REQUESTER, START);

        assertThat(cancelled.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
        assertThat(cancelled.amount()).isEqualTo(Amount.ZERO);
        assertThat(cancelled.job().settlement()).contains(new Settlement(List.of(), MAXIMUM, START));
    }

    @Test
    void cancellingAClaimedJobPaysForTheStepsReported() {
        Job held = JobRules.heartbeat(claimedJob(), WORKER, 3, LEASE, START).job();
        Transition cancelled = JobRules.cancel(held, REQUESTER, START);

        assertThat(cancelled.postings()).containsExactly(posting(REQUESTER, 820, -1000), posting(WORKER, 180, 0));
        assertThat(cancelled.amount()).isEqualTo(Amount.of(180));
        assertThat(codeOf(() -> JobRules.heartbeat(cancelled.job(), WORKER, 4, LEASE, START)))
                .isEqualTo(ErrorCode.JOB_CANCELLED);
        assertThat(codeOf(() -> JobRules.heartbeat(cancelled.job(), OTHER, 4, LEASE, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
    }

    @Test
    void onlyTheRequesterCancelsAndOnlyBeforeTheResult() {
        assertThat(codeOf(() -> JobRules.cancel(claimedJob(), WORKER, START))).isEqualTo(ErrorCode.NOT_PERMITTED);
        assertThat(codeOf(() -> JobRules.cancel(submittedJob(), REQUESTER, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void whoWorksForThemselvesGetsTheirMoneyBackInOnePosting() {
        Job own = JobRules.claim(openJob().job(), REQUESTER, ASK, LEASE, START).job();
        Job delivered = JobRules.deliver(own, REQUESTER, DELIVERY, START).job();

        assertThat(JobRules.settle(delivered, REQUESTER, WINDOW, START).postings())
                .containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void feesRoundDown() {
        JobSubmission small = new JobSubmission(
                cid("request"),
                new ModelId("dream-mini", Bytes.sha256(new byte[0])),
                new Work(333_333, 3),
                Amount.of(1),
                DEADLINE);
        Job open = JobRules.open(new JobId("j2"), REQUESTER, small, START).job();
        // 0.999999 megapixel-steps at 1 are less than the smallest unit.
        Job claimed = JobRules.claim(open, WORKER, Amount.of(1), LEASE, START).job();
        Job delivered = JobRules.deliver(claimed, WORKER, DELIVERY, START).job();
        Transition settled = JobRules.settle(delivered, REQUESTER, WINDOW, START);

        assertThat(settled.job().settlement()).contains(new Settlement(List.of(), Amount.of(1), START));
    }

    @Test
    void theLargestFeeIsPaidExactly() {
        JobSubmission huge = new JobSubmission(
                cid("request"),
                new ModelId("dream-mini", Bytes.sha256(new byte[0])),
                new Work(1_000_000, 1),
                Amount.MAX,
                DEADLINE);
        Job open = JobRules.open(new JobId("j3"), REQUESTER, huge, START).job();
        Job claimed = JobRules.claim(open, WORKER, Amount.MAX, LEASE, START).job();
        Job delivered = JobRules.deliver(claimed, WORKER, DELIVERY, START).job();

        assertThat(JobRules.settle(delivered, REQUESTER, WINDOW, START).amount())
                .isEqualTo(Amount.MAX);
    }
}
