package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkerCommandsTest {
    @TempDir
    Path folder;

    private Market market;

    @BeforeEach
    void open() {
        market = new Market(folder);
        market.run("wallet", "deposit", "100");
    }

    private Ledger ledger() {
        return Backends.openLedger("embedded:" + folder.resolve("data"));
    }

    /** Submits a job that waits for whoever does it. */
    private Job submit(int steps) {
        KeyFile requester = KeyFile.openOrCreate(folder.resolve("data/keys/requester.key"));
        try (Ledger ledger = ledger();
                BlobStore blobs = Backends.openBlobStore("embedded:" + folder.resolve("data"));
                ImageModel model = Backends.openImageModel("onnx:dream-mini")) {
            DreamClient client = DreamClient.of(ledger, blobs, requester);
            GenerationRequest request = GenerationRequest.of("a cup")
                    .withSeed(1)
                    .withSteps(steps)
                    .withWidth(64)
                    .withHeight(64);
            return client.submit(
                    client.quote(request, model.descriptor(), Amount.of(1_000_000)),
                    request.attachments(),
                    Duration.ofMinutes(10));
        }
    }

    private Job find(Job job) {
        try (Ledger ledger = ledger()) {
            return ledger.find(job.id()).orElseThrow();
        }
    }

    @Test
    void onceDoesWhatWaitsAndEnds() {
        Job one = submit(2);
        Job two = submit(2);

        DreamRun run = market.run("worker", "run", "--once", "--ask", "0.5");

        assertThat(run.outLines()).hasSize(2);
        assertThat(run.outLines().getFirst())
                .contains("job " + one.id() + "  done  2 steps in ")
                .endsWith("0.008192 DREAM");
        assertThat(run.err()).contains("The worker ended after 2 jobs.");
        assertThat(find(two).state()).isEqualTo(JobState.SUBMITTED);
        assertThat(market.run("worker", "status").out())
                .contains(one.id() + "  submitted  2/2")
                .contains("offers     none");
    }

    @Test
    void aNumberOfJobsEndsIt() {
        submit(2);
        Job second = submit(2);

        DreamRun run = market.run("worker", "run", "--max-jobs", "1", "--json", "--key", "second");

        assertThat(run.out())
                .startsWith("{\"job\":\"")
                .contains("\"state\":\"submitted\",\"steps\":2")
                .hasLineCount(1);
        assertThat(find(second).state()).isEqualTo(JobState.OPEN);
    }

    @Test
    void anInterruptedWorkerGivesItsJobBack() throws InterruptedException {
        Job job = submit(1000);
        Cancellation interrupt = new Cancellation();
        AtomicReference<DreamRun> ended = new AtomicReference<>();
        Thread worker = new Thread(() -> ended.set(
                DreamRun.with(Terminal.Abilities.NONE, folder, interrupt, "worker", "run", "--key", "second")));
        worker.start();
        while (find(job).assignment().map(each -> each.stepsDone() == 0).orElse(true)) {
            Thread.sleep(20);
        }
        assertThat(market.run("worker", "status").out()).contains("dream-mini  lora, textual-inversion");
        assertThat(market.fail(ErrorCode.STORE_LOCKED.number(), "worker", "run", "--key", "second")
                        .err())
                .contains("The worker second runs already");
        assertThat(market.run("show", job.id().value()).value("waiting")).startsWith("a worker has it");

        interrupt.cancel();
        worker.join();

        assertThat(find(job).state()).isEqualTo(JobState.OPEN);
        assertThat(ended.get().out()).contains("job " + job.id() + "  given back  ");
        assertThat(market.run("worker", "status", "second").value("standing"))
                .startsWith("0 jobs completed, 1 given back");
    }

    @Test
    void generateLeavesItsJobToACheaperWorker() throws InterruptedException {
        Cancellation interrupt = new Cancellation();
        Thread worker = new Thread(() -> {
            DreamRun unused = DreamRun.with(
                    Terminal.Abilities.NONE,
                    folder,
                    interrupt,
                    "worker",
                    "run",
                    "--key",
                    "second",
                    "--ask",
                    "0.5",
                    "--max-jobs",
                    "1");
        });
        worker.start();
        while (market.run("worker", "status", "--json").out().endsWith("\"offers\":[]}\n")) {
            Thread.sleep(50);
        }

        DreamRun run = DreamRun.generate(folder, "a fox", "--seed", "3");
        worker.join();

        assertThat(run.value("cost")).isEqualTo("0.008192 DREAM");
        assertThat(run.value("paid")).contains(market.account("second"));
    }

    @Test
    void generateDoesItselfWhatACheaperWorkerDoesNot() {
        market.run("worker", "run", "--once", "--key", "second", "--ask", "0.5");
        try (Ledger ledger = ledger();
                ImageModel model = Backends.openImageModel("onnx:dream-mini")) {
            KeyFile idle = KeyFile.openOrCreate(folder.resolve("data/keys/second.key"));
            ledger.exchange()
                    .announce(
                            idle,
                            new WorkerOffer(
                                    idle.account(),
                                    Amount.of(1),
                                    List.of(model.descriptor()),
                                    Instant.now().plusSeconds(600)));
        }

        assertThat(DreamRun.generate(folder, "a fox", "--seed", "3").value("paid"))
                .contains(market.account("worker"));
    }

    @Test
    void stakesComeFromTheWorkersMoneyAndBack() {
        market.fail(ErrorCode.INSUFFICIENT_FUNDS.number(), "worker", "register", "--stake", "10");
        market.run("wallet", "deposit", "20", "--key", "worker");

        DreamRun registered = market.run("worker", "register", "--stake", "10");
        assertThat(registered.value("registered")).isEqualTo("yes");
        assertThat(registered.value("stake")).isEqualTo("10 DREAM");
        assertThat(registered.value("money")).isEqualTo("10 DREAM");

        assertThat(market.run("worker", "leave", "--json").out())
                .contains("\"registered\":false,\"stake\":\"0\",\"available\":\"20\"");
        market.fail(ErrorCode.STAKE_TOO_LOW.number(), "worker", "leave");
    }

    @Test
    void wrongInputIsOneLineAndAStatus() {
        market.fail(ErrorCode.INVALID_REQUEST.number(), "worker", "run", "--max-jobs", "0");
        market.fail(ErrorCode.INVALID_AMOUNT.number(), "worker", "run", "--ask", "-1", "--once");
        market.fail(ErrorCode.UNKNOWN_MODEL.number(), "worker", "run", "--model", "nope", "--once");
        market.fail(ErrorCode.INVALID_AMOUNT.number(), "worker", "register", "--stake", "x");
        market.fail(ExitStatus.USAGE, "worker", "status", "nobody");
        market.fail(ExitStatus.USAGE, "worker", "rnu");
    }
}
