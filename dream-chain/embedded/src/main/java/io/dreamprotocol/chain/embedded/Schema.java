package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables of a ledger's file. Amounts are decimal text, because SQLite's integers have 64 bits; times are milliseconds since 1970. */
final class Schema {
    /** What version 1 of the file had. */
    private static final List<String> FIRST = List.of(
            "CREATE TABLE ledger (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
            "CREATE TABLE accounts (account TEXT PRIMARY KEY, available TEXT NOT NULL, escrowed TEXT NOT NULL)"
                    + " STRICT, WITHOUT ROWID",
            "CREATE TABLE jobs (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, requester TEXT NOT NULL,"
                    + " state TEXT NOT NULL, due INTEGER, body BLOB NOT NULL) STRICT",
            "CREATE INDEX jobs_by_state ON jobs (state)",
            "CREATE INDEX jobs_by_requester ON jobs (requester)",
            "CREATE INDEX jobs_by_due ON jobs (due) WHERE due IS NOT NULL",
            "CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,"
                    + " account TEXT NOT NULL, job TEXT, amount TEXT NOT NULL, steps INTEGER NOT NULL) STRICT",
            "CREATE TABLE writes (account TEXT NOT NULL, key TEXT NOT NULL, operation BLOB NOT NULL,"
                    + " result BLOB NOT NULL, PRIMARY KEY (account, key)) STRICT, WITHOUT ROWID",
            "CREATE TABLE offers (worker TEXT PRIMARY KEY, expires INTEGER NOT NULL, body BLOB NOT NULL)"
                    + " STRICT, WITHOUT ROWID");

    /**
     * What version 2 added.
     *
     * <p>The table of style models has only what a search looks at, so that even one that looks at all of them reads little; their
     * bodies and manifests lie apart. Its price is a number of 16 bytes, which sorts as the amount does.
     */
    private static final List<String> SECOND = List.of(
            "ALTER TABLE events ADD COLUMN style INTEGER",
            "ALTER TABLE events ADD COLUMN round INTEGER",
            "CREATE TABLE workers (account TEXT PRIMARY KEY, registered INTEGER NOT NULL, body BLOB NOT NULL)"
                    + " STRICT, WITHOUT ROWID",
            "CREATE INDEX workers_registered ON workers (account) WHERE registered",
            "CREATE TABLE styles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, file BLOB NOT NULL UNIQUE,"
                    + " owner TEXT NOT NULL, kind TEXT NOT NULL, architecture TEXT NOT NULL, price BLOB NOT NULL,"
                    + " payers INTEGER NOT NULL) STRICT",
            "CREATE INDEX styles_by_payers ON styles (payers DESC, id, kind, architecture, price, owner)",
            "CREATE INDEX styles_by_price ON styles (price, id, kind, architecture, owner)",
            "CREATE INDEX styles_by_owner ON styles (owner, id)",
            "CREATE TABLE style_bodies (style INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
            "CREATE TABLE style_manifests (style INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
            "CREATE VIRTUAL TABLE style_words USING fts5(words, content='', columnsize=0, detail=none,"
                    + " prefix='1 2 3 4 5', tokenize='ascii')",
            "CREATE TABLE style_payers (style INTEGER NOT NULL, payer TEXT NOT NULL, PRIMARY KEY (style, payer))"
                    + " STRICT, WITHOUT ROWID",
            "CREATE TABLE operators (owner TEXT NOT NULL, operator TEXT NOT NULL, PRIMARY KEY (owner, operator))"
                    + " STRICT, WITHOUT ROWID",
            "CREATE TABLE licences (style INTEGER NOT NULL, holder TEXT NOT NULL, body BLOB NOT NULL,"
                    + " PRIMARY KEY (style, holder)) STRICT, WITHOUT ROWID",
            "CREATE TABLE pool_claims (style INTEGER NOT NULL, contributor TEXT NOT NULL, claimed TEXT NOT NULL,"
                    + " PRIMARY KEY (style, contributor)) STRICT, WITHOUT ROWID",
            "CREATE TABLE channels (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, payer TEXT NOT NULL,"
                    + " payee TEXT NOT NULL, body BLOB NOT NULL) STRICT",
            "CREATE INDEX channels_by_payer ON channels (payer)",
            "CREATE INDEX channels_by_payee ON channels (payee)",
            "CREATE TABLE epochs (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
            "CREATE TABLE epoch_claims (epoch TEXT NOT NULL, line INTEGER NOT NULL, paid TEXT NOT NULL,"
                    + " PRIMARY KEY (epoch, line)) STRICT, WITHOUT ROWID",
            "CREATE TABLE rounds (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
            "CREATE TABLE pledges (seq INTEGER PRIMARY KEY, round INTEGER NOT NULL, account TEXT NOT NULL,"
                    + " kind TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (round, account, kind)) STRICT");

    private Schema() {}

    /** Makes the tables in an empty file; inside a transaction. */
    static void create(Database database) throws SQLException {
        execute(database, FIRST);
        execute(database, SECOND);
    }

    /** Adds to a file of version 1 what is missing; inside a transaction. */
    static void update(Database database) throws SQLException {
        execute(database, SECOND);
        KeptSettings.writeMarket(database, 0, Amount.ZERO);
        writeStandings(database);
    }

    private static void execute(Database database, List<String> statements) throws SQLException {
        for (String statement : statements) {
            database.execute(statement);
        }
    }

    /** Counts from the jobs and the events what each worker did before ledgers kept its standing. */
    private static void writeStandings(Database database) throws SQLException {
        Tables tables = new Tables(database);
        Map<AccountId, WorkerRecord> workers = new HashMap<>();
        tables.eachJob(job -> job.assignment()
                .map(Assignment::worker)
                .ifPresent(worker -> workers.merge(worker, standing(worker, job.state()), Schema::sum)));
        database.each("SELECT account FROM events WHERE kind = 'REOPENED'", row -> {
            AccountId worker = tables.stored(() -> new AccountId(row.getString(1)));
            workers.merge(worker, standing(worker, JobState.FAILED), Schema::sum);
        });
        for (WorkerRecord worker : workers.values()) {
            tables.put(worker);
        }
    }

    private static WorkerRecord standing(AccountId worker, JobState state) {
        return switch (state) {
            case CLAIMED, SUBMITTED -> standing(worker, 1, 0, 0);
            case SETTLED -> standing(worker, 0, 1, 0);
            case EXPIRED, FAILED -> standing(worker, 0, 0, 1);
            case OPEN, CANCELLED -> standing(worker, 0, 0, 0);
        };
    }

    private static WorkerRecord standing(AccountId worker, int held, long completed, long faulted) {
        return new WorkerRecord(worker, Optional.empty(), Amount.ZERO, held, completed, faulted, 0);
    }

    private static WorkerRecord sum(WorkerRecord one, WorkerRecord other) {
        return standing(
                one.account(),
                one.held() + other.held(),
                one.completed() + other.completed(),
                one.faulted() + other.faulted());
    }
}
