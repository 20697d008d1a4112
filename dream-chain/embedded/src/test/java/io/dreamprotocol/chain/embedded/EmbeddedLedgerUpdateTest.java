package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens a file that an older program wrote: version 1, which knew jobs and money only. */
class EmbeddedLedgerUpdateTest {
    private static final List<String> OLD_SCHEMA = List.of(
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

    private static final long START = 1_700_000_000_000L;
    private static final Signer REQUESTER = new Acknowledged.Account(new AccountId("ed25519:aa"));
    private static final Signer WORKER = new Acknowledged.Account(new AccountId("ed25519:bb"));
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(START + 1000), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("ledger.db");
    }

    @BeforeEach
    void makeOldLedger() {
        try (Database database = Database.create(file(), file(), Duration.ofSeconds(1))) {
            boolean unused = database.write(() -> {
                for (String statement : OLD_SCHEMA) {
                    database.execute(statement);
                }
                database.execute("PRAGMA application_id=" + 0x44524d4c);
                database.execute("PRAGMA user_version=1");
                for (Map.Entry<String, String> setting : Map.of(
                                "id", "00112233445566778899aabbccddeeff", "window", "60000", "supply", "1000")
                        .entrySet()) {
                    database.update(
                            "INSERT INTO ledger (name, value) VALUES (?, ?)", setting.getKey(), setting.getValue());
                }
                account(database, REQUESTER, 892, 100);
                account(database, WORKER, 8, 0);
                event(database, "DEPOSITED", REQUESTER, null, 1000);
                byte[] open = job("open", "OPEN", List.of(), List.of(), List.of());
                insert(database, "open", "OPEN", START + 60_000, open);
                event(database, "SUBMITTED", REQUESTER, "open", 20);
                event(database, "CLAIMED", WORKER, "open", 0);
                event(database, "REOPENED", WORKER, "open", 0);
                insert(
                        database,
                        "claimed",
                        "CLAIMED",
                        START + 30_000,
                        job("claimed", "CLAIMED", held(2), List.of(), List.of()));
                event(database, "SUBMITTED", REQUESTER, "claimed", 20);
                event(database, "CLAIMED", WORKER, "claimed", 0);
                insert(
                        database,
                        "submitted",
                        "SUBMITTED",
                        null,
                        job("submitted", "SUBMITTED", held(4), delivery(), List.of()));
                event(database, "SUBMITTED", REQUESTER, "submitted", 20);
                for (String more : List.of("four", "five")) {
                    insert(database, more, "OPEN", START + 60_000, job(more, "OPEN", List.of(), List.of(), List.of()));
                }
                insert(
                        database,
                        "settled",
                        "SETTLED",
                        null,
                        job("settled", "SETTLED", held(4), delivery(), settlement()));
                insert(database, "failed", "FAILED", null, job("failed", "FAILED", held(1), List.of(), refund()));
                write(database, "submit-1", List.of("submit", submission()), open);
                write(
                        database,
                        "deposit-1",
                        List.of("deposit", "1000"),
                        DagCbor.encode(Map.of("available", "1000", "escrowed", "0")));
                database.update(
                        "INSERT INTO offers (worker, expires, body) VALUES (?, ?, ?)",
                        WORKER.account().value(),
                        START + 60_000,
                        DagCbor.encode(Map.of(
                                "version",
                                1,
                                "worker",
                                WORKER.account().value(),
                                "ask",
                                "3",
                                "expires",
                                START + 60_000,
                                "models",
                                List.of())));
                return true;
            });
            database.direct(() -> database.query("PRAGMA journal_mode=WAL", row -> row.getString(1)));
        }
    }

    private static void account(Database database, Signer signer, long available, long escrowed) throws SQLException {
        database.update(
                "INSERT INTO accounts (account, available, escrowed) VALUES (?, ?, ?)",
                signer.account().value(),
                Long.toString(available),
                Long.toString(escrowed));
    }

    private static void event(Database database, String kind, Signer signer, String job, long amount)
            throws SQLException {
        database.update(
                "INSERT INTO events (at, kind, account, job, amount, steps) VALUES (?, ?, ?, ?, ?, 0)",
                START,
                kind,
                signer.account().value(),
                job,
                Long.toString(amount));
    }

