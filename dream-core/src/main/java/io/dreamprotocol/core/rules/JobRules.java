package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
 * <p>The payments and the refund of a settlement add up to the job's maximum fee, always. Every division rounds down; what royalties
 * leave over goes to the worker, and the refund is what the fee leaves of the maximum.
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
     * @param view the ledger
     * @param now the ledger's time
     * @return the change, whose posting fails if the requester has too little
     * @throws DreamException as {@link Ledger#submit} says
     */
    public static Change<Job> open(
            JobId id, AccountId requester, JobSubmission submission, LedgerView view, Instant now) {
        Amount fee = submission.maximumFee();
        if (fee.isZero()) {
            throw new InvalidInputException(ErrorCode.INVALID_AMOUNT, "A job's maximum fee must not be zero");
        }
        if (!submission.deadline().isAfter(now)) {
            throw Refusals.invalid("The job's deadline " + submission.deadline() + " has passed: it is " + now
                    + "; choose a later one");
        }
        if (submission.deadline().isAfter(now.plus(Ledger.MAX_JOB_TIME))) {
            throw Refusals.invalid("The job's deadline " + submission.deadline() + " is more than "
                    + Ledger.MAX_JOB_TIME.toDays() + " days away; choose an earlier one");
        }
        List<RoyaltyTerm> royalties = royalties(submission, view);
        BigInteger withoutWorker =
                cost(submission.work(), submission.work().steps(), Amount.ZERO, royalties, view.info());
        StyleRules.requireAtMost(withoutWorker, fee, "Royalties and the protocol's share of them come to");
        Job job = new Job(
                id,
                requester,
                submission,
                royalties,
                JobState.OPEN,
                now,
                now,
                0,
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Change<>(
                job,
                new Payments().putIntoEscrow(requester, fee.units()).postings(),
                List.of(job),
                List.of(Notice.of(LedgerEvent.Kind.SUBMITTED, requester, id, fee, 0)));
    }

    /** Fixes the royalties at the prices that hold now, within what the requester allows. */
    private static List<RoyaltyTerm> royalties(JobSubmission submission, LedgerView view) {
        List<RoyaltyTerm> terms = submission.styles().stream()
                .map(use -> new RoyaltyTerm(
                        use, Refusals.style(view, use.style()).terms().price()))
                .toList();
        BigInteger sum = royaltyCost(terms, submission.work(), submission.work().steps());
        StyleRules.requireAtMost(sum, submission.maximumRoyalties(), "The style models' royalties come to");
        return terms;
    }

    private static BigInteger royaltyCost(List<RoyaltyTerm> terms, Work work, int steps) {
        return terms.stream().map(term -> term.costOf(work, steps)).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static BigInteger part(BigInteger amount, int parts) {
        return amount.multiply(BigInteger.valueOf(parts)).divide(BigInteger.valueOf(Share.WHOLE));
    }

    /**
     * Returns what a job costs: work, royalties and the protocol's share of both.
     *
     * @param work the work
     * @param stepsDone how many steps of it, 0 to all
     * @param ask the worker's price per megapixel-step
     * @param royalties what is owed to style models
     * @param info the ledger's facts
     * @return the sum, which may be larger than any amount
     */
    public static BigInteger cost(Work work, int stepsDone, Amount ask, List<RoyaltyTerm> royalties, LedgerInfo info) {
        BigInteger base = work.unboundedCostAt(ask, stepsDone).add(royaltyCost(royalties, work, stepsDone));
        return base.add(part(base, info.protocolParts()));
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
     * @param view the ledger
     * @param now the ledger's time
     * @return the changes in their order; empty if there is nothing to do
     */
    public static List<Change<Job>> overdue(Job job, LedgerView view, Instant now) {
        List<Change<Job>> transitions = new ArrayList<>();
        Job current = job;
        for (Optional<Instant> due = due(current); due.isPresent(); due = due(current)) {
            Instant at = due.get();
            if (at.isAfter(now)) {
                break;
            }
            Change<Job> next = at.equals(current.submission().deadline())
                    ? refund(current, JobState.EXPIRED, view, at)
                    : loseLease(current, view, at);
            transitions.add(next);
            current = next.result();
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
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link WorkExchange#claim} says
     */
    public static Change<Job> claim(
            Job job, AccountId worker, Amount ask, Duration lease, LedgerView view, Instant now) {
        requireCurrent(job, now);
        Instant leaseExpires = leaseEnd(lease, now);
        if (job.state() != JobState.OPEN) {
            throw wrongState(job, "cannot be claimed");
        }
        if (job.abandonedBy().contains(worker)) {
            throw conflict("Job " + job.id() + " was given back by this worker, which cannot claim it again");
        }
        WorkerRules.requireStake(worker, view);
        for (RoyaltyTerm term : job.royalties()) {
            LicenceRules.requireLicence(worker, Refusals.style(view, term.use().style()), view, now);
        }
        Work work = job.submission().work();
        BigInteger cost = cost(work, work.steps(), ask, job.royalties(), view.info());
        if (cost.compareTo(job.submission().maximumFee().units()) > 0) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "Job " + job.id() + " pays at most " + job.submission().maximumFee() + ", which is less than the "
                            + cost + " that it costs at this worker's price; ask for less");
        }
        OfferRules.requireTurn(job, worker, ask, view.offers(), now);
        Job claimed = with(
                job,
                JobState.CLAIMED,
                now,
                Optional.of(new Assignment(worker, ask, now, leaseExpires, 0, Optional.empty())),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Change<>(
                claimed,
                List.of(),
                List.of(claimed, WorkerRules.claimed(view.worker(worker))),
                List.of(Notice.of(LedgerEvent.Kind.CLAIMED, worker, job.id(), Amount.ZERO, 0)));
    }

    /**
     * Renews a lease and notes progress.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param stepsDone the steps done
     * @param preview a preview of the image; the one before stays if empty
     * @param lease how long it holds the job from now
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link WorkExchange#heartbeat} says
     */
    public static Change<Job> heartbeat(
            Job job, AccountId worker, int stepsDone, Optional<Cid> preview, Duration lease, Instant now) {
        requireCurrent(job, now);
        Instant leaseExpires = leaseEnd(lease, now);
        if (job.state() == JobState.CANCELLED && wasHeldBy(job, worker)) {
            throw new StoppedException(
                    ErrorCode.JOB_CANCELLED, "Job " + job.id() + " was cancelled by its requester; stop working on it");
        }
        Assignment assignment = requireHeld(job, worker);
        int steps = job.submission().work().steps();
        if (stepsDone < assignment.stepsDone() || stepsDone > steps) {
            throw Refusals.invalid("Job " + job.id() + " has " + steps + " steps, of which " + assignment.stepsDone()
                    + " were reported done; " + stepsDone + " cannot be right");
        }
        Job renewed = with(
                job,
                JobState.CLAIMED,
                job.since(),
                Optional.of(new Assignment(
                        worker,
                        assignment.ask(),
                        assignment.claimedAt(),
                        leaseExpires,
                        stepsDone,
                        preview.or(assignment::preview))),
                job.delivery(),
                job.settlement(),
                job.failure());
        return change(renewed, LedgerEvent.Kind.PROGRESSED, worker, stepsDone);
    }

    /**
     * Takes a result. All steps count as done then.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param delivery the result
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Ledger#deliver} says
     */
    public static Change<Job> deliver(Job job, AccountId worker, Delivery delivery, Instant now) {
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
                        assignment.claimedAt(),
                        assignment.leaseExpires(),
                        job.submission().work().steps(),
                        assignment.preview())),
                Optional.of(delivery),
                Optional.empty(),
                Optional.empty());
        return change(delivered, LedgerEvent.Kind.DELIVERED, worker, 0);
    }

    private static Change<Job> change(Job job, LedgerEvent.Kind kind, AccountId account, int stepsDone) {
        return new Change<>(
                job, List.of(), List.of(job), List.of(Notice.of(kind, account, job.id(), Amount.ZERO, stepsDone)));
    }

    /**
     * Pays for a result.
     *
     * @param job the job
     * @param by who settles
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Ledger#settle} says
     */
    public static Change<Job> settle(Job job, AccountId by, LedgerView view, Instant now) {
        requireCurrent(job, now);
        if (job.state() != JobState.SUBMITTED) {
            throw wrongState(job, "cannot be settled");
        }
        Instant forAll = job.since().plus(view.info().settlementWindow());
        if (!by.equals(job.requester()) && now.isBefore(forAll)) {
            throw Refusals.notPermitted("Only its requester may settle job " + job.id() + " before " + forAll);
        }
        Assignment assignment = held(job);
        return end(
                job,
                JobState.SETTLED,
                assignment.stepsDone(),
                LedgerEvent.Kind.SETTLED,
                assignment.worker(),
                view,
                now);
    }

    /**
     * Takes a job back, and pays for the steps that its worker reported.
     *
     * @param job the job
     * @param by who takes it back
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link Ledger#cancel} says
     */
    public static Change<Job> cancel(Job job, AccountId by, LedgerView view, Instant now) {
        requireCurrent(job, now);
        if (!by.equals(job.requester())) {
            throw Refusals.notPermitted("Only its requester may cancel job " + job.id());
        }
        if (job.state() != JobState.OPEN && job.state() != JobState.CLAIMED) {
            throw wrongState(job, "cannot be cancelled");
        }
        int stepsDone = job.assignment().map(Assignment::stepsDone).orElse(0);
        return end(job, JobState.CANCELLED, stepsDone, LedgerEvent.Kind.CANCELLED, by, view, now);
    }

    /**
     * Gives a job back. It opens again without this worker, or fails with a refund if the failure is permanent or too many tried.
     *
     * @param job the job
     * @param worker who says that it holds it
     * @param failure why
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link WorkExchange#abandon} says
     */
    public static Change<Job> abandon(Job job, AccountId worker, JobFailure failure, LedgerView view, Instant now) {
        requireCurrent(job, now);
        requireHeld(job, worker);
        Set<AccountId> abandonedBy = new HashSet<>(job.abandonedBy());
        abandonedBy.add(worker);
        return giveBack(job, worker, abandonedBy, failure, view, now);
    }

    private static Change<Job> loseLease(Job job, LedgerView view, Instant at) {
        JobFailure failure = new JobFailure(ErrorCode.LEASE_LOST, LEASE_RAN_OUT, false);
        return giveBack(job, held(job).worker(), job.abandonedBy(), failure, view, at);
    }

    private static Change<Job> giveBack(
            Job job, AccountId worker, Set<AccountId> abandonedBy, JobFailure failure, LedgerView view, Instant at) {
        boolean last = failure.permanent() || job.attempts() + 1 >= Ledger.MAX_ATTEMPTS;
        Job given = new Job(
                job.id(),
                job.requester(),
                job.submission(),
                job.royalties(),
                JobState.OPEN,
                job.submittedAt(),
                at,
                job.attempts() + 1,
                abandonedBy,
                last ? job.assignment() : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(failure));
        if (last) {
            return refund(given, JobState.FAILED, view, at);
        }
        return new Change<>(
                given,
                List.of(),
                List.of(given, WorkerRules.faulted(view.worker(worker))),
                List.of(Notice.of(LedgerEvent.Kind.REOPENED, worker, job.id(), Amount.ZERO, 0)));
    }

    private static Change<Job> refund(Job job, JobState state, LedgerView view, Instant at) {
        LedgerEvent.Kind kind = state == JobState.FAILED ? LedgerEvent.Kind.FAILED : LedgerEvent.Kind.EXPIRED;
        return end(job, state, 0, kind, job.requester(), view, at);
    }

    /** Ends a job: pays for some steps, and the requester gets back the rest of the escrow. */
    private static Change<Job> end(
            Job job,
            JobState state,
            int paidSteps,
            LedgerEvent.Kind kind,
            AccountId account,
            LedgerView view,
            Instant at) {
        Work work = job.submission().work();
        Map<StyleId, BigInteger> income = new HashMap<>();
        job.royalties().forEach(term -> income.put(term.use().style(), term.costOf(work, paidSteps)));
        RoyaltyRules.Distribution royalties = RoyaltyRules.distribute(income, view);
        Settlement settlement = settlement(job, paidSteps, royalties, view, at);
        Job ended = with(job, state, at, job.assignment(), job.delivery(), Optional.of(settlement), job.failure());
        Payments payments = new Payments()
                .takeFromEscrow(job.requester(), job.submission().maximumFee().units())
                .give(job.requester(), settlement.refund().units())
                .give(settlement.payments());
        List<Record> writes = new ArrayList<>();
        writes.add(ended);
        job.assignment()
                .map(assignment -> view.worker(assignment.worker()))
                .ifPresent(worker -> writes.add(
                        switch (state) {
                            case SETTLED -> WorkerRules.completed(worker);
                            case CANCELLED -> WorkerRules.released(worker);
                            default -> WorkerRules.faulted(worker);
                        }));
        writes.addAll(used(job, state, royalties.earned(), view));
        List<Notice> notices = new ArrayList<>();
        boolean refunded = kind == LedgerEvent.Kind.EXPIRED || kind == LedgerEvent.Kind.FAILED;
        notices.add(Notice.of(kind, account, job.id(), refunded ? settlement.refund() : settlement.fee(), 0));
        for (StyleModel model : royalties.earned()) {
            Amount before = Refusals.style(view, model.id()).usage().earned();
            Amount earned = model.usage().earned().minus(before);
            notices.add(new Notice(
                    LedgerEvent.Kind.STYLE_EARNED,
                    model.owner(),
                    Optional.of(job.id()),
                    Optional.of(model.id()),
                    Optional.empty(),
                    earned,
                    0));
        }
        return new Change<>(ended, payments.postings(), writes, notices);
    }

    /** Pays the worker, the style models and the protocol; what is left of royalties goes to the worker. */
    private static Settlement settlement(
            Job job, int paidSteps, RoyaltyRules.Distribution royalties, LedgerView view, Instant at) {
        Amount maximum = job.submission().maximumFee();
        if (paidSteps == 0) {
            return new Settlement(List.of(), maximum, at);
        }
        Work work = job.submission().work();
        Assignment assignment = held(job);
        BigInteger forWork = work.unboundedCostAt(assignment.ask(), paidSteps);
        BigInteger base = forWork.add(royaltyCost(job.royalties(), work, paidSteps));
        List<Payment> payments = new ArrayList<>();
        addPayment(
                payments, assignment.worker(), forWork.add(royalties.remainder().units()), Payment.Purpose.WORK);
        payments.addAll(royalties.payments());
        addPayment(payments, LedgerInfo.TREASURY, part(base, view.info().protocolParts()), Payment.Purpose.PROTOCOL);
        BigInteger cost = cost(work, paidSteps, assignment.ask(), job.royalties(), view.info());
        return new Settlement(payments, maximum.minus(new Amount(cost)), at);
    }

    private static void addPayment(List<Payment> payments, AccountId to, BigInteger amount, Payment.Purpose purpose) {
        if (amount.signum() > 0) {
            payments.add(new Payment(to, new Amount(amount), purpose));
        }
    }

    /** Counts the use of style models in a settled job: every earner as it is afterwards, and who paid for it first. */
    private static List<Record> used(Job job, JobState state, List<StyleModel> earned, LedgerView view) {
        Map<StyleId, StyleModel> models = new LinkedHashMap<>();
        earned.forEach(model -> models.put(model.id(), model));
        List<Record> writes = new ArrayList<>();
        if (state == JobState.SETTLED) {
            for (RoyaltyTerm term : job.royalties()) {
                StyleId id = term.use().style();
                StyleModel model = models.containsKey(id) ? models.get(id) : Refusals.style(view, id);
                boolean newPayer = !job.requester().equals(model.owner()) && !view.hasPaid(id, job.requester());
                if (newPayer) {
                    writes.add(new StylePayer(id, job.requester()));
                }
                StyleUsage usage = model.usage();
                models.put(
                        id,
                        model.withUsage(new StyleUsage(
                                usage.jobs() + 1,
                                usage.payers() + (newPayer ? 1 : 0),
                                usage.earned(),
                                usage.pooled())));
            }
        }
        writes.addAll(models.values());
        return writes;
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
                job.royalties(),
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
            throw Refusals.invalid("A lease lasts between " + WorkExchange.MIN_LEASE.toSeconds() + " second and "
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
}
