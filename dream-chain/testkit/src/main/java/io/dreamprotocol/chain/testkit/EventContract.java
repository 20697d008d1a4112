package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.MAXIMUM_FEE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.TROUBLE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream of events, and how a ledger ends. */
interface EventContract {
    /** Long enough that a test which really waits it out fails by its own time limit. */
    Duration FOREVER = Duration.ofHours(1);

    LedgerFixture fixture();

    /** The parts of an event that do not depend on the ledger's cursors and clock. */
    record Told(
            Kind kind,
            AccountId account,
            Optional<JobId> job,
            Optional<StyleId> style,
            Optional<RoundId> round,
            Amount amount,
            int stepsDone) {
        Told(Kind kind, AccountId account, Optional<JobId> job, Amount amount, int stepsDone) {
            this(kind, account, job, Optional.empty(), Optional.empty(), amount, stepsDone);
        }

        static Told of(LedgerEvent event) {
            return new Told(
                    event.kind(),
                    event.account(),
                    event.job(),
                    event.style(),
                    event.round(),
                    event.amount(),
                    event.stepsDone());
        }

        static Told ofMoney(Kind kind, Signer account, long amount) {
            return new Told(kind, account.account(), Optional.empty(), Amount.of(amount), 0);
        }

        static Told ofStyle(Kind kind, Signer account, StyleId style, long amount) {
            return new Told(
                    kind,
                    account.account(),
                    Optional.empty(),
                    Optional.of(style),
                    Optional.empty(),
                    Amount.of(amount),
                    0);
        }

        static Told ofRound(Kind kind, Signer account, RoundId round, long amount) {
            return new Told(
                    kind,
                    account.account(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(round),
                    Amount.of(amount),
                    0);
        }
    }

    @Test
    default void everyWriteTellsWhatHappened() {
        LedgerFixture f = fixture();
        AccountId requester = f.requester.account();
        AccountId worker = f.worker.account();
        Amount none = Amount.ZERO;
        EventCursor start = f.ledger().latest();
        f.ledger().deposit(f.requester, Amount.of(5000), key());
        f.ledger().withdraw(f.requester, Amount.of(500), key());
        Optional<JobId> paid = Optional.of(f.claimedJob().id());
        f.exchange().heartbeat(f.worker, paid.get(), 4, LEASE);
        f.ledger().deliver(f.worker, paid.get(), DELIVERY, key());
        f.ledger().settle(f.requester, paid.get(), key());
        Optional<JobId> cancelled = Optional.of(f.claimedJob().id());
        f.exchange().abandon(f.worker, cancelled.get(), TROUBLE, key());
        f.ledger().cancel(f.requester, cancelled.get(), key());

        assertThat(f.eventsAfter(start))
                .extracting(Told::of)
                .containsExactly(
                        new Told(Kind.DEPOSITED, requester, Optional.empty(), Amount.of(5000), 0),
                        new Told(Kind.WITHDRAWN, requester, Optional.empty(), Amount.of(500), 0),
                        new Told(Kind.SUBMITTED, requester, paid, MAXIMUM_FEE, 0),
                        new Told(Kind.CLAIMED, worker, paid, none, 0),
                        new Told(Kind.PROGRESSED, worker, paid, none, 4),
                        new Told(Kind.DELIVERED, worker, paid, none, 0),
                        new Told(Kind.SETTLED, worker, paid, Amount.of(600), 0),
                        new Told(Kind.SUBMITTED, requester, cancelled, MAXIMUM_FEE, 0),
                        new Told(Kind.CLAIMED, worker, cancelled, none, 0),
                        new Told(Kind.REOPENED, worker, cancelled, none, 0),
                        new Told(Kind.CANCELLED, requester, cancelled, none, 0));
    }

    @Test
    default void whatTimeDoesIsToldToo() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Optional<JobId> job = Optional.of(f.claimedJob().id());
        EventCursor claimed = f.ledger().latest();
        f.advance(Duration.ofDays(1));
        f.ledger().expire();

        assertThat(f.eventsAfter(claimed))
                .extracting(Told::of)
                .containsExactly(
                        new Told(Kind.REOPENED, f.worker.account(), job, Amount.ZERO, 0),
                        new Told(Kind.EXPIRED, f.requester.account(), job, MAXIMUM_FEE, 0));
    }

