package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.rules.Change;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.LedgerView;
import io.dreamprotocol.core.rules.Notice;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An open ledger: runs reads and writes one at a time, each in one transaction, after what time has done to the jobs was written.
 *
 * <p>Time acts in transactions of its own, so that an operation that fails does not undo it. An operation runs in a transaction
 * in which nothing was due, and therefore sees every job as it is now.
 */
final class LedgerSession {
    /** The most jobs that time changes in one transaction, so that other processes are not kept waiting. */
    private static final int BATCH = 1000;

    /** How soon a waiting reader notices what another process wrote: 25 ms. Within a process it is woken at once. */
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Database database;
    private final Tables tables;
    private final LedgerInfo info;
    private final Cursors cursors;
    private final InstantSource clock;
    private Instant last = Instant.EPOCH;
    private boolean closed;

    LedgerSession(Database database, Tables tables, LedgerInfo info, Cursors cursors, InstantSource clock) {
        this.database = database;
        this.tables = tables;
        this.info = info;
        this.cursors = cursors;
        this.clock = clock;
    }

    /** What is done at the ledger's time. */
    interface Action<T> {
        T run(Tables tables, Instant now) throws SQLException;
    }

    /** What an operation does, by the protocol's rules. */
    interface Rule<T> {
        Change<T> apply(LedgerView view, Instant now);
    }

    /** What an operation does to a job, by the protocol's rules. */
    interface JobRule {
        Change<Job> apply(Job job, LedgerView view, Instant now);
    }

    <T> T read(Action<T> action) {
        lock.lock();
        try {
            requireOpen();
            return readLocked(action);
        } finally {
            lock.unlock();
        }
    }

    private <T> T readLocked(Action<T> action) {
        while (true) {
            Optional<T> result = database.read(() -> {
                Instant now = time();
                return tables.anyDue(now) ? Optional.empty() : Optional.of(action.run(tables, now));
            });
            if (result.isPresent()) {
                return result.get();
            }
            actOnDue();
        }
    }

