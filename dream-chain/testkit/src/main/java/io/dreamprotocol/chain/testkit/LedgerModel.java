package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.PaymentChannels;
import io.dreamprotocol.core.ledger.Rounds;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.rules.Change;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.MoneyRules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The protocol's rules on maps in memory: a ledger that does what every ledger must do, and remembers nothing when it is closed.
 *
 * <p>Time acts on all jobs before each operation. Thread-safe.
 */
public final class LedgerModel implements Ledger {
    private static final int MAX_EVENTS = 10_000;

    private final InstantSource clock;
    private final ModelRecords records;
    private final ModelExchange exchange = new ModelExchange(this);
    private final ModelStyles styles = new ModelStyles(this);
    private final ModelChannels channels = new ModelChannels(this);
    private final ModelRounds rounds = new ModelRounds(this);
    private final List<LedgerEvent> events = new ArrayList<>();
    private final Map<Key, Written> written = new HashMap<>();
    private final Set<Record> touched = new LinkedHashSet<>();
    private final Set<AccountId> touchedAccounts = new LinkedHashSet<>();
    private Optional<String> nextName = Optional.empty();
    private int names;
    private boolean closed;

    private record Key(AccountId account, IdempotencyKey key) {}

    private record Written(List<Object> operation, Object result) {}

    /** What an operation does, by the protocol's rules. */
    interface Rule<T> {
        Change<T> apply(ModelRecords records, Instant now);
    }

    /** What an operation does to a job. */
    interface JobRule {
        Change<Job> apply(Job job, ModelRecords records, Instant now);
    }

    /**
     * Creates an empty model.
     *
     * @param clock the time to go by
     * @param info what the ledger says of itself
     */
    public LedgerModel(InstantSource clock, LedgerInfo info) {
        this.clock = clock;
        this.records = new ModelRecords(info);
    }

    /**
     * Names the next job, channel or epoch; otherwise it gets a name that the model chooses.
     *
     * @param name the name that the ledger under test gave it
     */
    public synchronized void nameNext(Optional<String> name) {
        nextName = name;
    }

    /** Returns a name for a new record. */
    String newName() {
        names++;
        return nextName.orElse("model-" + names);
    }

    @Override
    public LedgerInfo info() {
        return records.info();
    }

    @Override
    public WorkExchange exchange() {
        return exchange;
    }

    @Override
    public StyleRegistry styles() {
        return styles;
    }

    @Override
    public PaymentChannels channels() {
        return channels;
    }

    @Override
    public Rounds rounds() {
        return rounds;
    }

    @Override
    public synchronized int expire() {
        requireOpen();
        Instant present = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        records.setNow(records.now().isAfter(present) ? records.now() : present);
        int changed = 0;
        for (Job job : records.runningJobs()) {
            List<Change<Job>> changes = JobRules.overdue(job, records, records.now());
            changes.forEach(this::carryOut);
            changed += changes.isEmpty() ? 0 : 1;
        }
        return changed;
    }

    @Override
    public Balance deposit(Signer by, Amount amount, IdempotencyKey key) {
        return once(by, key, List.of("deposit", amount), () -> {
            Posting posting = MoneyRules.deposit(by.account(), amount, records.supply());
            records.setSupply(records.supply().plus(amount));
            return move(posting, LedgerEvent.Kind.DEPOSITED, amount);
        });
    }

    @Override
    public Balance withdraw(Signer by, Amount amount, IdempotencyKey key) {
        return once(by, key, List.of("withdraw", amount), () -> {
            Balance after = move(MoneyRules.withdraw(by.account(), amount), LedgerEvent.Kind.WITHDRAWN, amount);
            records.setSupply(records.supply().minus(amount));
            return after;
        });
    }

    @Override
    public Job submit(Signer requester, JobSubmission submission, IdempotencyKey key) {
        return write(
                requester,
                key,
                List.of("submit", submission),
                (view, now) -> JobRules.open(new JobId(newName()), requester.account(), submission, view, now));
    }

    @Override
    public Job deliver(Signer worker, JobId job, Delivery delivery, IdempotencyKey key) {
        return change(
                worker,
                key,
                job,
                List.of("deliver", job, delivery),
                (held, view, now) -> JobRules.deliver(held, worker.account(), delivery, now));
    }

    @Override
    public Job settle(Signer by, JobId job, IdempotencyKey key) {
        return change(
                by,
                key,
                job,
                List.of("settle", job),
                (done, view, now) -> JobRules.settle(done, by.account(), view, now));
    }

    @Override
    public Job cancel(Signer requester, JobId job, IdempotencyKey key) {
        return change(
                requester,
                key,
                job,
                List.of("cancel", job),
                (running, view, now) -> JobRules.cancel(running, requester.account(), view, now));
    }

    @Override
    public Balance balance(AccountId account) {
        return read(() -> records.balance(account));
    }

    @Override
    public Optional<Job> find(JobId job) {
        return read(() -> records.job(job));
    }

    @Override
    public List<Job> jobs(JobQuery query) {
        return read(() -> {
            List<Job> all = new ArrayList<>(records.jobs());
            List<Job> ordered = query.newestFirst() ? all.reversed() : all;
            Stream<Job> rest = ordered.stream();
            if (query.after().isPresent()) {
                Job last = job(query.after().get());
                rest = ordered.stream().skip(ordered.indexOf(last) + 1L);
            }
            return rest.filter(job -> query.states().isEmpty() || query.states().contains(job.state()))
                    .filter(job ->
                            query.requester().map(job.requester()::equals).orElse(true))
                    .limit(query.limit())
                    .toList();
        });
    }