    @Test
    default void eachEventIsSeenOnceHoweverManyAreTakenAtATime() throws InterruptedException {
        LedgerFixture f = fixture();
        f.fundRequester();
        for (int i = 0; i < 5; i++) {
            f.claimedJob();
        }
        List<LedgerEvent> all = f.eventsAfter(EventCursor.START);

        for (int limit : new int[] {1, 2, 3, 10_000}) {
            List<LedgerEvent> seen = new ArrayList<>();
            EventCursor cursor = EventCursor.START;
            List<LedgerEvent> page = f.ledger().events(cursor, limit, Duration.ZERO);
            while (!page.isEmpty()) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                seen.addAll(page);
                cursor = page.getLast().cursor();
                page = f.ledger().events(cursor, limit, Duration.ZERO);
            }
            assertThat(seen).isEqualTo(all);
            assertThat(cursor).isEqualTo(f.ledger().latest());
        }
    }

    @Test
    default void aCursorSurvivesReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        EventCursor cursor = f.ledger().latest();
        f.openJob();
        List<LedgerEvent> before = f.eventsAfter(EventCursor.START);
        f.reopen();
        f.openJob();

        assertThat(f.eventsAfter(cursor)).extracting(LedgerEvent::kind).containsExactly(Kind.SUBMITTED, Kind.SUBMITTED);
        assertThat(f.eventsAfter(EventCursor.START)).startsWith(before.toArray(LedgerEvent[]::new));
    }

    @Test
    default void aForeignCursorIsRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        LedgerFixture another = f.fresh();
        another.fundRequester();

        for (EventCursor foreign : List.of(
                another.ledger().latest(),
                new EventCursor("-1"),
                new EventCursor("99999999999999999999999999"),
                new EventCursor("garbage"))) {
            f.assertRefused(ErrorCode.INVALID_REQUEST, () -> f.ledger().events(foreign, 10, Duration.ZERO));
        }
    }

    @Test
    default void theNumberOfEventsIsLimited() {
        LedgerFixture f = fixture();

        for (int limit : new int[] {-1, 0, 10_001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> f.ledger().events(EventCursor.START, limit, Duration.ZERO));
        }
    }

    @Test
    default void nothingComesWhenTheTimeHasPassed() throws InterruptedException {
        LedgerFixture f = fixture();

        assertThat(f.ledger().events(f.ledger().latest(), 10, Duration.ofMillis(30)))
                .isEmpty();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void whoWaitsIsToldOfTheNextEvent() throws Exception {
        LedgerFixture f = fixture();
        EventCursor latest = f.ledger().latest();

        List<LedgerEvent> events = whileWaiting(() -> f.ledger().events(latest, 10, FOREVER), f::fundRequester);
        assertThat(events).extracting(LedgerEvent::kind).containsExactly(Kind.DEPOSITED);
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void whoWaitsIsToldWhatHappenedThroughAnotherOpening() throws Exception {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.SHARED);
        Ledger elsewhere = f.openAgain();
        EventCursor latest = elsewhere.latest();

        List<LedgerEvent> events = whileWaiting(() -> elsewhere.events(latest, 10, FOREVER), f::fundRequester);
        assertThat(events).extracting(LedgerEvent::kind).containsExactly(Kind.DEPOSITED);
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void whoWaitsIsToldWhatTimeDoes() throws Exception {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.claimedJob();
        EventCursor latest = f.ledger().latest();

        List<LedgerEvent> events = whileWaiting(() -> f.ledger().events(latest, 10, FOREVER), () -> {
            f.advance(LEASE);
            f.ledger().expire();
        });
        assertThat(events).extracting(LedgerEvent::kind).containsExactly(Kind.REOPENED);
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void closingEndsTheWaiting() throws Exception {
        LedgerFixture f = fixture();
        EventCursor latest = f.ledger().latest();

        assertThat(whileWaiting(
                        () -> f.ledger().events(latest, 10, FOREVER),
                        () -> f.ledger().close()))
                .isEmpty();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void anInterruptEndsTheWaiting() {
        LedgerFixture f = fixture();
        EventCursor latest = f.ledger().latest();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> f.ledger().events(latest, 10, FOREVER));
        assertThat(Thread.interrupted()).isFalse();
        f.fundRequester();
        assertThat(f.eventsAfter(latest)).hasSize(1);
    }

    @Test
    default void closingTwiceDoesNothingMore() {
        LedgerFixture f = fixture();
        f.ledger().close();
        f.ledger().close();
    }

    @Test
    default void nothingCanBeDoneWithAClosedLedger() {
        LedgerFixture f = fixture();
        Ledger ledger = f.ledger();
        JobId job = new JobId("nowhere");
        ledger.close();

        assertThatIllegalStateException().isThrownBy(() -> ledger.balance(f.requester.account()));
        assertThatIllegalStateException().isThrownBy(() -> ledger.deposit(f.requester, Amount.of(1), key()));
        assertThatIllegalStateException().isThrownBy(() -> ledger.submit(f.requester, f.submission(), key()));
        assertThatIllegalStateException().isThrownBy(() -> ledger.find(job));
        assertThatIllegalStateException().isThrownBy(ledger::expire);
        assertThatIllegalStateException().isThrownBy(() -> ledger.events(EventCursor.START, 1, Duration.ZERO));
        assertThatIllegalStateException().isThrownBy(() -> ledger.exchange().offers());
        assertThatIllegalStateException().isThrownBy(() -> ledger.exchange().workers());
        assertThatIllegalStateException().isThrownBy(() -> ledger.styles().search(StyleQuery.ALL));
        assertThatIllegalStateException()
                .isThrownBy(() -> ledger.styles().register(f.other, SampleStyles.open("a", 1), Amount.ZERO, key()));
        assertThatIllegalStateException().isThrownBy(() -> ledger.channels().channels(f.other.account()));
        assertThatIllegalStateException().isThrownBy(() -> ledger.rounds().newest(1));
        assertThatIllegalStateException().isThrownBy(() -> ledger.exchange().claim(f.worker, job, ASK, LEASE, key()));
    }

    @Test
    default void whatHappenedIsNeverToldDifferently() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Job job = f.submittedJob();
        List<LedgerEvent> before = f.eventsAfter(EventCursor.START);
        f.ledger().settle(f.requester, job.id(), key());

        assertThat(f.eventsAfter(EventCursor.START)).startsWith(before.toArray(LedgerEvent[]::new));
    }

    /** Runs a call that waits, does something meanwhile, and returns what the call returned. */
    private static <T> T whileWaiting(Callable<T> waiting, Runnable meanwhile) throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<T> result = executor.submit(waiting);
            // Likely waiting by then; the outcome is the same if it is not.
            Thread.sleep(60);
            meanwhile.run();
            return result.get(20, TimeUnit.SECONDS);
        }
    }
}
