package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobCommandsTest {
    @TempDir
    Path folder;

    @Test
    void jobsListsTheNewestFirst() {
        DreamRun.generate(folder, "a cup", "--seed", "1");
        DreamRun.generate(folder, "a\nhat", "--seed", "2");

        List<String> lines = DreamRun.in(folder, "jobs").outLines();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("JOB ").endsWith("PROMPT");
        assertThat(lines.get(1))
                .contains(" settled ")
                .contains("0.016384 DREAM")
                .endsWith("a hat");
        assertThat(lines.get(2)).endsWith("a cup");
        assertThat(DreamRun.in(folder, "jobs", "--limit", "1").outLines()).hasSize(2);
    }

    @Test
    void showTellsAllOfAJob() {
        DreamRun made = DreamRun.generate(folder, "a cup", "--negative", "tea", "--seed", "1");
        String job = made.value("job").replace(", settled", "");

        DreamRun run = DreamRun.in(folder, "show", job);

        assertThat(run.status()).isZero();
        assertThat(run.value("state")).startsWith("settled since ");
        assertThat(run.value("prompt")).isEqualTo("a cup");
        assertThat(run.value("negative")).isEqualTo("tea");
        assertThat(run.value("settings")).startsWith("64x64, 2 steps, guidance 5, seed 1, ");
        assertThat(run.value("image")).isEqualTo(made.value("CID"));
        assertThat(run.value("cost")).isEqualTo("0.016384 DREAM");
        assertThat(run.value("refund")).isEqualTo("0 DREAM");
        assertThat(run.err()).contains("dream get " + made.value("CID"));
    }

    @Test
    void anInterruptedJobIsCancelledAndPaidForItsSteps() throws InterruptedException {
        Cancellation interrupt = new Cancellation();
        AtomicReference<DreamRun> ended = new AtomicReference<>();
        Thread run = new Thread(() -> ended.set(
                DreamRun.with(Terminal.Abilities.NONE, folder, interrupt, "generate", "a cup", "--steps", "1000")));
        run.start();
        try (Ledger ledger = openLedger()) {
            while (ledger.jobs(JobQuery.newest(1)).stream()
                    .noneMatch(job -> job.assignment().isPresent()
                            && job.assignment().get().stepsDone() > 0)) {
                Thread.sleep(20);
            }
            interrupt.cancel();
            run.join();

            assertThat(ended.get().status()).isEqualTo(ExitStatus.INTERRUPTED);
            assertThat(ended.get().err()).contains(" was cancelled; ").contains(" of 1000 steps were paid (");
            Job job = ledger.jobs(JobQuery.newest(1)).getFirst();
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            assertThat(job.settlement().orElseThrow().fee().isZero()).isFalse();
            assertThat(total(ledger)).isEqualTo(Amount.of(1_000_000_000));
        }
    }

    @Test
    void aJobWithoutAWorkerIsFinishedByResume() throws Exception {
        DreamRun.generate(folder, "a cup");
        Job left = leaveOpenJob();

        DreamRun run = DreamRun.in(folder, "resume", "--out", "hat.png");

        assertThat(run.status()).isZero();
        assertThat(run.value("job")).isEqualTo(left.id() + ", settled");
        assertThat(DreamRun.in(folder, "verify", "hat.png").value("prompt")).isEqualTo("a hat");
        assertThat(DreamRun.in(folder, "resume").err()).isEqualTo("There is nothing to resume.\n");
        // Once more by its name, to get the file again.
        assertThat(DreamRun.in(folder, "resume", left.id().value()).status()).isZero();
    }

    @Test
    void aJobWithoutAWorkerCanBeTakenBack() {
        DreamRun.generate(folder, "a cup");
        Job left = leaveOpenJob();
        assertThat(DreamRun.in(folder, "wallet").value("requester")).endsWith("in escrow");

        DreamRun run = DreamRun.in(folder, "cancel", left.id().value());

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("0 DREAM were paid for steps done");
        assertThat(DreamRun.in(folder, "wallet").value("requester")).isEqualTo("999.983616 DREAM");
        assertThat(DreamRun.in(folder, "cancel", left.id().value()).status()).isEqualTo(51);
        assertThat(DreamRun.in(folder, "resume", left.id().value()).status()).isEqualTo(58);
    }

    @Test
    void depositBringsCoins() {
        DreamRun run = DreamRun.in(folder, "wallet", "deposit", "12.5");

        assertThat(run.status()).isZero();
        assertThat(run.value("requester")).isEqualTo("12.5 DREAM");
        assertThat(run.value("worker")).isEqualTo("0 DREAM");
    }

    /** Does what a run does that is killed directly after it submitted its job. */
    private Job leaveOpenJob() {
        Context context = new Context(
                new Terminal(
                        new ByteArrayOutputStream(),
                        new ByteArrayOutputStream(),
                        StandardCharsets.UTF_8,
                        Terminal.Abilities.NONE),
                Map.of(),
                folder,
                new Cancellation(),
                () -> {});
        DataFolder data = new DataFolder(folder.resolve("data"));
        try (Ledger ledger = openLedger();
                var blobs = Backends.openBlobStore("embedded:" + data.path());
                ImageModel model = Backends.openImageModel(
                        "onnx:dream-mini?cache=" + System.getProperty(ModelAddress.UNPACKED_PROPERTY))) {
            Production production = new Production(new Workspace(data, ledger, blobs, true), context);
            GenerationRequest request = GenerationRequest.of("a hat")
                    .withSeed(4)
                    .withSteps(1)
                    .withWidth(64)
                    .withHeight(64);
            return production.submit(request, model);
        }
    }

    private Ledger openLedger() {
        return Backends.openLedger("embedded:" + folder.resolve("data"));
    }

    private Amount total(Ledger ledger) {
        Amount total = Amount.ZERO;
        for (String key : List.of("requester", "worker")) {
            Balance balance = ledger.balance(KeyFile.openOrCreate(folder.resolve("data/keys/" + key + ".key"))
                    .account());
            total = total.plus(balance.available()).plus(balance.escrowed());
        }
        return total;
    }
}
