package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.WorkerListener;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's two sides on a real ledger, with a model and a store that the test holds in its hand. */
@Timeout(60)
class ClientAndWorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final MemoryStore blobs = new MemoryStore();
    private Ledger ledger;
    private Signer requester;
    private DreamClient client;

    @BeforeEach
    void open() {
        ledger = EmbeddedLedger.open(folder);
        requester = KeyFile.openOrCreate(folder.resolve("requester.key"));
        client = DreamClient.of(ledger, blobs, requester);
        client.deposit(Amount.of(1_000_000_000));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Signer worker(String name) {
        return KeyFile.openOrCreate(folder.resolve(name + ".key"));
    }

    private void assertThatMoneyAddsUp() {
        Amount sum = client.balance().available().plus(client.balance().escrowed());
        for (String name : List.of("one", "two")) {
            sum = sum.plus(ledger.balance(worker(name).account()).available());
        }
        assertThat(sum).isEqualTo(Amount.of(1_000_000_000));
    }

    @Test
    void aSubmittedJobComesBackAsAPaidImage() throws Exception {
        try (Worker worker = Worker.start(ledger, blobs, worker("one"), new HeldModel())) {
            Job job = client.submit(GenerationRequest.of("a fox").withSeed(7));
            GeneratedImage image = client.await(job.id(), PATIENCE);

            assertThat(image.job().state()).isEqualTo(JobState.SETTLED);
            assertThat(image.sealed().request().seed()).isEqualTo(7);
            assertThat(image.sealed().receipt().receipt().worker()).isEqualTo(worker.account());
            assertThat(image.cid()).isEqualTo(UnixFsFile.cidOf(image.png().toArray()));
            assertThat(ledger.balance(worker.account()).available())
                    .isEqualTo(image.job().settlement().orElseThrow().fee())
                    .isEqualTo(job.submission().maximumFee());
        }
        assertThatMoneyAddsUp();
    }

    @Test
    void theSameRequestGivesTheSameFile() throws Exception {
        try (Worker worker = Worker.start(ledger, blobs, worker("one"), new HeldModel())) {
            GenerationRequest request = GenerationRequest.of("a fox").withSeed(7);
            Bytes first = client.await(client.submit(request).id(), PATIENCE).png();
            Bytes second = client.await(client.submit(request).id(), PATIENCE).png();
            assertThat(second).isEqualTo(first);
            assertThat(worker.account()).isNotNull();
        }
    }

    @Test
    void cancellingARunningJobStopsItInsideAStepAndPaysTheStepsReported() throws Exception {
        HeldModel model = new HeldModel();
        model.holdAtStep = 5;
        try (Worker worker = Worker.start(ledger, blobs, worker("one"), model)) {
            Job job = client.submit(GenerationRequest.of("a fox"));
            model.held.await();
            while (ledger.find(job.id())
                            .orElseThrow()
                            .assignment()
                            .orElseThrow()
                            .stepsDone()
                    < 5) {
                Thread.sleep(10);
            }

            Job cancelled = client.cancel(job.id());

            model.stopped.await();
            assertThat(cancelled.settlement().orElseThrow().fee())
                    .isEqualTo(job.submission().work().costAt(Worker.DEFAULT_ASK, 5));
            assertThatThrownBy(() -> client.await(job.id(), PATIENCE))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.JOB_CANCELLED));
            assertThat(worker.account()).isNotNull();
        }
        assertThatMoneyAddsUp();
    }

    @Test
    void whatNobodyCanDoFailsAtOnceAndIsRefunded() throws Exception {
        HeldModel model = new HeldModel();
        model.fault = new InvalidInputException(ErrorCode.INVALID_PROMPT, "This prompt is too odd; say it otherwise");
        try (Worker worker = Worker.start(ledger, blobs, worker("one"), model)) {
            Job job = client.submit(GenerationRequest.of("a fox"));
            assertThatThrownBy(() -> client.await(job.id(), PATIENCE))
                    .isInstanceOfSatisfying(
                            DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PROMPT))
                    .hasMessageContaining("too odd");
            assertThat(worker.account()).isNotNull();
        }
        assertThat(client.balance().available()).isEqualTo(Amount.of(1_000_000_000));
    }

    @Test
    void aModelsOwnFaultCostsTheJobItsWorkerAndAnotherDoesIt() throws Exception {
        HeldModel broken = new HeldModel();
        broken.fault = new IllegalStateException("a fault in the model");
        CountDownLatch failed = new CountDownLatch(1);
        WorkerListener listener = new WorkerListener() {
            @Override
            public void onFailed(Job job, DreamException error) {
                failed.countDown();
            }
        };
        try (Worker one = Worker.builder(ledger, blobs, worker("one"))
                .model(broken)
                .listener(listener)
                .build()) {
            one.start();
            Job job = client.submit(GenerationRequest.of("a fox"));
            failed.await();
            try (Worker two = Worker.start(ledger, blobs, worker("two"), new HeldModel())) {
                GeneratedImage image = client.await(job.id(), PATIENCE);
                assertThat(image.sealed().receipt().receipt().worker()).isEqualTo(two.account());
                assertThat(image.job().attempts()).isEqualTo(1);
            }
        }
        assertThatMoneyAddsUp();
    }

    @Test
    void aWorkerThatClosesGivesItsJobBack() throws Exception {
        HeldModel model = new HeldModel();
        model.holdAtStep = 2;
        Worker one = Worker.start(ledger, blobs, worker("one"), model);
        Job job = client.submit(GenerationRequest.of("a fox"));
        model.held.await();
        one.close();
        assertThat(ledger.find(job.id()).orElseThrow().state()).isEqualTo(JobState.OPEN);
        assertThat(ledger.exchange().offers()).isEmpty();

        try (Worker two = Worker.start(ledger, blobs, worker("two"), new HeldModel())) {
            assertThat(client.await(job.id(), PATIENCE)
                            .sealed()
                            .receipt()
                            .receipt()
                            .worker())
                    .isEqualTo(two.account());
        }
    }

    @Test
    void anImageThatIsNotWhatWasAskedIsNotPaidForByItsRequester() throws Exception {
        Signer signer = worker("one");
        Worker worker =
                Worker.builder(ledger, blobs, signer).model(new HeldModel()).build();
        worker.announce();
        Job asked = client.submit(GenerationRequest.of("a fox"));
        Job other = client.submit(GenerationRequest.of("a cat"));
        Job done = worker.perform(other.id(), new Cancellation());
        ledger.exchange()
                .claim(signer, asked.id(), Worker.DEFAULT_ASK, Duration.ofSeconds(30), IdempotencyKey.random());
        ledger.deliver(signer, asked.id(), done.delivery().orElseThrow(), IdempotencyKey.random());

        assertThatThrownBy(() -> client.await(asked.id(), PATIENCE))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RECEIPT_MISMATCH));
        assertThat(ledger.find(asked.id()).orElseThrow().state()).isEqualTo(JobState.SUBMITTED);
    }

    @Test
    void aRequestForMoreWorkThanPaidForIsRefused() {
        Worker worker = Worker.builder(ledger, blobs, worker("one"))
                .model(new HeldModel())
                .build();
        worker.announce();
        CanonicalRequest large =
                client.quote(GenerationRequest.of("a fox").withSteps(50)).request();
        CanonicalRequest small =
                client.quote(GenerationRequest.of("a fox").withSteps(1)).request();
        Cid stored = blobs.put(large.encode());
        Job job = ledger.submit(
                requester,
                new JobSubmission(
                        stored,
                        large.model(),
                        small.work(),
                        Amount.of(1_000_000),
                        Instant.now().plusSeconds(60)),
                IdempotencyKey.random());

        assertThatThrownBy(() -> worker.perform(job.id(), new Cancellation()))
                .hasMessageContaining("more work than paid for");
        assertThat(ledger.find(job.id()).orElseThrow().state()).isEqualTo(JobState.FAILED);
        assertThat(client.balance().available()).isEqualTo(Amount.of(1_000_000_000));
    }

    @Test
    void jobsForOtherModelsHideNothing() throws Exception {
        Cid stored = blobs.put(new byte[1]);
        ModelId other = new ModelId("other", Bytes.sha256(new byte[1]));
        for (int i = 0; i < 120; i++) {
            ledger.submit(
                    requester,
                    new JobSubmission(
                            stored,
                            other,
                            new Work(1, 1),
                            Amount.of(1),
                            Instant.now().plusSeconds(600)),
                    IdempotencyKey.random());
        }
        try (Worker worker = Worker.start(ledger, blobs, worker("one"), new HeldModel())) {
            Job job = client.submit(GenerationRequest.of("a fox"));
            assertThat(client.await(job.id(), PATIENCE).job().state()).isEqualTo(JobState.SETTLED);
            assertThat(worker.account()).isNotNull();
        }
    }

    @Test
    void aJobThatNobodyOffersToDoIsRefusedAtOnce() {
        assertThatThrownBy(() -> client.submit(GenerationRequest.of("a fox")))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_WORKER));
        assertThat(client.balance().escrowed()).isEqualTo(Amount.ZERO);
    }

    /** A model that paints its seed, and stops or fails where the test says. */
    private static final class HeldModel implements ImageModel {
        private final ModelDescriptor descriptor = new ModelDescriptor(
                new ModelId("held", Bytes.sha256(new byte[0])),
                "none",
                List.of(),
                new ModelDefaults(16, 16, 20, 5, "Euler"),
                new ModelLimits(8, 8, 64, 64 * 64),
                List.of("Euler"));
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch stopped = new CountDownLatch(1);
        private int holdAtStep = -1;
        private RuntimeException fault;

        @Override
        public ModelDescriptor descriptor() {
            return descriptor;
        }

        @Override
        public void check(CanonicalRequest request) {
            descriptor.limits().check(request.width(), request.height());
        }

        @Override
        public ModelOutput generate(
                CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
            if (fault != null) {
                throw fault;
            }
            for (int step = 1; step <= request.steps(); step++) {
                listener.onProgress(new Progress(step, request.steps()));
                if (step == holdAtStep) {
                    hold(cancellation);
                }
                cancellation.throwIfStopped();
            }
            byte[] rgb = new byte[request.width() * request.height() * 3];
            Arrays.fill(rgb, (byte) request.seed());
            return new ModelOutput(
                    RgbImage.of(request.width(), request.height(), rgb),
                    new EngineInfo("held", "1", "cpu", "float32"),
                    List.of());
        }

        @SuppressWarnings("try") // the registration is held for its closing only
        private void hold(Cancellation cancellation) {
            CountDownLatch released = new CountDownLatch(1);
            try (Cancellation.Registration registration = cancellation.onStop(released::countDown)) {
                held.countDown();
                released.await();
                stopped.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {}
    }
}
