package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.money.Work;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a job's life, as pure functions: a job, who acts and the ledger's time go in, and what the ledger must do comes
 * out, or a {@link DreamException}. Every ledger obeys them.
 *
 * <p>Time acts on a job too: a lease runs out, a deadline passes. {@link #overdue} says what it did, as of the moment at which it
 * did it, so a job becomes the same whenever a ledger looks. The other functions expect a job to which that was applied. A lease
 * and a deadline end at their instant, not after it.
 *
 * <p>A worker that gives a job back cannot claim it again: it said that it cannot do it. A worker that loses its lease can,
 * because it may be the only one, back after a crash. Either counts as an attempt, and the {@linkplain Ledger#MAX_ATTEMPTS last}
 * one fails the job.
 *
 * <p>The payments and the refund of a settlement add up to the job's maximum fee, always. A fee rounds down, and the refund is
 * what it leaves of the maximum.
 */
public final class JobRules {
    private static final String LEASE_RAN_OUT = "The worker stopped reporting, and its lease ran out";

    private JobRules() {}

    /**
     * Opens a job and puts its maximum fee into escrow.
     *
     * @param id its name
     * @param requester who asks and pays
     * @param submission what is asked
     * @param now the ledger's time
     * @return the transition, whose posting fails if the requester has too little
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if the fee is zero, {@link ErrorCode#INVALID_REQUEST} if
     *     the deadline has passed or is too far
     */
    public static Transition open(JobId id, AccountId requester, JobSubmission submission, Instant now) {
        Amount fee = submission.maximumFee();
        if (fee.isZero()) {
            throw new InvalidInputException(ErrorCode.INVALID_AMOUNT, "A job's maximum fee must not be zero");
        }
        if (!submission.deadline().isAfter(now)) {
            throw invalid("The job's deadline " + submission.deadline() + " has passed: it is " + now
                    + "; choose a later one");
        }
        if (submission.deadline().isAfter(now.plus(Ledger.MAX_JOB_TIME))) {
            throw invalid("The job's deadline " + submission.deadline() + " is more than "
                    + Ledger.MAX_JOB_TIME.toDays() + " days away; choose an earlier one");
        }
        Job job = new Job(
                id,
                requester,
                submission,
                JobState.OPEN,
                now,
                now,
                0,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Posting escrow = new Posting(requester, fee.units().negate(), fee.units());
        return new Transition(job, List.of(escrow), LedgerEvent.Kind.SUBMITTED, requester, fee);
    }

    /**
     * Returns when time will next act on a job: at the end of its lease or at its deadline.
     *
     * @param job the job
     * @return the instant; empty once a result is there or the job has ended, when time does nothing any more
     */
    public static Optional<Instant> due(Job job) {
        Instant deadline = job.submission().deadline();
        return switch (job.state()) {
            case OPEN -> Optional.of(deadline);
            case CLAIMED -> {
                Instant lease = held(job).leaseExpires();
                yield Optional.of(lease.isBefore(deadline) ? lease : deadline);
            }
            case SUBMITTED, SETTLED, CANCELLED, EXPIRED, FAILED -> Optional.empty();
        };
    }

    /**
     * Returns what time did to a job: a lost lease opens it again or fails it, a deadline expires it, both with a refund when it
     * ends. At one and the same instant the deadline comes first.
     *
     * @param job the job as it was last written
     * @param now the ledger's time
     * @return the transitions in their order; empty if there is nothing to do
     */
    public static List<Transition> overdue(Job job, Instant now) {
        List<Transition> transitions = new ArrayList<>();
        Job current = job;
        for (Optional<Instant> due = due(current); due.isPresent(); due = due(current)) {
            Instant at = due.get();
            if (at.isAfter(now)) {
                break;
            }
            Transition next = at.equals(current.submission().deadline())
                    ? refund(current, JobState.EXPIRED, at)
                    : loseLease(current, at);
            transitions.add(next);
            current = next.job();
        }
        return transitions;
    }

    /**
     * Gives an open job to a worker.
     *
     * @param job the job
     * @param worker the worker
     * @param ask its price per megapixel-step
     * @param lease how long it holds the job without a heartbeat
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link WorkExchange#claim} says
     */
    public static Transition claim(Job job, AccountId worker, Amount ask, Duration lease, Instant now) {
        requireCurrent(job, now);
        Instant leaseExpires = leaseEnd(lease, now);
        if (job.state() != JobState.OPEN) {
            throw wrongState(job, "cannot be claimed");
        }
        if (job.abandonedBy().contains(worker)) {
            throw conflict("Job " + job.id() + " was given back by this worker, which cannot claim it again");
        }
        Work work = job.submission().work();
        if (work.unboundedCostAt(ask, work.steps())
                        .compareTo(job.submission().maximumFee().units())
                > 0) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "Job " + job.id() + " pays at most " + job.submission().maximumFee()
                            + ", which is less than this worker's price; ask for less");
        }
        Job claimed = with(
                job,
                JobState.CLAIMED,
                now,
                Optional.of(new Assignment(worker, ask, leaseExpires, 0)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Transition(claimed, List.of(), LedgerEvent.Kind.CLAIMED, worker, Amount.ZERO);
    }

    /**
     * Renews a lease and notes progress.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param stepsDone the steps done
     * @param lease how long it holds the job from now
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link WorkExchange#heartbeat} says
     */
    public static Transition heartbeat(Job job, AccountId worker, int stepsDone, Duration lease, Instant now) {
        requireCurrent(job, now);
        Instant leaseExpires = leaseEnd(lease, now);
        if (job.state() == JobState.CANCELLED && wasHeldBy(job, worker)) {
            throw new StoppedException(
                    ErrorCode.JOB_CANCELLED, "Job " + job.id() + " was cancelled by its requester; stop working on it");
        }
        Assignment assignment = requireHeld(job, worker);
        int steps = job.submission().work().steps();
        if (stepsDone < assignment.stepsDone() || stepsDone > steps) {
            throw invalid("Job " + job.id() + " has " + steps + " steps, of which " + assignment.stepsDone()
                    + " were reported done; " + stepsDone + " cannot be right");
        }
        Job renewed = with(
                job,
                JobState.CLAIMED,
                job.since(),
                Optional.of(new Assignment(worker, assignment.ask(), leaseExpires, stepsDone)),
                job.delivery(),
                job.settlement(),
                job.failure());
        return new Transition(renewed, List.of(), LedgerEvent.Kind.PROGRESSED, worker, Amount.ZERO);
    }

    /**
     * Takes a result. All steps count as done then.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param delivery the result
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link Ledger#deliver} says
     */
    public static Transition deliver(Job job, AccountId worker, Delivery delivery, Instant now) {
        requireCurrent(job, now);
        if (job.state() != JobState.OPEN && job.state() != JobState.CLAIMED) {
            throw wrongState(job, "takes no result");
        }
        Assignment assignment = requireHeld(job, worker);
        Job delivered = with(
                job,
                JobState.SUBMITTED,
                now,
                Optional.of(new Assignment(
                        worker,
                        assignment.ask(),
                        assignment.leaseExpires(),
                        job.submission().work().steps())),
                Optional.of(delivery),
                Optional.empty(),
                Optional.empty());
        return new Transition(delivered, List.of(), LedgerEvent.Kind.DELIVERED, worker, Amount.ZERO);
    }

    /**
     * Pays for a result.
     *
     * @param job the job
     * @param by who settles
     * @param window how long after the result only the requester may
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link Ledger#settle} says
     */
    public static Transition settle(Job job, AccountId by, Duration window, Instant now) {
        requireCurrent(job, now);
        if (job.state() != JobState.SUBMITTED) {
            throw wrongState(job, "cannot be settled");
        }
        Instant forAll = job.since().plus(window);
        if (!by.equals(job.requester()) && now.isBefore(forAll)) {
            throw notPermitted("Only its requester may settle job " + job.id() + " before " + forAll);
        }
        Assignment assignment = held(job);
        return end(job, JobState.SETTLED, assignment.stepsDone(), LedgerEvent.Kind.SETTLED, assignment.worker(), now);
    }

    /**
     * Takes a job back, and pays for the steps that its worker reported.
     *
     * @param job the job
     * @param by who takes it back
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link Ledger#cancel} says
     */
    public static Transition cancel(Job job, AccountId by, Instant now) {
        requireCurrent(job, now);
        if (!by.equals(job.requester())) {
            throw notPermitted("Only its requester may cancel job " + job.id());
        }
        if (job.state() != JobState.OPEN && job.state() != JobState.CLAIMED) {
            throw wrongState(job, "cannot be cancelled");
        }
        int stepsDone = job.assignment().map(Assignment::stepsDone).orElse(0);
        return end(job, JobState.CANCELLED, stepsDone, LedgerEvent.Kind.CANCELLED, by, now);
    }

    /**
     * Gives a job back. It opens again without this worker, or fails with a refund if the failure is permanent or too many tried.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param failure why
     * @param now the ledger's time
     * @return the transition
     * @throws DreamException as {@link WorkExchange#abandon} says
     */
    public static Transition abandon(Job job, AccountId worker, JobFailure failure, Instant now) {
        requireCurrent(job, now);
        requireHeld(job, worker);
        Set<AccountId> abandonedBy = new HashSet<>(job.abandonedBy());
        abandonedBy.add(worker);
        return giveBack(job, worker, abandonedBy, failure, now);
    }

    private static Transition loseLease(Job job, Instant at) {
        JobFailure failure = new JobFailure(ErrorCode.LEASE_LOST, LEASE_RAN_OUT, false);
        return giveBack(job, held(job).worker(), job.abandonedBy(), failure, at);
    }

    private static Transition giveBack(
            Job job, AccountId worker, Set<AccountId> abandonedBy, JobFailure failure, Instant at) {
        boolean last = failure.permanent() || job.attempts() + 1 >= Ledger.MAX_ATTEMPTS;
        Job given = new Job(
                job.id(),
                job.requester(),
                job.submission(),
                JobState.OPEN,
                job.submittedAt(),
                at,
                job.attempts() + 1,
                abandonedBy,
                last ? job.assignment() : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(failure));
        return last
                ? refund(given, JobState.FAILED, at)
                : new Transition(given, List.of(), LedgerEvent.Kind.REOPENED, worker, Amount.ZERO);
    }

    private static Transition refund(Job job, JobState state, Instant at) {
        LedgerEvent.Kind kind = state == JobState.FAILED ? LedgerEvent.Kind.FAILED : LedgerEvent.Kind.EXPIRED;
        return end(job, state, 0, kind, job.requester(), at);
    }

    /** Ends a job: pays its worker for some steps, and the requester gets back the rest of the escrow. */
    private static Transition end(
            Job job, JobState state, int paidSteps, LedgerEvent.Kind kind, AccountId account, Instant at) {
        Settlement settlement = settlement(job, paidSteps, at);
        Job ended = with(job, state, at, job.assignment(), job.delivery(), Optional.of(settlement), job.failure());
        boolean refunded = kind == LedgerEvent.Kind.EXPIRED || kind == LedgerEvent.Kind.FAILED;
        return new Transition(
                ended, release(job, settlement), kind, account, refunded ? settlement.refund() : settlement.fee());
    }

    private static Settlement settlement(Job job, int paidSteps, Instant at) {
        Amount maximum = job.submission().maximumFee();
        Amount cost = job.assignment()
                .map(assignment -> job.submission().work().costAt(assignment.ask(), paidSteps))
                .orElse(Amount.ZERO);
        Amount fee = cost.compareTo(maximum) > 0 ? maximum : cost;
        List<Payment> payments =
                fee.isZero() ? List.of() : List.of(new Payment(held(job).worker(), fee, Payment.Purpose.WORK));
        return new Settlement(payments, maximum.minus(fee), at);
    }

    /** Moves a job's whole escrow to whom its settlement names, one posting an account. */
    private static List<Posting> release(Job job, Settlement settlement) {
        Map<AccountId, BigInteger> available = new LinkedHashMap<>();
        available.put(job.requester(), settlement.refund().units());
        for (Payment payment : settlement.payments()) {
            available.merge(payment.to(), payment.amount().units(), BigInteger::add);
        }
        BigInteger escrow = job.submission().maximumFee().units().negate();
        List<Posting> postings = new ArrayList<>();
        available.forEach((account, amount) ->
                postings.add(new Posting(account, amount, account.equals(job.requester()) ? escrow : BigInteger.ZERO)));
        return postings;
    }

    private static Job with(
            Job job,
            JobState state,
            Instant since,
            Optional<Assignment> assignment,
            Optional<Delivery> delivery,
            Optional<Settlement> settlement,
            Optional<JobFailure> failure) {
        return new Job(
                job.id(),
                job.requester(),
                job.submission(),
                state,
                job.submittedAt(),
                since,
                job.attempts(),
                job.abandonedBy(),
                assignment,
                delivery,
                settlement,
                failure);
    }

    private static void requireCurrent(Job job, Instant now) {
        if (due(job).filter(due -> !due.isAfter(now)).isPresent()) {
            throw new IllegalArgumentException("Apply what is overdue to job " + job.id() + " first");
        }
    }

    private static Instant leaseEnd(Duration lease, Instant now) {
        if (lease.compareTo(WorkExchange.MIN_LEASE) < 0 || lease.compareTo(WorkExchange.MAX_LEASE) > 0) {
            throw invalid("A lease lasts between " + WorkExchange.MIN_LEASE.toSeconds() + " second and "
                    + WorkExchange.MAX_LEASE.toMinutes() + " minutes, not " + lease);
        }
        return now.plusMillis(lease.toMillis());
    }

    private static Assignment held(Job job) {
        return job.assignment()
                .orElseThrow(
                        () -> new IllegalArgumentException("Job " + job.id() + " is " + job.state() + " by nobody"));
    }

    private static boolean wasHeldBy(Job job, AccountId worker) {
        return job.assignment().filter(held -> held.worker().equals(worker)).isPresent();
    }

    private static Assignment requireHeld(Job job, AccountId worker) {
        if (job.state() != JobState.CLAIMED || !wasHeldBy(job, worker)) {
            throw new ConflictException(
                    ErrorCode.LEASE_LOST,
                    "Worker " + worker.abbreviated() + " does not hold job " + job.id() + ", which is "
                            + words(job.state()) + "; stop working on it");
        }
        return held(job);
    }

    private static ConflictException wrongState(Job job, String what) {
        return conflict("Job " + job.id() + " " + what + ", because it is " + words(job.state()));
    }

    private static String words(JobState state) {
        return switch (state) {
            case OPEN -> "open";
            case CLAIMED -> "claimed";
            case SUBMITTED -> "submitted";
            case SETTLED -> "settled";
            case CANCELLED -> "cancelled";
            case EXPIRED -> "expired";
            case FAILED -> "failed";
        };
    }

    private static ConflictException conflict(String message) {
        return new ConflictException(ErrorCode.JOB_STATE_CONFLICT, message);
    }

    static ConflictException notPermitted(String message) {
        return new ConflictException(ErrorCode.NOT_PERMITTED, message);
    }

    private static InvalidInputException invalid(String message) {
        return new InvalidInputException(ErrorCode.INVALID_REQUEST, message);
    }
}
