package io.dreamprotocol.chain.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
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
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A fresh ledger with three accounts, and the words in which the tests speak of it. */
final class LedgerFixture implements AutoCloseable {
    /** Ten steps of two megapixels: 20 megapixel-steps. */
    static final Work WORK = new Work(2_000_000, 10);

    static final Amount MAXIMUM_FEE = Amount.of(1000);

    /** For all of {@link #WORK} this is a fee of 600. */
    static final Amount ASK = Amount.of(30);

    static final Duration LEASE = Duration.ofSeconds(30);
    static final Duration JOB_TIME = Duration.ofMinutes(5);
    static final Amount FUNDS = Amount.of(10_000);
    static final Delivery DELIVERY = new Delivery(cid("image"), cid("receipt"));
    static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));
    static final ModelDescriptor DESCRIPTOR = new ModelDescriptor(
            MODEL,
            "stable-diffusion-1",
            List.of(new ModelFile("unet/model.onnx", 1L << 40, Bytes.sha256(new byte[1]))),
            new ModelDefaults(128, 192, 20, 5.5, "DPM++ 2M Karras"),
            new ModelLimits(8, 64, 1024, 1L << 33),
            List.of("DDIM", "DPM++ 2M Karras"));
    static final JobFailure TROUBLE = new JobFailure(ErrorCode.ENGINE_FAILED, "The engine stopped", false);

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final TestClock clock = new TestClock(START);
    final Signer requester;
    final Signer worker;
    final Signer other;

    private final LedgerContract contract;
    private final Path folder;
    private final LedgerSettings settings;
    private final List<Ledger> opened = new ArrayList<>();
    private final List<LedgerFixture> others = new ArrayList<>();
    private Ledger ledger;

    LedgerFixture(LedgerContract contract, Path folder, LedgerSettings settings) {
        this.contract = contract;
        this.folder = folder;
        this.settings = settings;
        requester = contract.newSigner();
        worker = contract.newSigner();
        other = contract.newSigner();
        ledger = openAgain();
    }

    static Cid cid(String text) {
        return Cid.of(Cid.Codec.RAW, text.getBytes(StandardCharsets.UTF_8));
    }

    static IdempotencyKey key() {
        return IdempotencyKey.random();
    }

    Ledger ledger() {
        return ledger;
    }

    WorkExchange exchange() {
        return ledger.exchange();
    }

    /** Skips the test, saying why, if the ledger cannot do something. */
    void requires(LedgerCapability capability) {
        assumeTrue(
                !contract.declined().containsKey(capability),
                () -> "Declined: " + contract.declined().get(capability));
    }

    boolean can(LedgerCapability capability) {
        return !contract.declined().containsKey(capability);
    }

    /** Opens the same ledger once more. */
    Ledger openAgain() {
        Ledger another = contract.open(folder, clock, settings);
        opened.add(another);
        return another;
    }

    /** Closes the ledger and opens it again. */
    void reopen() {
        ledger.close();
        ledger = openAgain();
    }

    /** Makes another ledger, with accounts and a clock of its own. */
    LedgerFixture fresh() {
        return fresh(LedgerSettings.PLAIN);
    }

    /** Makes another ledger with settings of its own. */
    LedgerFixture fresh(LedgerSettings itsSettings) {
        LedgerFixture another = new LedgerFixture(contract, folder.resolve("fresh-" + others.size()), itsSettings);
        others.add(another);
        return another;
    }

    Signer newSigner() {
        return contract.newSigner();
    }

    void fund(Signer signer, Amount amount) {
        contract.fund(ledger, signer, amount);
    }

    void fundRequester() {
        fund(requester, FUNDS);
    }

    void advance(Duration by) {
        clock.advance(by);
    }

    JobSubmission submission() {
        return submission(MAXIMUM_FEE, JOB_TIME);
    }

    JobSubmission submission(Amount maximumFee, Duration time) {
        return new JobSubmission(
                cid("request"), MODEL, WORK, maximumFee, clock.instant().plus(time));
    }

    /** Submits a job of a requester that has the money. */
    Job openJob() {
        return ledger.submit(requester, submission(), key());
    }

    Job claimedJob() {
        return exchange().claim(worker, openJob().id(), ASK, LEASE, key());
    }

    Job submittedJob() {
        return ledger.deliver(worker, claimedJob().id(), DELIVERY, key());
    }

    Job find(Job job) {
        return ledger.find(job.id()).orElseThrow();
    }

    Balance balance(Signer signer) {
        return ledger.balance(signer.account());
    }

    static Balance coins(long available, long escrowed) {
        return new Balance(Amount.of(available), Amount.of(escrowed));
    }

    /** Returns the events behind a cursor that are there now. */
    List<LedgerEvent> eventsAfter(EventCursor cursor) {
        return eventsAfter(ledger, cursor);
    }

    static List<LedgerEvent> eventsAfter(Ledger ledger, EventCursor cursor) {
        try {
            return ledger.events(cursor, 10_000, Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends a write twice, which must do what sending it once does. */
    <T> T twice(Function<IdempotencyKey, T> write) {
        IdempotencyKey key = key();
        T first = write.apply(key);
        EventCursor latest = ledger.latest();
        List<Balance> before = balances();
        assertThat(write.apply(key)).isEqualTo(first);
        assertThat(eventsAfter(latest)).isEmpty();
        assertThat(balances()).isEqualTo(before);
        return first;
    }

    /** Returns what is told of since a place, without cursors and times. */
    List<EventContract.Told> toldAfter(EventCursor cursor) {
        return eventsAfter(cursor).stream().map(EventContract.Told::of).toList();
    }

    StyleRegistry styles() {
        return ledger.styles();
    }

    PaymentChannels channels() {
        return ledger.channels();
    }

    Rounds rounds() {
        return ledger.rounds();
    }

    /** Registers a style model of {@link #other}. */
    StyleModel register(StyleRegistration registration) {
        return styles().register(other, registration, Amount.ZERO, key());
    }

    /** Registers an open style model of {@link #other} with a royalty. */
    StyleModel register(String name, long price) {
        return register(SampleStyles.open(name, price));
    }

    StyleModel find(StyleId style) {
        return styles().find(style).orElseThrow();
    }

    /** Checks that a call is refused with a code, and that nobody's money moved and nothing happened. */
    void assertRefused(ErrorCode code, ThrowingCallable call) {
        List<Balance> before = balances();
        EventCursor latest = ledger.latest();
        DreamException refusal = Assertions.catchThrowableOfType(DreamException.class, call);
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.getMessage()).doesNotContain("\n");
        assertThat(balances()).isEqualTo(before);
        assertThat(eventsAfter(latest)).isEmpty();
    }

    private List<Balance> balances() {
        List<AccountId> accounts = List.of(requester.account(), worker.account(), other.account(), LedgerInfo.TREASURY);
        return accounts.stream().map(ledger::balance).toList();
    }

    @Override
    public void close() {
        others.forEach(LedgerFixture::close);
        opened.forEach(Ledger::close);
    }
}
