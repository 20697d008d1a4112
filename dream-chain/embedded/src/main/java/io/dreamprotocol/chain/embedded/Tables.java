package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.Notice;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.StylePayer;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The tables of a ledger, in the contract's values. Called inside a transaction of its database. */
final class Tables {
    private static final Balance NOTHING = new Balance(Amount.ZERO, Amount.ZERO);

    private final Database database;
    private final StyleTables styles;
    private final ChannelTables channels;
    private final RoundTables rounds;

    Tables(Database database) {
        this.database = database;
        this.styles = new StyleTables(database, this);
        this.channels = new ChannelTables(database, this);
        this.rounds = new RoundTables(database, this);
    }

    StyleTables styles() {
        return styles;
    }

    ChannelTables channels() {
        return channels;
    }

    RoundTables rounds() {
        return rounds;
    }

    /** Writes a record as it is after an operation, in place of what was there. */
    void put(Record record) throws SQLException {
        switch (record) {
            case Job job -> put(job);
            case WorkerRecord worker -> put(worker);
            case StyleModel model -> styles.put(model);
            case OperatorApproval approval -> styles.put(approval);
            case StylePayer payer -> styles.put(payer);
            case Licence licence -> styles.put(licence);
            case PoolClaim claim -> styles.put(claim);
            case Channel channel -> channels.put(channel);
            case Epoch epoch -> channels.put(epoch);
            case EpochClaim claim -> channels.put(claim);
            case Round round -> rounds.put(round);
            case Pledge pledge -> rounds.put(pledge);
            default -> throw new IllegalArgumentException("Not a record of a ledger: " + record.getClass());
        }
    }

    /** A write that was carried out under an idempotency key. */
    record Write(Bytes operation, Bytes result) {}

    String ledgerId() throws SQLException {
        return setting("id");
    }

    Amount supply() throws SQLException {
        return stored(() -> Stored.amount(setting("supply")));
    }

    void setSupply(Amount supply) throws SQLException {
        database.update("UPDATE ledger SET value = ? WHERE name = 'supply'", supply.toString());
    }

    String setting(String name) throws SQLException {
        return database.first("SELECT value FROM ledger WHERE name = ?", row -> row.getString(1), name)
                .orElseThrow(() -> new IllegalArgumentException("its setting " + name + " is missing"));
    }

    Balance balance(AccountId account) throws SQLException {
        return database.first(
                        "SELECT available, escrowed FROM accounts WHERE account = ?", this::balance, account.value())
                .orElse(NOTHING);
    }

    void setBalance(AccountId account, Balance balance) throws SQLException {
        database.update(
                "INSERT INTO accounts (account, available, escrowed) VALUES (?, ?, ?) ON CONFLICT (account)"
                        + " DO UPDATE SET available = excluded.available, escrowed = excluded.escrowed",
                account.value(),
                balance.available().toString(),
                balance.escrowed().toString());
    }

    /** Returns all balances, by account. */
    Map<String, Balance> balances() throws SQLException {
        Map<String, Balance> balances = new HashMap<>();
        database.query(
                        "SELECT available, escrowed, account FROM accounts",
                        row -> Map.entry(row.getString(3), balance(row)))
                .forEach(entry -> balances.put(entry.getKey(), entry.getValue()));
        return balances;
    }

    private Balance balance(ResultSet row) throws SQLException {
        return stored(() -> new Balance(Stored.amount(row.getString(1)), Stored.amount(row.getString(2))));
    }

    Optional<Job> job(JobId id) throws SQLException {
        return database.first("SELECT body FROM jobs WHERE id = ?", this::job, id.value());
    }

    private void put(Job job) throws SQLException {
        database.update(
                "INSERT INTO jobs (id, requester, state, due, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id)"
                        + " DO UPDATE SET state = excluded.state, due = excluded.due, body = excluded.body",
                job.id().value(),
                job.requester().value(),
                job.state().name(),
                due(job),
                JobForm.encode(job));
    }

    /** Does something with every job. */
    void eachJob(Database.Each<Job> action) throws SQLException {
        database.each("SELECT body FROM jobs", row -> action.run(job(row)));
    }

    private static @Nullable Long due(Job job) {
        return JobRules.due(job).map(Instant::toEpochMilli).orElse(null);
    }

    /** Returns jobs on which time has acted or acts now, the earliest first. */
    List<Job> dueJobs(Instant now, int limit) throws SQLException {
        return database.query(
                "SELECT body FROM jobs WHERE due <= ? ORDER BY due, seq LIMIT ?", this::job, now.toEpochMilli(), limit);
    }

    boolean anyDue(Instant now) throws SQLException {
        return database.first("SELECT 1 FROM jobs WHERE due <= ? LIMIT 1", row -> true, now.toEpochMilli())
                .isPresent();
    }

    /** Returns a job's place in the order of submission. */
    OptionalLong place(JobId id) throws SQLException {
        List<Long> places = database.query("SELECT seq FROM jobs WHERE id = ?", row -> row.getLong(1), id.value());
        return places.isEmpty() ? OptionalLong.empty() : OptionalLong.of(places.getFirst());
    }

