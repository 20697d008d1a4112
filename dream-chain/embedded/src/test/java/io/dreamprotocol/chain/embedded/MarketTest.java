package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Quote;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.protection.SealedFile;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requesters, creators and workers on a real ledger, with a model and a store that the test holds in its hand. */
@Timeout(60)
@SuppressWarnings("try") // workers are held for their closing only
class MarketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Amount PRICE = Amount.of(400_000);
    private static final byte[] GLOSS = "the gloss".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final MemoryStore blobs = new MemoryStore();
    private EmbeddedLedger ledger;
    private Signer requester;
    private Signer creator;
    private DreamClient client;

    @BeforeEach
    void open() {
        ledger = EmbeddedLedger.open(folder);
        requester = signer("requester");
        creator = signer("creator");
        client = DreamClient.of(ledger, blobs, requester);
        client.deposit(Amount.of(1_000_000_000));
    }

    @AfterEach
    void close() {
        ledger.check();
        ledger.close();
    }

    private Signer signer(String name) {
        return KeyFile.openOrCreate(folder.resolve(name + ".key"));
    }

    private Worker start(String name, long ask, PaintedModel model) {
        Worker worker = Worker.builder(ledger, blobs, signer(name))
                .model(model)
                .ask(Amount.of(ask))
                .previews(true)
                .build();
        worker.start();
        return worker;
    }

    private StyleModel register(String name, StyleKind kind, ModelFile file, Cid cid) {
        StyleManifest manifest = new StyleManifest(
                name,
                kind,
                "none",
                "",
                List.of(),
                List.of(),
                "MIT",
                List.of(new StyleFile(file, cid)),
                List.of(),
                false);
        return ledger.styles()
                .register(
                        creator,
                        new StyleRegistration(
                                manifest,
                                StyleTerms.royalty(PRICE),
                                SplitTable.OWNER_ONLY,
                                List.of(),
                                Optional.empty()),
                        Amount.ZERO,
                        IdempotencyKey.random());
    }

    private StyleModel registerGloss() {
        ModelFile file = new ModelFile("gloss.safetensors", GLOSS.length, Bytes.sha256(GLOSS));
        return register("gloss", StyleKind.LORA, file, blobs.put(GLOSS));
    }

    /** Registers the gloss sealed, under terms by which a licence costs something. */
    private StyleModel registerSealed(ModelKey key) throws IOException {
        ModelFile file = new ModelFile("gloss.safetensors", GLOSS.length, Bytes.sha256(GLOSS));
        Cid cid = blobs.put(SealedFile.seal(new ByteArrayInputStream(GLOSS), file, key));
        StyleManifest manifest = new StyleManifest(
                "gloss",
                StyleKind.LORA,
                "none",
                "",
                List.of(),
                List.of(),
                "MIT",
                List.of(new StyleFile(file, cid)),
                List.of(),
                true);
        StyleTerms terms = new StyleTerms(PRICE, Amount.of(5000), Optional.empty(), Optional.empty());
        return ledger.styles()
                .register(
                        creator,
                        new StyleRegistration(manifest, terms, SplitTable.OWNER_ONLY, List.of(), Optional.empty()),
                        Amount.ZERO,
                        IdempotencyKey.random());
    }

    @Test
    void aSealedStyleRunsOnlyWhereItIsLicensedAndTheReceiptNamesWhatIsInIt() throws Exception {
        ModelKey key = ModelKey.generate();
        SealKey workerKey = SealKey.generate();
        StyleModel gloss = registerSealed(key);
        try (Worker other = start("other", 900_000, new PaintedModel());
                Worker worker = Worker.builder(ledger, blobs, signer("licensed"))
                        .model(new PaintedModel())
                        .sealKey(workerKey)
                        .build()) {
            worker.start();
            assertRefused(ErrorCode.LICENCE_MISSING, () -> client.quote(glossy()));
            Signer licensed = signer("licensed");
            ledger.deposit(licensed, Amount.of(5000), IdempotencyKey.random());
            ledger.styles()
                    .buyLicence(licensed, gloss.id(), workerKey.publicKey(), Amount.of(5000), IdempotencyKey.random());
            assertRefused(ErrorCode.LICENCE_MISSING, () -> client.quote(glossy()));
            ledger.styles()
                    .grantLicence(
                            creator,
                            gloss.id(),
                            licensed.account(),
                            workerKey.publicKey(),
                            key.wrapFor(workerKey.publicKey()),
                            Optional.empty(),
                            IdempotencyKey.random());
            assertThat(ledger.balance(creator.account()).available()).isEqualTo(Amount.of(5000));

            Quote quote = client.quote(glossy());
            assertThat(quote.worker()).contains(worker.account()).isNotEqualTo(Optional.of(other.account()));
            Job job = client.submit(quote, List.of(), Duration.ofMinutes(1));
            GeneratedImage image = client.await(job.id(), PATIENCE);
            assertThat(image.sealed().receipt().receipt().files())
                    .anySatisfy(file -> assertThat(file.sha256()).isEqualTo(Bytes.sha256(GLOSS)));

            ledger.styles().revokeLicence(creator, gloss.id(), licensed.account(), IdempotencyKey.random());
            assertRefused(ErrorCode.LICENCE_MISSING, () -> client.quote(glossy()));
        }
    }

    private static GenerationRequest glossy() {
        return GenerationRequest.of("a fox <lora:gloss:0.5>").withSeed(1);
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private Amount paidTo(Job job, AccountId account) {
        return job.settlement().orElseThrow().payments().stream()
                .filter(payment -> payment.to().equals(account))
                .map(Payment::amount)
                .reduce(Amount.ZERO, Amount::plus);
    }

    @Test
    void aStyleThatThePromptNamesIsTakenFromTheLibraryAndPaid() throws Exception {
        StyleModel gloss = registerGloss();
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            Quote quote = client.quote(glossy());
            Amount royalty = quote.request().work().costAt(Amount.of(200_000));
            assertThat(quote.royaltyCost()).isEqualTo(royalty);
            assertThat(quote.styles()).containsExactly(new StyleShare(gloss.id(), 5000));
            assertThat(quote.worker()).contains(worker.account());
            assertThat(quote.maximumFee()).isEqualTo(quote.work().plus(royalty));

            GeneratedImage image = client.await(
                    client.submit(quote, List.of(), Duration.ofMinutes(1)).id(), PATIENCE);

            assertThat(image.sealed().request().options().styles())
                    .singleElement()
                    .satisfies(use -> assertThat(use.file()).isEqualTo(UnixFsFile.cidOf(GLOSS)));
            assertThat(paidTo(image.job(), creator.account())).isEqualTo(royalty);
            assertThat(image.job().settlement().orElseThrow().fee()).isEqualTo(quote.maximumFee());
            assertThat(ledger.balance(creator.account()).available()).isEqualTo(royalty);
        }
        assertThat(ledger.styles().find(gloss.id()).orElseThrow().usage().payers())
                .isEqualTo(1);
    }

    @Test
    void aRegisteredFileUnderAnotherNameOwesTheSame() throws Exception {
        StyleModel gloss = registerGloss();
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            GenerationRequest request = GenerationRequest.of("a fox").withStyle("mine", Bytes.of(GLOSS), -0.25, 0.1);
            Quote quote = client.quote(request);
            assertThat(quote.styles()).containsExactly(new StyleShare(gloss.id(), 2500));
            Job done = client.await(client.submit(request).id(), PATIENCE).job();
            assertThat(paidTo(done, creator.account())).isEqualTo(quote.royaltyCost());
        }
    }

    @Test
    void aRegisteredCheckpointIsPaidWhole() throws Exception {
        StyleModel base =
                register("painted-base", StyleKind.CHECKPOINT, PaintedModel.FILE, blobs.put(PaintedModel.WEIGHTS));
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            Quote byName = client.quote(GenerationRequest.of("a fox").withModel("painted-base"));
            assertThat(byName.styles()).containsExactly(new StyleShare(base.id(), 10_000));
            Job done = client.await(client.submit(GenerationRequest.of("a fox")).id(), PATIENCE)
                    .job();
            assertThat(paidTo(done, creator.account())).isEqualTo(byName.royaltyCost());
        }
    }

    @Test
    void aWorkerDoesNoJobThatOwesAStyleWithoutPayingIt() throws Exception {
        registerGloss();
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            Quote quote = client.quote(glossy());
            JobSubmission unpaid = new JobSubmission(
                    blobs.put(quote.request().encode()),
                    quote.request().model(),
                    quote.request().work(),
                    quote.maximumFee(),
                    Instant.now().plusSeconds(60));
            Job job = ledger.submit(requester, unpaid, IdempotencyKey.random());
            assertThatThrownBy(() -> client.await(job.id(), PATIENCE)).hasMessageContaining("pays no royalty");
            assertThat(ledger.find(job.id()).orElseThrow().state()).isEqualTo(JobState.FAILED);
        }
        assertThat(client.balance().available()).isEqualTo(Amount.of(1_000_000_000));
    }

    @Test
    void aPriceThatRoseAfterTheQuoteIsRefusedAtOnce() {
        StyleModel gloss = registerGloss();
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            Quote quote = client.quote(glossy());
            ledger.styles()
                    .changeTerms(creator, gloss.id(), StyleTerms.royalty(Amount.of(500_000)), IdempotencyKey.random());
            assertRefused(ErrorCode.PRICE_TOO_HIGH, () -> client.submit(quote, List.of(), Duration.ofMinutes(1)));
        }
        assertThat(client.balance().escrowed()).isEqualTo(Amount.ZERO);
    }

    @Test
    void aStyleThatNobodyHasIsRefusedAtOnce() {
        try (Worker worker = start("one", 1_000_000, new PaintedModel())) {
            assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> client.quote(glossy()));
        }
    }

    @Test
    void theCheapestWorkerComesFirst() throws Exception {
        try (Worker dear = start("dear", 3_000_000, new PaintedModel());
                Worker cheap = start("cheap", 1_000_000, new PaintedModel())) {
            assertThat(client.quote(GenerationRequest.of("a fox")).worker()).contains(cheap.account());
            for (int i = 0; i < 3; i++) {
                Job job = client.submit(GenerationRequest.of("a fox"));
                GeneratedImage image = client.await(job.id(), PATIENCE);
                assertThat(image.sealed().receipt().receipt().worker()).isEqualTo(cheap.account());
            }
            assertThat(ledger.exchange().worker(cheap.account()).completed()).isEqualTo(3);
            assertThat(ledger.exchange().worker(dear.account()).completed()).isZero();
        }
    }

    @Test
    void aJobTellsItsPlaceItsStepsAndHowItLooks() throws Exception {
        Semaphore leave = new Semaphore(1);
        try (Worker worker = start("one", 1_000_000, new PaintedModel(leave, Duration.ofMillis(60)))) {
            Job first = client.submit(GenerationRequest.of("a fox").withSeed(7));
            Job second = client.submit(GenerationRequest.of("an owl"));
            Job third = client.submit(GenerationRequest.of("a bear"));
            while (client.progress(first.id()).preview().isEmpty()) {
                Thread.sleep(10);
            }
            assertThat(client.progress(first.id()).waiting().place()).isZero();
            assertThat(client.progress(first.id()).step()).isPositive();
            assertThat(client.progress(second.id()).waiting().place()).isEqualTo(1);
            assertThat(client.progress(third.id()).waiting().place()).isEqualTo(2);
            GeneratedImage image = client.await(first.id(), PATIENCE);
            assertThat(image.job().state()).isEqualTo(JobState.SETTLED);
            assertThat(client.progress(third.id()).waiting().time()).isPresent();
            assertThat(client.quote(GenerationRequest.of("a bird"))
                            .waiting()
                            .orElseThrow()
                            .place())
                    .isGreaterThanOrEqualTo(2);
            leave.release(2);
            assertThat(client.await(third.id(), PATIENCE).job().state()).isEqualTo(JobState.SETTLED);
        }
    }

    @Test
    void aWorkerPutsItsStakeInAndGetsItBack() {
        Signer staked = signer("staked");
        ledger.deposit(staked, Amount.of(500), IdempotencyKey.random());
        try (Worker worker = Worker.builder(ledger, blobs, staked)
                .model(new PaintedModel())
                .stake(Amount.of(300))
                .build()) {
            worker.start();
            assertThat(ledger.exchange().worker(staked.account()).stake()).isEqualTo(Amount.of(300));
            assertThat(ledger.balance(staked.account()).escrowed()).isEqualTo(Amount.of(300));
        }
        ledger.exchange().leave(staked, IdempotencyKey.random());
        assertThat(ledger.balance(staked.account()).available()).isEqualTo(Amount.of(500));
    }
}