    private static void insert(Database database, String id, String state, Long due, byte[] body) throws SQLException {
        database.update(
                "INSERT INTO jobs (id, requester, state, due, body) VALUES (?, ?, ?, ?, ?)",
                id,
                REQUESTER.account().value(),
                state,
                due,
                body);
    }

    private static void write(Database database, String key, List<Object> operation, byte[] result)
            throws SQLException {
        database.update(
                "INSERT INTO writes (account, key, operation, result) VALUES (?, ?, ?, ?)",
                REQUESTER.account().value(),
                key,
                Bytes.sha256(DagCbor.encode(operation)).toArray(),
                result);
    }

    private static Map<String, Object> submission() {
        return Map.of(
                "request",
                SampleMarket.cid("request").toString(),
                "model",
                "dream-mini",
                "modelDigest",
                SampleMarket.digest("model"),
                "pixelsPerStep",
                1_000_000,
                "steps",
                4,
                "maximumFee",
                "20",
                "deadline",
                START + 60_000);
    }

    private static List<Object> held(int stepsDone) {
        return List.of(Map.of(
                "worker",
                WORKER.account().value(),
                "ask",
                "2",
                "leaseExpires",
                START + 30_000,
                "stepsDone",
                stepsDone));
    }

    private static List<Object> delivery() {
        return List.of(Map.of(
                "image", SampleMarket.cid("image").toString(),
                "receipt", SampleMarket.cid("receipt").toString()));
    }

    private static List<Object> settlement() {
        return List.of(Map.of(
                "payments",
                List.of(Map.of("to", WORKER.account().value(), "amount", "8", "purpose", "WORK")),
                "refund",
                "12",
                "at",
                START));
    }

    private static List<Object> refund() {
        return List.of(Map.of("payments", List.of(), "refund", "20", "at", START));
    }

    private static byte[] job(
            String id, String state, List<Object> assignment, List<Object> delivery, List<Object> settlement) {
        Map<String, Object> map = new HashMap<>();
        map.put("version", 1);
        map.put("id", id);
        map.put("requester", REQUESTER.account().value());
        map.put("submission", submission());
        map.put("state", state);
        map.put("submittedAt", START);
        map.put("since", START + 10);
        map.put("attempts", 0);
        map.put("abandonedBy", List.of());
        map.put("assignment", assignment);
        map.put("delivery", delivery);
        map.put("settlement", settlement);
        map.put("failure", List.of());
        return DagCbor.encode(map);
    }

    private EmbeddedLedger open() {
        return EmbeddedLedger.builder(folder).clock(CLOCK).open();
    }

    private int version() {
        try (Database database = Database.open(file(), Duration.ofSeconds(1))) {
            return database.direct(() -> database.query("PRAGMA user_version", row -> row.getInt(1)))
                    .getFirst();
        }
    }

    @Test
    void anOldLedgerIsWholeAndSound() throws InterruptedException {
        try (EmbeddedLedger ledger = open()) {
            ledger.check();
            assertThat(ledger.info().settlementWindow()).isEqualTo(Duration.ofMinutes(1));
            assertThat(ledger.info().protocolParts()).isZero();
            assertThat(ledger.info().minimumStake()).isEqualTo(Amount.ZERO);
            assertThat(ledger.balance(REQUESTER.account())).isEqualTo(new Balance(Amount.of(892), Amount.of(100)));
            Job claimed = ledger.find(new JobId("claimed")).orElseThrow();
            assertThat(claimed.royalties()).isEmpty();
            assertThat(claimed.submission().styles()).isEmpty();
            assertThat(claimed.assignment()).hasValueSatisfying(held -> {
                assertThat(held.preview()).isEmpty();
                assertThat(held.claimedAt()).isEqualTo(claimed.since());
                assertThat(held.stepsDone()).isEqualTo(2);
            });
            assertThat(ledger.events(EventCursor.START, 100, Duration.ZERO))
                    .extracting(LedgerEvent::kind)
                    .startsWith(LedgerEvent.Kind.DEPOSITED)
                    .hasSize(7);
            assertThat(ledger.exchange().offers()).singleElement().satisfies(offer -> {
                assertThat(offer.ask()).isEqualTo(Amount.of(3));
                assertThat(offer.kinds()).isEmpty();
            });
            assertThat(ledger.styles().search(StyleQuery.ALL)).isEmpty();
        }
        assertThat(version()).isEqualTo(2);
    }