    /** Lists jobs behind a place in the query's order. */
    List<Job> jobs(JobQuery query, OptionalLong after) throws SQLException {
        List<String> conditions = new ArrayList<>();
        List<Object> parameters = new ArrayList<>();
        if (!query.states().isEmpty()) {
            conditions.add("state IN ("
                    + String.join(", ", Collections.nCopies(query.states().size(), "?")) + ")");
            query.states().stream().map(JobState::name).forEach(parameters::add);
        }
        query.requester().ifPresent(requester -> {
            conditions.add("requester = ?");
            parameters.add(requester.value());
        });
        after.ifPresent(place -> {
            conditions.add(query.newestFirst() ? "seq < ?" : "seq > ?");
            parameters.add(place);
        });
        parameters.add(query.limit());
        String sql = "SELECT body FROM jobs"
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + " ORDER BY seq" + (query.newestFirst() ? " DESC" : "") + " LIMIT ?";
        return database.query(sql, this::job, parameters.toArray());
    }

    /** Returns the place of the newest event, 0 if there is none. */
    long latestEvent() throws SQLException {
        return database.query("SELECT coalesce(max(seq), 0) FROM events", row -> row.getLong(1))
                .getFirst();
    }

    /** Returns when the newest event happened. */
    Instant latestTime() throws SQLException {
        return database.first(
                        "SELECT at FROM events ORDER BY seq DESC LIMIT 1", row -> Instant.ofEpochMilli(row.getLong(1)))
                .orElse(Instant.EPOCH);
    }

    /** Appends an event at the next place. */
    void append(Notice notice, Instant at) throws SQLException {
        database.update(
                "INSERT INTO events (at, kind, account, job, style, round, amount, steps)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                at.toEpochMilli(),
                notice.kind().name(),
                notice.account().value(),
                notice.job().map(JobId::value).orElse(null),
                notice.style().map(StyleId::number).orElse(null),
                notice.round().map(RoundId::number).orElse(null),
                notice.amount().toString(),
                notice.stepsDone());
    }

    List<LedgerEvent> events(long after, int limit, Cursors cursors) throws SQLException {
        return database.query(
                "SELECT seq, at, kind, account, job, style, round, amount, steps FROM events WHERE seq > ?"
                        + " ORDER BY seq LIMIT ?",
                row -> stored(() -> event(row, cursors.at(row.getLong(1)))),
                after,
                limit);
    }

    private static LedgerEvent event(ResultSet row, EventCursor cursor) throws SQLException {
        return new LedgerEvent(
                cursor,
                Instant.ofEpochMilli(row.getLong(2)),
                LedgerEvent.Kind.valueOf(row.getString(3)),
                new AccountId(row.getString(4)),
                Optional.ofNullable(row.getString(5)).map(JobId::new),
                number(row, 6).map(StyleId::new),
                number(row, 7).map(RoundId::new),
                Stored.amount(row.getString(8)),
                row.getInt(9));
    }

    private static Optional<Long> number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<Write> findWrite(AccountId account, IdempotencyKey key) throws SQLException {
        return database.first(
                "SELECT operation, result FROM writes WHERE account = ? AND key = ?",
                row -> new Write(Bytes.of(row.getBytes(1)), Bytes.of(row.getBytes(2))),
                account.value(),
                key.value());
    }

    void insert(AccountId account, IdempotencyKey key, Write write) throws SQLException {
        database.update(
                "INSERT INTO writes (account, key, operation, result) VALUES (?, ?, ?, ?)",
                account.value(),
                key.value(),
                write.operation().toArray(),
                write.result().toArray());
    }

    /** Replaces a worker's offer, and forgets those that have ended. */
    void setOffer(WorkerOffer offer, byte[] body, Instant now) throws SQLException {
        database.update("DELETE FROM offers WHERE expires <= ?", now.toEpochMilli());
        database.update(
                "INSERT OR REPLACE INTO offers (worker, expires, body) VALUES (?, ?, ?)",
                offer.worker().value(),
                offer.expires().toEpochMilli(),
                body);
    }

    void removeOffer(AccountId worker) throws SQLException {
        database.update("DELETE FROM offers WHERE worker = ?", worker.value());
    }

    List<WorkerOffer> offers(Instant now) throws SQLException {
        return database.query(
                "SELECT body FROM offers WHERE expires > ?",
                row -> stored(() -> OfferForm.decode(row.getBytes(1))),
                now.toEpochMilli());
    }

    WorkerRecord worker(AccountId account) throws SQLException {
        return database.first("SELECT body FROM workers WHERE account = ?", this::worker, account.value())
                .orElseGet(() -> WorkerRecord.unknown(account));
    }

    /** Returns the workers that are registered, by account. */
    List<WorkerRecord> registeredWorkers() throws SQLException {
        return database.query("SELECT body FROM workers WHERE registered ORDER BY account", this::worker);
    }

    /** Does something with every worker that the ledger ever saw. */
    void eachWorker(Database.Each<WorkerRecord> action) throws SQLException {
        database.each("SELECT body FROM workers", row -> action.run(worker(row)));
    }

    private void put(WorkerRecord worker) throws SQLException {
        database.update(
                "INSERT OR REPLACE INTO workers (account, registered, body) VALUES (?, ?, ?)",
                worker.account().value(),
                worker.profile().isPresent() ? 1 : 0,
                WorkerForm.encode(worker));
    }

    private WorkerRecord worker(ResultSet row) throws SQLException {
        return stored(() -> WorkerForm.decode(row.getBytes(1)));
    }

    private Job job(ResultSet row) throws SQLException {
        return stored(() -> JobForm.decode(row.getBytes(1)));
    }

    /** Reads something stored, and takes its refusal for damage. */
    <T> T stored(Database.Action<T> reader) throws SQLException {
        try {
            return reader.run();
        } catch (IllegalArgumentException | DreamException e) {
            throw SqliteErrors.corrupt(database.file(), String.valueOf(e.getMessage()), e);
        }
    }
}
