package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that share a ledger are killed at any moment. The system property {@code dream.ledger.kills} sets how many.
 *
 * <p>A killed process leaves what it wrote to the operating system, so this shows that writes are whole and that what was
 * acknowledged is there; that it is also on the disk, only a power failure would show.
 */
class EmbeddedLedgerKillTest {
    private static final int PROCESSES = 3;
    private static final Set<Kind> LAST = Set.of(Kind.SETTLED, Kind.CANCELLED, Kind.EXPIRED, Kind.FAILED);
    private static final Map<Kind, Set<String>> OPERATIONS = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.DEPOSITED, Set.of("deposit")),
            Map.entry(Kind.WITHDRAWN, Set.of("withdraw")),
            Map.entry(Kind.SUBMITTED, Set.of("submit")),
            Map.entry(Kind.CLAIMED, Set.of("claim")),
            Map.entry(Kind.DELIVERED, Set.of("deliver")),
            Map.entry(Kind.SETTLED, Set.of("settle")),
            Map.entry(Kind.CANCELLED, Set.of("cancel")),
            Map.entry(Kind.WORKER_REGISTERED, Set.of("register-worker")),
            Map.entry(Kind.WORKER_LEFT, Set.of("leave")),
            Map.entry(Kind.STYLE_REGISTERED, Set.of("register", "conclude-round")),
            Map.entry(Kind.STYLE_TRANSFERRED, Set.of("transfer")),
            Map.entry(Kind.STYLE_TERMS_CHANGED, Set.of("terms")),
            Map.entry(Kind.LICENCE_BOUGHT, Set.of("buy-licence")),
            Map.entry(Kind.LICENCE_WITHDRAWN, Set.of("withdraw-licence")),
            Map.entry(Kind.LICENCE_GRANTED, Set.of("grant-licence")),
            Map.entry(Kind.POOL_CLAIMED, Set.of("claim-pool")),
            Map.entry(Kind.CHANNEL_OPENED, Set.of("open-channel")),
            Map.entry(Kind.VOUCHER_REDEEMED, Set.of("redeem")),
            Map.entry(Kind.EPOCH_SETTLED, Set.of("settle-epoch")),
            Map.entry(Kind.EPOCH_CLAIMED, Set.of("claim-epoch")),
            Map.entry(Kind.ROUND_STARTED, Set.of("start-round")),
            Map.entry(Kind.ROUND_PLEDGED, Set.of("pledge")),
            Map.entry(Kind.ROUND_CONCLUDED, Set.of("conclude-round")),
            Map.entry(Kind.ROUND_REFUNDED, Set.of("refund-round"))));

    @TempDir
    Path folder;

    private final Random random = new Random(5);
    private final List<Process> running = new ArrayList<>();
    private int started;

    @AfterEach
    void endProcesses() {
        running.forEach(Process::destroyForcibly);
    }

    @Test
    void killedProcessesLoseNoMoneyAndNoJob() throws Exception {
        int kills = Integer.getInteger("dream.ledger.kills", 15);
        for (int round = 0; round * PROCESSES < kills; round++) {
            killOneRound(round);
            assertThat(errors()).isEmpty();
            try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
                ledger.check();
            }
        }
        List<Acknowledged> acknowledged = acknowledged();
        assertThat(acknowledged).hasSizeGreaterThan(kills);
        try (EmbeddedLedger ledger = EmbeddedLedger.open(data())) {
            assertEverythingAcknowledgedIsThere(ledger, acknowledged);
        }
        try (EmbeddedLedger ledger = EmbeddedLedger.builder(data())
                .clock(Clock.offset(Clock.systemUTC(), Ledger.MAX_JOB_TIME.plusDays(1)))
                .open()) {
            assertEveryJobEndsOnce(ledger);
            ledger.check();
            windUp(ledger);
            assertOnlyEpochsAreInEscrow(ledger);
            ledger.check();
        }
    }

    private void killOneRound(int round) throws Exception {
        List<Path> notes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            started++;
            Path note = folder.resolve("notes-" + started);
            notes.add(note);
            running.add(ChildJvm.start(
                    RestlessProcess.class,
                    folder.resolve("errors"),
                    data(),
                    note,
                    Acknowledged.ACCOUNTS.get(i),
                    started));
        }
        // Every third round ends while the processes are still starting, or make the ledger.
        if (round % 3 != 0) {
            for (Path note : notes) {
                waitUntilWritten(note);
            }
        }
        while (!running.isEmpty()) {
            Thread.sleep(random.nextInt(400));
            Process victim = running.remove(random.nextInt(running.size()));
            victim.destroyForcibly();
            assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void waitUntilWritten(Path note) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(note) || Files.size(note) == 0) {
            assertThat(System.nanoTime())
                    .as("no process got to work: " + errors())
                    .isLessThan(end);
            assertThat(running).as(errors()).allMatch(Process::isAlive);
            Thread.sleep(5);
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private String errors() throws IOException {
        Path file = folder.resolve("errors");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private List<Acknowledged> acknowledged() throws IOException {
        List<Acknowledged> all = new ArrayList<>();
        for (int i = 1; i <= started; i++) {
            Path note = folder.resolve("notes-" + i);
            if (Files.exists(note)) {
                String text = Files.readString(note);
                // A line that the kill cut off was acknowledged too, but cannot be read.
                String lines = text.substring(0, text.lastIndexOf('\n') + 1);
                lines.lines().map(Acknowledged::parse).forEach(all::add);
            }
        }
        return all;
    }

    /** Sends every acknowledged write again: each must give the same answer, and nothing may happen. */
    private void assertEverythingAcknowledgedIsThere(EmbeddedLedger ledger, List<Acknowledged> acknowledged)
            throws InterruptedException {
        ledger.expire();
        EventCursor latest = ledger.latest();
        for (Acknowledged write : acknowledged) {
            assertThat(write.send(ledger)).isEqualTo(write);
        }
        List<LedgerEvent> events = allEvents(ledger, EventCursor.START);
        assertThat(allEvents(ledger, latest))
                .extracting(LedgerEvent::kind)
                .doesNotContainAnyElementsOf(OPERATIONS.keySet());

        Map<Kind, Integer> counted = new EnumMap<>(Kind.class);
        events.forEach(event -> counted.merge(event.kind(), 1, Integer::sum));
        OPERATIONS.forEach((kind, operations) -> {
            long answered = acknowledged.stream()
                    .filter(write -> operations.contains(write.operation()))
                    .count();
            // A process may be killed between a write and its note.
            assertThat((long) counted.getOrDefault(kind, 0))
                    .as(kind.toString())
                    .isBetween(answered, answered + started);
        });
    }

    private static void assertEveryJobEndsOnce(EmbeddedLedger ledger) throws InterruptedException {
        ledger.expire();
        Acknowledged.Account anyone = new Acknowledged.Account(new AccountId("ed25519:ff"));
        List<Job> submitted = ledger.jobs(JobQuery.oldest(JobState.SUBMITTED, 1000));
        while (!submitted.isEmpty()) {
            for (Job job : submitted) {
                ledger.settle(anyone, job.id(), IdempotencyKey.random());
            }
            submitted = ledger.jobs(JobQuery.oldest(JobState.SUBMITTED, 1000));
        }
        Set<JobId> opened = new HashSet<>();
        List<JobId> ended = new ArrayList<>();
        for (LedgerEvent event : allEvents(ledger, EventCursor.START)) {
            if (event.kind() == Kind.SUBMITTED) {
                opened.add(event.job().orElseThrow());
            } else if (LAST.contains(event.kind())) {
                ended.add(event.job().orElseThrow());
            }
        }
        assertThat(ended).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(opened);
        assertThat(opened)
                .allSatisfy(job -> assertThat(ledger.find(job))
                        .hasValueSatisfying(
                                found -> assertThat(found.state().isFinal()).isTrue()));
    }

    /** Ends what still holds money; all but what nobody claims then leaves the escrows. */
    private static void windUp(EmbeddedLedger ledger) {
        for (KnownSigner signer : Acknowledged.SIGNERS) {
            WorkerRecord worker = ledger.exchange().worker(signer.account());
            assertThat(worker.held()).isZero();
            if (worker.profile().isPresent()) {
                ledger.exchange().leave(signer, IdempotencyKey.random());
            }
            for (Channel channel : ledger.channels().channels(signer.account())) {
                if (channel.payee().equals(signer.account()) && channel.state() != Channel.State.CLOSED) {
                    ledger.channels().close(signer, channel.id(), IdempotencyKey.random());
                }
            }
            for (long number = 1; ledger.styles().find(new StyleId(number)).isPresent(); number++) {
                StyleId style = new StyleId(number);
                if (ledger.styles()
                        .licence(style, signer.account())
                        .filter(licence -> licence.state() == Licence.State.PENDING)
                        .isPresent()) {
                    ledger.styles().withdrawLicence(signer, style, IdempotencyKey.random());
                }
            }
        }
        for (Round round : ledger.rounds().newest(1000)) {
            if (round.state() == Round.State.OPEN) {
                ledger.rounds().refund(Acknowledged.SIGNERS.getFirst(), round.id(), IdempotencyKey.random());
            }
        }
    }

    private static void assertOnlyEpochsAreInEscrow(EmbeddedLedger ledger) throws InterruptedException {
        BigInteger escrowed = BigInteger.ZERO;
        for (AccountId account : Acknowledged.ACCOUNTS) {
            escrowed = escrowed.add(ledger.balance(account).escrowed().units());
        }
        BigInteger unclaimed = BigInteger.ZERO;
        for (LedgerEvent event : allEvents(ledger, EventCursor.START)) {
            BigInteger amount = event.amount().units();
            unclaimed = switch (event.kind()) {
                case EPOCH_SETTLED -> unclaimed.add(amount);
                case EPOCH_CLAIMED -> unclaimed.subtract(amount);
                default -> unclaimed;
            };
        }
        assertThat(escrowed).isEqualTo(unclaimed);
    }

    private static List<LedgerEvent> allEvents(Ledger ledger, EventCursor after) throws InterruptedException {
        List<LedgerEvent> all = new ArrayList<>();
        List<LedgerEvent> page = ledger.events(after, 1000, Duration.ZERO);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = ledger.events(page.getLast().cursor(), 1000, Duration.ZERO);
        }
        return all;
    }
}