    @Test
    void whatWorkersDidIsCounted() {
        try (EmbeddedLedger ledger = open()) {
            assertThat(ledger.exchange().worker(WORKER.account()))
                    .isEqualTo(new WorkerRecord(WORKER.account(), Optional.empty(), Amount.ZERO, 2, 1, 2, 0));
            assertThat(ledger.exchange().workers()).isEmpty();
        }
    }

    @Test
    void jobsGoOnAndNewThingsCanBeDone() {
        try (EmbeddedLedger ledger = open()) {
            Job cancelled = ledger.cancel(REQUESTER, new JobId("claimed"), IdempotencyKey.random());
            assertThat(cancelled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(4));
            Job settled = ledger.settle(REQUESTER, new JobId("submitted"), IdempotencyKey.random());
            assertThat(settled.state()).isEqualTo(JobState.SETTLED);
            StyleModel model = ledger.styles()
                    .register(
                            WORKER,
                            SampleMarket.ownersOnly(SampleMarket.manifest("ink", "Black ink", false), 1),
                            Amount.ZERO,
                            IdempotencyKey.random());
            assertThat(ledger.styles().named("ink")).contains(model);
            assertThat(ledger.exchange().worker(WORKER.account()).held()).isZero();
            ledger.check();
        }
        try (EmbeddedLedger ledger = open()) {
            assertThat(ledger.styles().search(StyleQuery.ALL)).hasSize(1);
            ledger.check();
        }
    }

    @Test
    void aWriteSentBeforeTheUpdateCanBeSentAgain() {
        JobSubmission submission = new JobSubmission(
                SampleMarket.cid("request"),
                new ModelId("dream-mini", SampleMarket.digest("model")),
                new Work(1_000_000, 4),
                Amount.of(20),
                Instant.ofEpochMilli(START + 60_000));
        try (EmbeddedLedger ledger = open()) {
            assertThat(ledger.submit(REQUESTER, submission, new IdempotencyKey("submit-1"))
                            .id())
                    .isEqualTo(new JobId("open"));
            assertThat(ledger.deposit(REQUESTER, Amount.of(1000), new IdempotencyKey("deposit-1")))
                    .isEqualTo(new Balance(Amount.of(1000), Amount.ZERO));
            assertThat(ledger.balance(REQUESTER.account()).available()).isEqualTo(Amount.of(892));
        }
    }

    @Test
    void manyWhoOpenAnOldLedgerAtOnceUpdateItOnce() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            Callable<Boolean> check = () -> {
                try (EmbeddedLedger ledger = open()) {
                    ledger.check();
                    return true;
                }
            };
            for (Future<Boolean> checked : executor.invokeAll(Collections.nCopies(8, check))) {
                assertThat(checked.get()).isTrue();
            }
        }
        assertThat(version()).isEqualTo(2);
    }

    @Test
    void anUpdateThatFailsLeavesTheOldLedger() throws IOException {
        try (Database database = Database.open(file(), Duration.ofSeconds(1))) {
            database.direct(() -> database.update("UPDATE jobs SET body = x'a0' WHERE id = 'failed'"));
        }

        CorruptDataException failure = catchThrowableOfType(CorruptDataException.class, this::open);
        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_CORRUPT);
        assertThat(version()).isEqualTo(1);
        try (Database database = Database.open(file(), Duration.ofSeconds(1))) {
            assertThat(database.direct(() -> database.query(
                            "SELECT name FROM sqlite_schema WHERE name LIKE 'style%'", row -> row.getString(1))))
                    .isEmpty();
        }
        assertThat(Files.exists(file())).isTrue();
    }
}
