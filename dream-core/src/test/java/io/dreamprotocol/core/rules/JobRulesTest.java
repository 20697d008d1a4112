package io.dreamprotocol.core.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    private final FakeLedger ledger = new FakeLedger().fund(REQUESTER, 100_000);

    private Change<Job> openJob() {
        return JobRules.open(new JobId("j1"), REQUESTER, submission(MAXIMUM, DEADLINE), ledger, START);
    }

    private Job claim(Job job, AccountId worker, Amount ask, Instant now) {
        return ledger.carryOut(JobRules.claim(job, worker, ask, LEASE, ledger, now));
    }

    private Job claimedJob() {
        return claim(ledger.carryOut(openJob()), WORKER, ASK, START);
    }

    private Job submittedJob() {
        return JobRules.deliver(claimedJob(), WORKER, DELIVERY, START).result();
    }

    private static Notice notice(Change<Job> change) {
        return change.notices().getFirst();
    }

    private static ErrorCode codeOf(ThrowingCallable call) {
        return catchThrowableOfType(DreamException.class, call).code();
    }

    private static Posting posting(AccountId account, long available, long escrowed) {
        return new Posting(account, BigInteger.valueOf(available), BigInteger.valueOf(escrowed));
    }

    @Test
    void openingPutsTheMaximumFeeIntoEscrow() {
        Change<Job> opened = openJob();

        assertThat(opened.result().state()).isEqualTo(JobState.OPEN);
        assertThat(opened.postings()).containsExactly(posting(REQUESTER, -1000, 1000));
        assertThat(notice(opened).kind()).isEqualTo(LedgerEvent.Kind.SUBMITTED);
        assertThat(notice(opened).amount()).isEqualTo(MAXIMUM);
    }

    @Test
    void aFeeOfNothingIsRefused() {
        assertThat(codeOf(() ->
                        JobRules.open(new JobId("j"), REQUESTER, submission(Amount.ZERO, DEADLINE), ledger, START)))
                .isEqualTo(ErrorCode.INVALID_AMOUNT);
    }

    @Test
    void aDeadlineLiesBetweenNowAndSevenDays() {
        Instant last = START.plus(Ledger.MAX_JOB_TIME);
        assertThat(codeOf(() -> JobRules.open(new JobId("j"), REQUESTER, submission(MAXIMUM, START), ledger, START)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(codeOf(() -> JobRules.open(
                        new JobId("j"), REQUESTER, submission(MAXIMUM, last.plusMillis(1)), ledger, START)))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(JobRules.open(new JobId("j"), REQUESTER, submission(MAXIMUM, last), ledger, START)
                        .result()
                        .state())
                .isEqualTo(JobState.OPEN);
    }

    @Test
    void claimingFixesTheAskAndTheLease() {
        Job claimed = claimedJob();

        assertThat(claimed.state()).isEqualTo(JobState.CLAIMED);
        assertThat(claimed.assignment())
                .contains(new Assignment(WORKER, ASK, START, START.plus(LEASE), 0, Optional.empty()));
    }

    @Test
    void claimingTwiceConflicts() {
        assertThat(codeOf(() -> JobRules.claim(claimedJob(), OTHER, ASK, LEASE, ledger, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void anAskMayCostTheMaximumFeeButNotMore() {
        // 20 megapixel-steps at 50 are 1,000.
        assertThat(claim(openJob().result(), WORKER, Amount.of(50), START).state())
                .isEqualTo(JobState.CLAIMED);
        assertThat(codeOf(() -> JobRules.claim(openJob().result(), WORKER, Amount.of(51), LEASE, ledger, START)))
                .isEqualTo(ErrorCode.INSUFFICIENT_FUNDS);
        assertThat(codeOf(() -> JobRules.claim(openJob().result(), WORKER, Amount.MAX, LEASE, ledger, START)))
                .isEqualTo(ErrorCode.INSUFFICIENT_FUNDS);
    }

    @Test
    void aLeaseIsNeitherTooShortNorTooLong() {
        for (Duration lease : List.of(
                Duration.ZERO,
                WorkExchange.MIN_LEASE.minusMillis(1),
                WorkExchange.MAX_LEASE.plusMillis(1),
                Duration.ofSeconds(-5))) {
            assertThat(codeOf(() -> JobRules.claim(openJob().result(), WORKER, ASK, lease, ledger, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(codeOf(() -> JobRules.heartbeat(claimedJob(), WORKER, 1, Optional.empty(), lease, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void aHeartbeatRenewsTheLeaseAndNotesSteps() {
        Instant later = START.plusSeconds(20);
        Change<Job> beat = JobRules.heartbeat(claimedJob(), WORKER, 4, Optional.empty(), LEASE, later);

        assertThat(beat.result().assignment())
                .contains(new Assignment(WORKER, ASK, START, later.plus(LEASE), 4, Optional.empty()));
        assertThat(beat.result().since()).isEqualTo(START);
        assertThat(notice(beat).stepsDone()).isEqualTo(4);
        assertThat(JobRules.heartbeat(beat.result(), WORKER, 4, Optional.empty(), LEASE, later)
                        .result())
                .isEqualTo(beat.result());
    }

    @Test
    void stepsNeverGoBackOrBeyondTheEnd() {
        Job job = JobRules.heartbeat(claimedJob(), WORKER, 4, Optional.empty(), LEASE, START)
                .result();

        for (int steps : new int[] {-1, 3, 11, Integer.MAX_VALUE}) {
            assertThat(codeOf(() -> JobRules.heartbeat(job, WORKER, steps, Optional.empty(), LEASE, START)))
                    .isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }

    @Test
    void onlyTheHolderMayActOnAClaimedJob() {
        assertThat(codeOf(() -> JobRules.heartbeat(claimedJob(), OTHER, 1, Optional.empty(), LEASE, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        assertThat(codeOf(() -> JobRules.deliver(claimedJob(), OTHER, DELIVERY, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        assertThat(codeOf(() -> JobRules.abandon(claimedJob(), OTHER, TROUBLE, ledger, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
    }

    @Test
    void aLeaseRunsOutAtItsInstant() {
        Job claimed = claimedJob();

        assertThat(JobRules.overdue(claimed, ledger, START.plus(LEASE).minusMillis(1)))
                .isEmpty();
        List<Change<Job>> overdue = JobRules.overdue(claimed, ledger, START.plus(LEASE));

        assertThat(overdue).hasSize(1);
        Job reopened = overdue.getFirst().result();
        assertThat(notice(overdue.getFirst()).kind()).isEqualTo(LedgerEvent.Kind.REOPENED);
        assertThat(reopened.state()).isEqualTo(JobState.OPEN);
        assertThat(reopened.attempts()).isEqualTo(1);
        assertThat(reopened.assignment()).isEmpty();
        assertThat(reopened.failure()).map(JobFailure::code).contains(ErrorCode.LEASE_LOST);
    }

    @Test
    void theWorkerThatLostItsLeaseMayClaimAgain() {
        Instant later = START.plus(LEASE);
        Job reopened = JobRules.overdue(claimedJob(), ledger, later).getFirst().result();

        assertThat(codeOf(() -> JobRules.deliver(reopened, WORKER, DELIVERY, later)))
                .isEqualTo(ErrorCode.LEASE_LOST);
        Job again = claim(reopened, WORKER, ASK, later);
        assertThat(again.assignment()).map(Assignment::stepsDone).contains(0);
        assertThat(again.failure()).isEmpty();
    }

    @Test
    void theWorkerThatGaveTheJobBackMayNot() {
        Change<Job> abandoned = JobRules.abandon(claimedJob(), WORKER, TROUBLE, ledger, START);

        assertThat(notice(abandoned).kind()).isEqualTo(LedgerEvent.Kind.REOPENED);
        assertThat(abandoned.result().failure()).contains(TROUBLE);
        assertThat(codeOf(() -> JobRules.claim(abandoned.result(), WORKER, ASK, LEASE, ledger, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
        assertThat(JobRules.claim(abandoned.result(), OTHER, ASK, LEASE, ledger, START)
                        .result()
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    void aPermanentFailureFailsTheJobAtOnce() {
        JobFailure permanent = new JobFailure(ErrorCode.INVALID_SIZE, "cannot be", true);
        Change<Job> failed = JobRules.abandon(claimedJob(), WORKER, permanent, ledger, START);

        assertThat(failed.result().state()).isEqualTo(JobState.FAILED);
        assertThat(failed.result().failure()).contains(permanent);
        assertThat(failed.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
        assertThat(notice(failed).amount()).isEqualTo(MAXIMUM);
    }

    @Test
    void theLastAttemptFailsTheJob() {
        Job job = claimedJob();
        Instant now = START;
        for (int attempt = 1; attempt < Ledger.MAX_ATTEMPTS; attempt++) {
            now = now.plus(LEASE);
            job = JobRules.overdue(job, ledger, now).getLast().result();
            assertThat(job.state()).isEqualTo(JobState.OPEN);
            job = claim(job, WORKER, ASK, now);
        }
        Change<Job> last = JobRules.overdue(job, ledger, now.plus(LEASE)).getLast();

        assertThat(notice(last).kind()).isEqualTo(LedgerEvent.Kind.FAILED);
        assertThat(last.result().attempts()).isEqualTo(Ledger.MAX_ATTEMPTS);
        assertThat(last.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void theDeadlineExpiresAnOpenJob() {
        Job job = openJob().result();

        assertThat(JobRules.overdue(job, ledger, DEADLINE.minusMillis(1))).isEmpty();
        Change<Job> expired = JobRules.overdue(job, ledger, DEADLINE).getFirst();
        assertThat(expired.result().state()).isEqualTo(JobState.EXPIRED);
        assertThat(notice(expired).kind()).isEqualTo(LedgerEvent.Kind.EXPIRED);
        assertThat(notice(expired).amount()).isEqualTo(MAXIMUM);
        assertThat(expired.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void theDeadlineExpiresAClaimedJobWhateverItsLease() {
        Job held = JobRules.heartbeat(claimedJob(), WORKER, 9, Optional.empty(), WorkExchange.MAX_LEASE, START)
                .result();
        List<Change<Job>> overdue = JobRules.overdue(held, ledger, DEADLINE);

        assertThat(overdue).extracting(change -> notice(change).kind()).containsExactly(LedgerEvent.Kind.EXPIRED);
        assertThat(overdue.getFirst().postings()).containsExactly(posting(REQUESTER, 1000, -1000));
    }

    @Test
    void aJobIsTheSameWheneverOneLooks() {
        Job claimed = claimedJob();
        Job atOnce = JobRules.overdue(claimed, ledger, DEADLINE.plusSeconds(1))
                .getLast()
                .result();
        Job lost = JobRules.overdue(claimed, ledger, START.plus(LEASE).plusSeconds(3))
                .getLast()
                .result();
        Job later = JobRules.overdue(lost, ledger, DEADLINE.plusSeconds(99))
                .getLast()
                .result();

        assertThat(later).isEqualTo(atOnce);
        assertThat(atOnce.since()).isEqualTo(DEADLINE);
        assertThat(atOnce.settlement().orElseThrow().at()).isEqualTo(DEADLINE);
    }

    @Test
    void aSubmittedJobNeverExpires() {
        assertThat(JobRules.overdue(submittedJob(), ledger, DEADLINE.plus(Duration.ofDays(9999))))
                .isEmpty();
        assertThat(JobRules.due(submittedJob())).isEmpty();
    }

    @Test
    void aResultCanBeHandedInUntilTheLeaseEnds() {
        Job delivered = JobRules.deliver(
                        claimedJob(), WORKER, DELIVERY, START.plus(LEASE).minusMillis(1))
                .result();

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
        Change<Job> settled = JobRules.settle(submittedJob(), REQUESTER, ledger, START);

        assertThat(settled.result().state()).isEqualTo(JobState.SETTLED);
        assertThat(settled.result().settlement())
                .contains(new Settlement(
                        List.of(new Payment(WORKER, Amount.of(600), Payment.Purpose.WORK)), Amount.of(400), START));
        assertThat(settled.postings()).containsExactly(posting(REQUESTER, 400, -1000), posting(WORKER, 600, 0));
        assertThat(notice(settled).account()).isEqualTo(WORKER);
        assertThat(notice(settled).amount()).isEqualTo(Amount.of(600));
    }

    @Test
    void othersSettleAfterTheWindow() {
        Instant end = START.plus(WINDOW);

        assertThat(codeOf(() -> JobRules.settle(submittedJob(), WORKER, ledger, end.minusMillis(1))))
                .isEqualTo(ErrorCode.NOT_PERMITTED);
        assertThat(JobRules.settle(submittedJob(), OTHER, ledger, end).result().state())
                .isEqualTo(JobState.SETTLED);
    }

    @Test
    void aSettledJobIsNotPaidAgain() {
        Job settled = JobRules.settle(submittedJob(), REQUESTER, ledger, START).result();

        assertThat(codeOf(() -> JobRules.settle(settled, REQUESTER, ledger, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
        assertThat(codeOf(() -> JobRules.cancel(settled, REQUESTER, ledger, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void cancellingAnOpenJobRefundsItWhole() {
        Change<Job> cancelled = JobRules.cancel(openJob().result(), REQUESTER, ledger, START);

        assertThat(cancelled.postings()).containsExactly(posting(REQUESTER, 1000, -1000));
        assertThat(notice(cancelled).amount()).isEqualTo(Amount.ZERO);
        assertThat(cancelled.result().settlement()).contains(new Settlement(List.of(), MAXIMUM, START));
    }

    @Test
    void cancellingAClaimedJobPaysForTheStepsReported() {
        Job held = JobRules.heartbeat(claimedJob(), WORKER, 3, Optional.empty(), LEASE, START)
                .result();
        Change<Job> cancelled = JobRules.cancel(held, REQUESTER, ledger, START);

        assertThat(cancelled.postings()).containsExactly(posting(REQUESTER, 820, -1000), posting(WORKER, 180, 0));
        assertThat(notice(cancelled).amount()).isEqualTo(Amount.of(180));
        assertThat(codeOf(() -> JobRules.heartbeat(cancelled.result(), WORKER, 4, Optional.empty(), LEASE, START)))
                .isEqualTo(ErrorCode.JOB_CANCELLED);
        assertThat(codeOf(() -> JobRules.heartbeat(cancelled.result(), OTHER, 4, Optional.empty(), LEASE, START)))
                .isEqualTo(ErrorCode.LEASE_LOST);
    }

    @Test
    void onlyTheRequesterCancelsAndOnlyBeforeTheResult() {
        assertThat(codeOf(() -> JobRules.cancel(claimedJob(), WORKER, ledger, START)))
                .isEqualTo(ErrorCode.NOT_PERMITTED);
        assertThat(codeOf(() -> JobRules.cancel(submittedJob(), REQUESTER, ledger, START)))
                .isEqualTo(ErrorCode.JOB_STATE_CONFLICT);
    }

    @Test
    void whoWorksForThemselvesGetsTheirMoneyBackInOnePosting() {
        Job own = claim(openJob().result(), REQUESTER, ASK, START);
        Job delivered = JobRules.deliver(own, REQUESTER, DELIVERY, START).result();

        assertThat(JobRules.settle(delivered, REQUESTER, ledger, START).postings())
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
        Job open =
                JobRules.open(new JobId("j2"), REQUESTER, small, ledger, START).result();
        // 0.999999 megapixel-steps at 1 are less than the smallest unit.
        Job claimed = claim(open, WORKER, Amount.of(1), START);
        Job delivered = JobRules.deliver(claimed, WORKER, DELIVERY, START).result();
        Change<Job> settled = JobRules.settle(delivered, REQUESTER, ledger, START);

        assertThat(settled.result().settlement()).contains(new Settlement(List.of(), Amount.of(1), START));
    }

    @Test
    void theLargestFeeIsPaidExactly() {
        JobSubmission huge = new JobSubmission(
                cid("request"),
                new ModelId("dream-mini", Bytes.sha256(new byte[0])),
                new Work(1_000_000, 1),
                Amount.MAX,
                DEADLINE);
        Job open =
                JobRules.open(new JobId("j3"), REQUESTER, huge, ledger, START).result();
        Job claimed = claim(open, WORKER, Amount.MAX, START);
        Job delivered = JobRules.deliver(claimed, WORKER, DELIVERY, START).result();

        assertThat(notice(JobRules.settle(delivered, REQUESTER, ledger, START)).amount())
                .isEqualTo(Amount.MAX);
    }
}