    @Override
    public synchronized EventCursor latest() {
        return read(
                () -> events.isEmpty() ? EventCursor.START : events.getLast().cursor());
    }

    @Override
    public synchronized List<LedgerEvent> events(EventCursor after, int limit, Duration wait)
            throws InterruptedException {
        if (limit < 1 || limit > MAX_EVENTS) {
            throw new IllegalArgumentException("One call returns 1 to " + MAX_EVENTS + " events, not " + limit);
        }
        requireOpen();
        long end = System.nanoTime() + wait.toNanos();
        int place = place(after);
        while (!closed) {
            int unused = expire();
            long left = end - System.nanoTime();
            if (events.size() > place || left <= 0) {
                return List.copyOf(events.subList(place, Math.min(events.size(), place + limit)));
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return List.of();
    }

    private int place(EventCursor cursor) {
        if (cursor.equals(EventCursor.START)) {
            return 0;
        }
        String prefix = cursorPrefix();
        String number = cursor.value().startsWith(prefix) ? cursor.value().substring(prefix.length()) : "";
        int place = number.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(number) : 0;
        if (place == 0 || place > events.size()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "The cursor is not one of this ledger's; start over");
        }
        return place;
    }

    private String cursorPrefix() {
        return Integer.toHexString(info().id().hashCode()) + "-";
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /**
     * Returns the latest time at which anything was done.
     *
     * @return the model's time
     */
    public synchronized Instant now() {
        return records.now();
    }

    /**
     * Returns all money that is there.
     *
     * @return what was deposited less what was withdrawn
     */
    public synchronized Amount supply() {
        return records.supply();
    }

    /**
     * Checks that money was neither made nor lost. What all accounts have is what was deposited less what was withdrawn; what each has
     * in escrow is the sum of its jobs that have not ended, its stake, its licences without a key, and the rests of its channels, epochs
     * and pledges; a pool has what came in less what was claimed; a job's payments and refund are its maximum fee.
     *
     * @throws IllegalStateException if it is not so
     */
    public synchronized void requireSound() {
        records.requireSound();
    }

    /** Returns every record that was written since the last call, each as it is now. */
    synchronized List<Record> takeTouched() {
        List<Record> all = List.copyOf(touched);
        touched.clear();
        return all;
    }

    /** Returns every account whose money changed since the last call. */
    synchronized List<AccountId> takeTouchedAccounts() {
        List<AccountId> all = List.copyOf(touchedAccounts);
        touchedAccounts.clear();
        return all;
    }

    ModelRecords records() {
        return records;
    }

    /** Looks at the records after time has acted on them. */
    synchronized <T> T read(Supplier<T> look) {
        int unused = expire();
        return look.get();
    }

    /** Changes something once by a rule. */
    <T> T write(Signer by, IdempotencyKey key, List<Object> operation, Rule<T> rule) {
        return once(by, key, operation, () -> carryOut(rule.apply(records, records.now())));
    }

    /** Changes a job once by a rule. */
    Job change(Signer by, IdempotencyKey key, JobId job, List<Object> operation, JobRule rule) {
        return write(by, key, operation, (view, now) -> rule.apply(job(job), view, now));
    }

    private Job job(JobId id) {
        return records.job(id)
                .orElseThrow(() -> new NotFoundException(ErrorCode.JOB_NOT_FOUND, "There is no job " + id + " here"));
    }

    /** Changes a job by a rule, without a key. */
    synchronized Job change(JobId job, JobRule rule) {
        int unused = expire();
        return carryOut(rule.apply(job(job), records, records.now()));
    }

    @SuppressWarnings("unchecked") // The operation is the same as before, and so is the type of its result.
    private synchronized <T> T once(Signer by, IdempotencyKey key, List<Object> operation, Supplier<T> write) {
        int unused = expire();
        Key name = new Key(by.account(), Objects.requireNonNull(key, "key"));
        Written before = written.get(name);
        if (before != null) {
            if (!before.operation().equals(operation)) {
                throw new ConflictException(ErrorCode.IDEMPOTENCY_CONFLICT, "The key was used for another write");
            }
            return (T) before.result();
        }
        T result = write.get();
        written.put(name, new Written(operation, result));
        return result;
    }

    private <T> T carryOut(Change<T> change) {
        records.post(change.postings());
        change.postings().forEach(posting -> touchedAccounts.add(posting.account()));
        change.writes().forEach(records::put);
        touched.addAll(change.writes());
        change.notices().forEach(notice -> events.add(notice.at(nextCursor(), records.now())));
        notifyAll();
        return change.result();
    }

    private Balance move(Posting posting, LedgerEvent.Kind kind, Amount amount) {
        records.post(List.of(posting));
        touchedAccounts.add(posting.account());
        events.add(new LedgerEvent(
                nextCursor(),
                records.now(),
                kind,
                posting.account(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                amount,
                0));
        notifyAll();
        return records.balance(posting.account());
    }

    private EventCursor nextCursor() {
        return new EventCursor(cursorPrefix() + (events.size() + 1));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The ledger is closed");
        }
    }
}
