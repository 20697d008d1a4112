package io.dreamprotocol.chain.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.chain.testkit.TestSigner;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files, disks that are full or cannot be written, and other processes in the way. */
class EmbeddedLedgerFaultTest {
    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir
    Path folder;

    private final Signer signer = TestSigner.create();

    private Path data() {
        return folder.resolve("data");
    }

    private Path file() {
        return data().resolve("ledger.db");
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        DreamException failure = catchThrowableOfType(DreamException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure)
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining(".tmp")
                .hasMessageContaining(";");
    }

    private void makeLedger() {
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            ledger.deposit(signer, Amount.of(5000), IdempotencyKey.random());
            submit(ledger, 20);
        }
    }

    private Job submit(EmbeddedLedger ledger, int jobs) {
        Job last = null;
        for (int i = 0; i < jobs; i++) {
            JobSubmission submission = new JobSubmission(
                    Cid.of(Cid.Codec.RAW, new byte[0]),
                    new ModelId("dream-mini", Bytes.sha256(new byte[0])),
                    new Work(1_000_000, 4),
                    Amount.of(10),
                    Instant.now().plusSeconds(600));
            last = ledger.submit(signer, submission, IdempotencyKey.random());
        }
        return last;
    }

    private void tamper(String sql, Object... parameters) {
        try (Database database = Database.open(file(), SHORT)) {
            assertThat(database.write(() -> database.update(sql, parameters))).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 99, 100, 4096, 20_000, 45_055})
    void aTruncatedFileIsCorrupt(long size) throws IOException {
        makeLedger();
        assertThat(Files.size(file())).isGreaterThan(45_055);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }

        assertFails(ErrorCode.STORE_CORRUPT, () -> EmbeddedLedger.open(data()));
        assertThat(Files.size(file())).isEqualTo(size);
    }

    @Test
    void garbageIsCorrupt() throws IOException {
        Files.createDirectories(data());
        Files.writeString(file(), "This is no ledger. ".repeat(1000));

        assertFails(ErrorCode.STORE_CORRUPT, () -> EmbeddedLedger.open(data()));
        assertThat(Files.readString(file())).startsWith("This is no ledger.");
    }

    @Test
    void garbageInTheMiddleIsFound() throws IOException {
        makeLedger();
        byte[] bytes = Files.readAllBytes(file());
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Files.write(file(), bytes);

        assertFails(ErrorCode.STORE_CORRUPT, () -> {
            try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                ledger.check();
            }
        });
    }

    @Test
    void anotherDatabaseIsLeftAlone() throws IOException {
        Files.createDirectories(data());
        try (Database database = Database.create(file(), file(), SHORT)) {
            database.direct(() -> database.update("CREATE TABLE notes (text TEXT)"));
        }

        assertFails(ErrorCode.STORE_CORRUPT, () -> EmbeddedLedger.open(data()));
    }

    @Test
    void aNewerVersionAsksForANewerProgram() {
        makeLedger();
        try (Database database = Database.open(file(), SHORT)) {
            database.direct(() -> database.update("PRAGMA user_version=3"));
        }

        assertFails(ErrorCode.STORE_CORRUPT, () -> EmbeddedLedger.open(data()));
    }

    @Test
    void aDamagedJobIsCorruptAndOthersAreNot() {
        makeLedger();
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            Job job = submit(ledger, 1);
            tamper(
                    "UPDATE jobs SET body = ? WHERE id <> ?",
                    new byte[] {(byte) 0xa0},
                    job.id().value());

            assertThat(ledger.find(job.id())).contains(job);
            assertFails(ErrorCode.STORE_CORRUPT, () -> ledger.jobs(JobQuery.newest(1000)));
        }
    }

    @Test
    void moneyThatDoesNotAddUpIsFound() {
        makeLedger();
        tamper("UPDATE accounts SET available = '4801'");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertFails(ErrorCode.STORE_CORRUPT, ledger::check);
        }
        tamper("UPDATE accounts SET available = '-1'");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertFails(ErrorCode.STORE_CORRUPT, () -> ledger.balance(signer.account()));
        }
    }

    /** Makes a ledger with something of everything on it. */
    private void makeMarket() {
        Signer organiser = new Acknowledged.Account(new AccountId("ed25519:c0"));
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            ledger.deposit(signer, Amount.of(100_000), IdempotencyKey.random());
            AccountId creator = organiser.account();
            StyleRegistration registration = SampleMarket.registration(
                    SampleMarket.manifest("ink", "Black ink", true), 10, List.of(), List.of(creator, signer.account()));
            StyleModel model = ledger.styles().register(organiser, registration, Amount.ZERO, IdempotencyKey.random());
            ledger.styles()
                    .buyLicence(signer, model.id(), SampleMarket.digest("key"), Amount.of(10), IdempotencyKey.random());
            ledger.styles()
                    .grantLicence(
                            organiser,
                            model.id(),
                            signer.account(),
                            SampleMarket.digest("key"),
                            Bytes.of(new byte[] {1}),
                            Optional.empty(),
                            IdempotencyKey.random());
            ledger.styles()
                    .claim(
                            signer,
                            model.id(),
                            2,
                            SampleMarket.tree(List.of(creator, signer.account()))
                                    .proof(1),
                            IdempotencyKey.random());
            Signer buyer = new Acknowledged.Account(new AccountId("ed25519:b0"));
            ledger.deposit(buyer, Amount.of(10), IdempotencyKey.random());
            ledger.styles()
                    .buyLicence(buyer, model.id(), SampleMarket.digest("key"), Amount.of(10), IdempotencyKey.random());
            ledger.channels().open(signer, creator, Amount.of(50), IdempotencyKey.random());
            ledger.channels()
                    .settle(
                            signer,
                            SampleMarket.digest("root"),
                            1,
                            Amount.of(60),
                            SampleMarket.cid("list"),
                            IdempotencyKey.random());
            WorkerProfile profile = new WorkerProfile(Set.of(StyleKind.LORA), 1, Optional.empty());
            ledger.exchange().register(signer, profile, Amount.of(70), IdempotencyKey.random());
            RoundTerms terms = new RoundTerms(
                    "More ink", model.id(), 1000, Amount.of(80), Instant.now().plusSeconds(600), 5000, 5000, 0, 0);
            Round round = ledger.rounds().start(organiser, terms, IdempotencyKey.random());
            ledger.rounds()
                    .pledge(
                            signer,
                            round.id(),
                            Pledge.Kind.MONEY,
                            BigInteger.valueOf(80),
                            Optional.empty(),
                            IdempotencyKey.random());
            JobSubmission submission = new JobSubmission(
                    SampleMarket.cid("request"),
                    new ModelId("dream-mini", SampleMarket.digest("model")),
                    new Work(1_000_000, 4),
                    Amount.of(90),
                    Instant.now().plusSeconds(600),
                    List.of(new StyleShare(model.id(), 10_000)),
                    Amount.of(40));
            Job job = ledger.submit(signer, submission, IdempotencyKey.random());
            ledger.exchange().claim(signer, job.id(), Amount.of(1), Duration.ofMinutes(5), IdempotencyKey.random());
            ledger.check();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE accounts SET escrowed = '1' WHERE escrowed = '0'",
                "UPDATE accounts SET available = available + 1 WHERE account LIKE 'pool:%'",
                "DELETE FROM workers",
                "DELETE FROM licences",
                "DELETE FROM pool_claims",
                "DELETE FROM channels",
                "DELETE FROM epochs",
                "DELETE FROM pledges",
                "DELETE FROM rounds",
                "DELETE FROM style_bodies",
                "DELETE FROM style_manifests",
                "DELETE FROM styles",
                "UPDATE styles SET id = 2",
                "UPDATE styles SET owner = 'ed25519:ff'",
                "UPDATE styles SET payers = 1",
                "UPDATE styles SET name = 'another'",
                "INSERT INTO style_payers (style, payer) VALUES (1, 'ed25519:ff')",
                "UPDATE style_words_data SET block = x'00'"
            })
    void aPartThatDoesNotFitTheOthersIsFound(String damage) {
        makeMarket();
        tamper(damage);
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertFails(ErrorCode.STORE_CORRUPT, ledger::check);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE style_bodies SET body = x'a0'",
                "UPDATE style_manifests SET body = x'a0'",
                "DELETE FROM style_manifests"
            })
    void aDamagedStyleModelIsAnErrorWhereItIsUsed(String damage) {
        makeMarket();
        tamper(damage);
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertFails(ErrorCode.STORE_CORRUPT, () -> ledger.styles().search(StyleQuery.ALL));
            assertThat(ledger.balance(signer.account()).available().isZero()).isFalse();
        }
    }

    @Test
    void aMissingEventIsFound() {
        makeLedger();
        tamper("DELETE FROM events WHERE seq = 3");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertFails(ErrorCode.STORE_CORRUPT, ledger::check);
        }
    }

    @Test
    void aSoundLedgerPassesItsCheck() {
        makeLedger();
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            ledger.check();
        }
    }

    @Test
    void aFileInPlaceOfTheFolderIsAnError() throws IOException {
        Files.writeString(data(), "a file");

        assertFails(ErrorCode.STORE_FAILED, () -> EmbeddedLedger.open(data()));
        assertFails(ErrorCode.STORE_READ_ONLY, () -> EmbeddedLedger.open(data().resolve("below")));
    }

    @Test
    void aReadOnlyDiskIsAnError() throws Exception {
        Files.createDirectories(data());
        try (SmallDisk disk = SmallDisk.mount(data(), 4096)) {
            makeLedger();
            disk.makeReadOnly();

            assertFails(ErrorCode.STORE_READ_ONLY, () -> EmbeddedLedger.open(data()));
            assertFails(ErrorCode.STORE_READ_ONLY, () -> EmbeddedLedger.open(data().resolve("another")));
        }
    }

    @Test
    void aReadOnlyDiskUnderAnOpenLedgerIsAnErrorThatEnds() throws Exception {
        Files.createDirectories(data());
        try (SmallDisk disk = SmallDisk.mount(data(), 4096)) {
            makeLedger();
            disk.makeReadOnly();
            assertFails(
                    ErrorCode.STORE_READ_ONLY,
                    () -> Database.open(file(), SHORT).write(() -> 1));
        }
    }

    @Test
    void aFullDiskIsAnErrorAndLosesNothing() throws Exception {
        Files.createDirectories(data());
        try (SmallDisk disk = SmallDisk.mount(data(), 2048)) {
            Path ballast = disk.folder().resolve("ballast");
            Files.write(ballast, new byte[1_500_000]);
            Job last = null;
            try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                ledger.deposit(signer, Amount.of(1_000_000), IdempotencyKey.random());
                IdempotencyKey key = IdempotencyKey.random();
                DreamException full = null;
                for (int i = 0; i < 5000 && full == null; i++) {
                    try {
                        last = submit(ledger, 1);
                    } catch (DreamException e) {
                        full = e;
                    }
                }
                assertThat(full).isNotNull();
                assertThat(full.code()).isEqualTo(ErrorCode.STORE_FULL);
                assertThat(full.isRetryable()).isTrue();
                assertFails(ErrorCode.STORE_FULL, () -> {
                    for (int i = 0; i < 50; i++) {
                        ledger.deposit(signer, Amount.of(1), new IdempotencyKey("full-" + i));
                    }
                });
                assertThat(ledger.find(last.id())).contains(last);
                ledger.check();

                Files.delete(ballast);
                assertThat(ledger.deposit(signer, Amount.of(1), key).available().isZero())
                        .isFalse();
                ledger.check();
            }
            try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                assertThat(ledger.find(last.id())).contains(last);
                ledger.check();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 24, 60})
    void aDiskTooSmallForANewLedgerKeepsNothingHalfWritten(int kibibytesFree) throws Exception {
        Files.createDirectories(data());
        try (SmallDisk disk = SmallDisk.mount(data(), 512)) {
            Path ballast = disk.folder().resolve("ballast");
            Files.write(ballast, new byte[(512 - kibibytesFree) * 1024]);

            assertFails(ErrorCode.STORE_FULL, () -> EmbeddedLedger.open(data()));
            try (Stream<Path> left = Files.list(data())) {
                assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("."));
            }
            Files.delete(ballast);
            try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                ledger.check();
            }
        }
    }

    @Test
    void anotherProcessThatKeepsWritingIsAnErrorThatEnds() throws Exception {
        makeLedger();
        try (EmbeddedLedger ledger =
                EmbeddedLedger.builder(data()).busyTimeout(SHORT).open()) {
            Process holder = ChildJvm.start(LockHolder.class, folder.resolve("errors"), file());
            try (BufferedReader output = holder.inputReader(UTF_8)) {
                assertThat(output.readLine()).isEqualTo("locked");

                assertFails(
                        ErrorCode.STORE_LOCKED, () -> ledger.deposit(signer, Amount.of(1), IdempotencyKey.random()));
                assertThat(ledger.balance(signer.account()).available()).isEqualTo(Amount.of(4800));
                try (EmbeddedLedger another =
                        EmbeddedLedger.builder(data()).busyTimeout(SHORT).open()) {
                    assertThat(another.balance(signer.account()).available()).isEqualTo(Amount.of(4800));
                }
            } finally {
                holder.destroyForcibly().waitFor();
            }
            assertThat(ledger.deposit(signer, Amount.of(1), IdempotencyKey.random())
                            .available())
                    .isEqualTo(Amount.of(4801));
        }
    }

    @Test
    void manyWhoMakeTheLedgerAtOnceMakeOne() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            Callable<String> open = () -> {
                try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                    return ledger.info().id();
                }
            };
            Set<String> ids = new HashSet<>();
            for (Future<String> id : executor.invokeAll(Collections.nCopies(8, open))) {
                ids.add(id.get());
            }
            assertThat(ids).hasSize(1);
        }
        try (Stream<Path> left = Files.list(data())) {
            assertThat(left).containsExactly(file());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"with space", "100%", "what?mode=memory", "a#b", "grüße-日本", "a;b'c\"d", "file:x", ":memory:"})
    void anyFolderNameWill(String name) {
        Path odd = folder.resolve(name);
        String id;
        try (EmbeddedLedger ledger = EmbeddedLedger.open(odd)) {
            id = ledger.info().id();
        }

        assertThat(odd.resolve("ledger.db")).isRegularFile();
        try (EmbeddedLedger ledger = EmbeddedLedger.open(odd)) {
            assertThat(ledger.info().id()).isEqualTo(id);
        }
    }

    @Test
    void aMachineThatCannotLoadSqliteIsAnError() throws Exception {
        Process child =
                ChildJvm.start(OpensNothing.class, folder.resolve("errors"), data(), folder.resolve("no-such-folder"));
        try (BufferedReader output = child.inputReader(UTF_8)) {
            assertThat(output.readLine()).startsWith("STORE_FAILED SQLite cannot be loaded: ");
        }
        child.waitFor();
        try (Stream<Path> left = Files.list(data())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void onlyTheOwnerReadsTheFile() throws IOException {
        makeLedger();
        if (Files.getFileStore(file()).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void jobsHaveShortNames() {
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            ledger.deposit(signer, Amount.of(5000), IdempotencyKey.random());

            assertThat(submit(ledger, 1).id().value()).matches("[a-z2-7]{10}");
            assertThat(List.of(submit(ledger, 1).id(), submit(ledger, 1).id())).doesNotHaveDuplicates();
        }
    }
}