    <T> T write(Action<T> action) {
        lock.lock();
        try {
            requireOpen();
            while (true) {
                Optional<T> result = database.write(() -> {
                    Instant now = time();
                    return tables.anyDue(now) ? Optional.empty() : Optional.of(action.run(tables, now));
                });
                if (result.isPresent()) {
                    changed.signalAll();
                    return result.get();
                }
                actOnDue();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs a write unless its account's key was used before: then gives the first result again, or refuses another write. */
    <T> T writeOnce(Signer by, IdempotencyKey key, ResultForm<T> form, List<Object> operation, Action<T> action) {
        AccountId account = by.account();
        Objects.requireNonNull(key, "key");
        Bytes digest = Bytes.sha256(DagCbor.encode(operation));
        return write((tables, now) -> {
            Optional<Tables.Write> before = tables.findWrite(account, key);
            if (before.isPresent()) {
                if (!before.get().operation().equals(digest)) {
                    throw new ConflictException(
                            ErrorCode.IDEMPOTENCY_CONFLICT,
                            "The key " + key.value() + " was used for another write of this account; use a new one");
                }
                return tables.stored(() ->
                        form.decoder().decode(tables, before.get().result().toArray()));
            }
            T result = action.run(tables, now);
            tables.insert(
                    account,
                    key,
                    new Tables.Write(digest, Bytes.of(form.encoder().apply(result))));
            return result;
        });
    }

    /** Does once what a rule says. */
    <T> T changeOnce(Signer by, IdempotencyKey key, ResultForm<T> form, List<Object> operation, Rule<T> rule) {
        return writeOnce(by, key, form, operation, (tables, now) -> carryOut(rule.apply(view(now), now), now));
    }

    /** Changes a job once by a rule. */
    Job changeJobOnce(Signer by, JobId id, IdempotencyKey key, List<Object> operation, JobRule rule) {
        return writeOnce(by, key, ResultForm.JOB, operation, (tables, now) -> changeJob(id, now, rule));
    }

    /** Changes a job by a rule; inside a write. */
    Job changeJob(JobId id, Instant now, JobRule rule) throws SQLException {
        Job job = tables.job(id)
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.JOB_NOT_FOUND, "There is no job " + id + " on this ledger; check its id"));
        return carryOut(rule.apply(job, view(now), now), now);
    }

    /** Returns the name of something new; inside a write. */
    String newName(AccountId account, IdempotencyKey key, Names.Taken taken) {
        return database.direct(() -> Names.next(tables, account, key, taken));
    }

    boolean isJob(String name) throws SQLException {
        return tables.place(new JobId(name)).isPresent();
    }

    boolean isChannel(String name) throws SQLException {
        return tables.channels().channel(new ChannelId(name)).isPresent();
    }

    boolean isEpoch(String name) throws SQLException {
        return tables.channels().epoch(new EpochId(name)).isPresent();
    }

    private LedgerView view(Instant now) {
        return new TablesView(database, tables, info, now);
    }

    /** Changes an account's money and tells of it; inside a write. */
    Balance move(Posting posting, LedgerEvent.Kind kind, Amount amount, Instant now) throws SQLException {
        Balance after = post(posting);
        tables.append(
                new Notice(kind, posting.account(), Optional.empty(), Optional.empty(), Optional.empty(), amount, 0),
                now);
        return after;
    }

    private <T> T carryOut(Change<T> change, Instant now) throws SQLException {
        for (Posting posting : change.postings()) {
            Balance unused = post(posting);
        }
        for (Record write : change.writes()) {
            tables.put(write);
        }
        for (Notice notice : change.notices()) {
            tables.append(notice, now);
        }
        return change.result();
    }

    private Balance post(Posting posting) throws SQLException {
        Balance after = posting.applyTo(tables.balance(posting.account()));
        tables.setBalance(posting.account(), after);
        return after;
    }

    /** Lets time act on all jobs; tells how many changed. */
    int expire() {
        lock.lock();
        try {
            requireOpen();
            int all = 0;
            for (int some = actOnDue(); some > 0; some = actOnDue()) {
                all += some;
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    private int actOnDue() {
        int jobs = database.write(() -> {
            Instant now = time();
            List<Job> due = tables.dueJobs(now, BATCH);
            for (Job job : due) {
                List<Change<Job>> changes = JobRules.overdue(job, view(now), now);
                if (changes.isEmpty()) {
                    throw SqliteErrors.corrupt(
                            database.file(), "job " + job.id() + " is due, and nothing is to be done");
                }
                for (Change<Job> change : changes) {
                    Job unused = carryOut(change, now);
                }
            }
            return due.size();
        });
        changed.signalAll();
        return jobs;
    }

    /** Returns the events behind a cursor, after waiting for the first one if need be. */
    List<LedgerEvent> events(EventCursor after, int limit, Duration wait) throws InterruptedException {
        long end = System.nanoTime() + nanos(wait);
        lock.lockInterruptibly();
        try {
            requireOpen();
            while (!closed) {
                List<LedgerEvent> events = readLocked(
                        (tables, now) -> tables.events(cursors.place(after, tables.latestEvent()), limit, cursors));
                long left = end - System.nanoTime();
                if (!events.isEmpty() || left <= 0) {
                    return events;
                }
                // The time left is read anew above; a spurious wake-up costs one look.
                long unused = changed.awaitNanos(Math.min(left, POLL_NANOS));
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    EventCursor latest() {
        return read((tables, now) -> cursors.at(tables.latestEvent()));
    }

    void check() {
        boolean unused = read((tables, now) -> {
            new LedgerCheck(database, tables, cursors).run();
            return true;
        });
    }

    /** Returns the ledger's time: the clock's, but never earlier than before, here or in another process. */
    private Instant time() throws SQLException {
        Instant written = tables.latestTime();
        Instant present = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        last = last.isAfter(written) ? last : written;
        last = last.isAfter(present) ? last : present;
        return last;
    }

    private static long nanos(Duration wait) {
        // Longer waits than a century would overflow, and nobody sees their end.
        Duration century = Duration.ofDays(36_500);
        return wait.isNegative() ? 0 : wait.compareTo(century) > 0 ? century.toNanos() : wait.toNanos();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The ledger is closed");
        }
    }

    void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                changed.signalAll();
                database.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
