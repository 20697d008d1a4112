package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobRules;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.Transition;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.MoneyRules;
import io.dreamprotocol.core.money.Posting;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The protocol's rules on maps in memory: what a ledger must end up with after the same operations.
 *
 * <p>Time acts on all jobs before each operation. Not thread-safe.
 */
public final class LedgerModel {
    private static final Balance NOTHING = new Balance(Amount.ZERO, Amount.ZERO);

    private final InstantSource clock;
    private final Duration settlementWindow;
    private final Map<AccountId, Balance> balances = new HashMap<>();
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();
    private final List<LedgerEvent> events = new ArrayList<>();
    private final Map<Key, Written> written = new HashMap<>();
    private Amount supply = Amount.ZERO;
    private Instant now = Instant.EPOCH;

    private record Key(AccountId account, IdempotencyKey key) {}

    private record Written(List<Object> operation, Object result) {}

    /** What an operation does to a job. */
    private interface Rule {
        Transition apply(Job job);
    }

    /**
     * Creates an empty model.
     *
     * @param clock the time to go by
     * @param settlementWindow the ledger's window
     */
    public LedgerModel(InstantSource clock, Duration settlementWindow) {
        this.clock = clock;
        this.settlementWindow = settlementWindow;
    }

    /**
     * Lets time act.
     *
     * @return how many jobs changed
     */
    public int expire() {
        Instant present = clock.instant();
        now = now.isAfter(present) ? now : present;
        int changed = 0;
        for (Job job : List.copyOf(jobs.values())) {
            List<Transition> transitions = JobRules.overdue(job, now);
            transitions.forEach(this::carryOut);
            changed += transitions.isEmpty() ? 0 : 1;
        }
        return changed;
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#deposit} does.
     *
     * @param by who gets it
     * @param amount how much
     * @param key names this write
     * @return the new balance
     */
    public Balance deposit(AccountId by, Amount amount, IdempotencyKey key) {
        return once(by, key, List.of("deposit", amount), Balance.class, () -> {
            Balance after = post(MoneyRules.deposit(by, amount, supply));
            supply = supply.plus(amount);
            tell(LedgerEvent.Kind.DEPOSITED, by, amount);
            return after;
        });
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#withdraw} does.
     *
     * @param by whose
     * @param amount how much
     * @param key names this write
     * @return the new balance
     */
    public Balance withdraw(AccountId by, Amount amount, IdempotencyKey key) {
        return once(by, key, List.of("withdraw", amount), Balance.class, () -> {
            Balance after = post(MoneyRules.withdraw(by, amount));
            supply = supply.minus(amount);
            tell(LedgerEvent.Kind.WITHDRAWN, by, amount);
            return after;
        });
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#submit} does.
     *
     * @param by who asks and pays
     * @param submission what is asked
     * @param key names this write
     * @param id the name that the ledger gave the job
     * @return the open job
     */
    public Job submit(AccountId by, JobSubmission submission, IdempotencyKey key, JobId id) {
        return once(by, key, List.of("submit", submission), Job.class, () -> {
            Transition opened = JobRules.open(id, by, submission, now);
            return carryOut(opened);
        });
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.WorkExchange#claim} does.
     *
     * @param by the worker
     * @param job the job
     * @param ask its price
     * @param lease how long it holds the job
     * @param key names this write
     * @return the claimed job
     */
    public Job claim(AccountId by, JobId job, Amount ask, Duration lease, IdempotencyKey key) {
        return changeOnce(
                by, key, job, List.of("claim", job, ask, lease), open -> JobRules.claim(open, by, ask, lease, now));
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.WorkExchange#heartbeat} does.
     *
     * @param by the worker
     * @param job the job
     * @param stepsDone the steps done
     * @param lease how long it holds the job
     * @return the job
     */
    public Job heartbeat(AccountId by, JobId job, int stepsDone, Duration lease) {
        expire();
        return change(job, held -> JobRules.heartbeat(held, by, stepsDone, lease, now));
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#deliver} does.
     *
     * @param by the worker
     * @param job the job
     * @param delivery the result
     * @param key names this write
     * @return the submitted job
     */
    public Job deliver(AccountId by, JobId job, Delivery delivery, IdempotencyKey key) {
        return changeOnce(
                by, key, job, List.of("deliver", job, delivery), held -> JobRules.deliver(held, by, delivery, now));
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#settle} does.
     *
     * @param by who settles
     * @param job the job
     * @param key names this write
     * @return the settled job
     */
    public Job settle(AccountId by, JobId job, IdempotencyKey key) {
        return changeOnce(
                by, key, job, List.of("settle", job), done -> JobRules.settle(done, by, settlementWindow, now));
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.Ledger#cancel} does.
     *
     * @param by who takes it back
     * @param job the job
     * @param key names this write
     * @return the cancelled job
     */
    public Job cancel(AccountId by, JobId job, IdempotencyKey key) {
        return changeOnce(by, key, job, List.of("cancel", job), running -> JobRules.cancel(running, by, now));
    }

    /**
     * Does what {@link io.dreamprotocol.core.ledger.WorkExchange#abandon} does.
     *
     * @param by the worker
     * @param job the job
     * @param failure why
     * @param key names this write
     * @return the job
     */
    public Job abandon(AccountId by, JobId job, JobFailure failure, IdempotencyKey key) {
        return changeOnce(
                by, key, job, List.of("abandon", job, failure), held -> JobRules.abandon(held, by, failure, now));
    }

    /**
     * Returns the latest time at which anything was done.
     *
     * @return the model's time
     */
    public Instant now() {
        return now;
    }

    /**
     * Returns an account's money.
     *
     * @param account the account
     * @return its balance
     */
    public Balance balance(AccountId account) {
        return balances.getOrDefault(account, NOTHING);
    }

    /**
     * Looks up a job.
     *
     * @param id its id
     * @return the job, if there is one
     */
    public Optional<Job> job(JobId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /**
     * Returns all jobs.
     *
     * @return the jobs in the order of their submission
     */
    public List<Job> jobs() {
        return List.copyOf(jobs.values());
    }

    /**
     * Returns all events, with cursors that mean nothing.
     *
     * @return the events, oldest first
     */
    public List<LedgerEvent> events() {
        return List.copyOf(events);
    }

    /**
     * Returns all money that is there.
     *
     * @return what was deposited less what was withdrawn
     */
    public Amount supply() {
        return supply;
    }

    /**
     * Checks that the money of all accounts together is what was deposited less what was withdrawn, and what is in escrow is what
     * the jobs that have not ended may cost.
     *
     * @throws IllegalStateException if it is not
     */
    public void requireSound() {
        BigInteger total = BigInteger.ZERO;
        BigInteger escrowed = BigInteger.ZERO;
        for (Balance balance : balances.values()) {
            total = total.add(balance.available().units())
                    .add(balance.escrowed().units());
            escrowed = escrowed.add(balance.escrowed().units());
        }
        BigInteger owed = BigInteger.ZERO;
        for (Job job : jobs.values()) {
            if (!job.state().isFinal()) {
                owed = owed.add(job.submission().maximumFee().units());
            }
        }
        if (!total.equals(supply.units()) || !escrowed.equals(owed)) {
            throw new IllegalStateException("The rules made or lost money: " + balances);
        }
    }

    private <T> T once(AccountId by, IdempotencyKey key, List<Object> operation, Class<T> type, Supplier<T> write) {
        expire();
        Written before = written.get(new Key(by, key));
        if (before != null) {
            if (!before.operation().equals(operation)) {
                throw new ConflictException(ErrorCode.IDEMPOTENCY_CONFLICT, "The key was used for another write");
            }
            return type.cast(before.result());
        }
        T result = write.get();
        written.put(new Key(by, key), new Written(operation, result));
        return result;
    }

    private Job changeOnce(AccountId by, IdempotencyKey key, JobId job, List<Object> operation, Rule rule) {
        return once(by, key, operation, Job.class, () -> change(job, rule));
    }

    private Job change(JobId id, Rule rule) {
        Job job = job(id).orElseThrow(() -> new NotFoundException(ErrorCode.JOB_NOT_FOUND, "There is no job " + id));
        return carryOut(rule.apply(job));
    }

    private Job carryOut(Transition transition) {
        transition.postings().forEach(this::post);
        jobs.put(transition.job().id(), transition.job());
        events.add(transition.event(EventCursor.START, now));
        return transition.job();
    }

    private void tell(LedgerEvent.Kind kind, AccountId account, Amount amount) {
        events.add(new LedgerEvent(EventCursor.START, now, kind, account, Optional.empty(), amount, 0));
    }

    private Balance post(Posting posting) {
        Balance after = posting.applyTo(balance(posting.account()));
        balances.put(posting.account(), after);
        return after;
    }
}
