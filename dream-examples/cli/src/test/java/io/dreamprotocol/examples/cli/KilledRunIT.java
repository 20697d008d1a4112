package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they work: no job and no money is lost, and nothing half-written stays. */
final class KilledRunIT {
    @TempDir
    Path folder;

    @Test
    void aKilledRunIsFinishedByResume() throws Exception {
        DreamRun.generate(folder, "a cup", "--seed", "1");
        Process run = start("generate", "a hat", "--seed", "9", "--steps", "300");
        Job left = awaitSteps();
        run.destroyForcibly().waitFor();

        assertThat(DreamRun.in(folder, "jobs").outLines().get(1)).contains(left.id() + "  claimed");
        assertThat(DreamRun.in(folder, "wallet").value("requester")).contains("9.8304 DREAM in escrow");
        assertThat(files()).containsExactly("dream-a-cup-1.png");

        DreamRun resumed = DreamRun.in(folder, "resume");

        assertThat(resumed.err()).startsWith("Waiting up to ");
        assertThat(resumed.status()).isZero();
        assertThat(resumed.value("job")).isEqualTo(left.id() + ", settled");
        assertThat(files()).containsExactly("dream-a-cup-1.png", "dream-a-hat-9.png");
        assertThat(DreamRun.in(folder, "wallet").value("requester")).isEqualTo("990.153216 DREAM");
        assertThat(DreamRun.in(folder, "wallet").value("worker")).isEqualTo("9.846784 DREAM");
    }

    @Test
    void aRunThatIsToldToEndCancelsItsJob() throws Exception {
        Process run = start("generate", "a hat", "--steps", "1000");
        Job job = awaitSteps();
        // Through its handle, because the process itself would close its streams too.
        run.toHandle().destroy();

        String err = new String(run.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).isEqualTo(143);
        assertThat(err).contains("dream: Interrupted: job " + job.id() + " was cancelled; ");
        assertThat(files()).isEmpty();
        assertThat(DreamRun.in(folder, "show", job.id().value()).value("state")).startsWith("cancelled ");
    }

    @Test
    void aLivingRunIsLeftAlone() throws Exception {
        Process run = start("generate", "a hat", "--steps", "1000");
        Job job = awaitSteps();

        DreamRun resumed = DreamRun.in(folder, "resume", job.id().value());

        assertThat(resumed.status()).isEqualTo(51);
        assertThat(resumed.err()).contains("is being worked on by another run");
        run.destroyForcibly().waitFor();
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-D" + ModelAddress.UNPACKED_PROPERTY + "=" + System.getProperty(ModelAddress.UNPACKED_PROPERTY),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put(DataFolder.VARIABLE, folder.resolve("data").toString());
        builder.redirectOutput(new File("/dev/null"));
        return builder.start();
    }

    /** Waits until a job has steps done that the ledger knows of. */
    private Job awaitSteps() throws InterruptedException {
        try (Ledger ledger = Backends.openLedger("embedded:" + folder.resolve("data"))) {
            while (true) {
                for (Job job : ledger.jobs(JobQuery.oldest(JobState.CLAIMED, 1))) {
                    if (job.assignment().orElseThrow().stepsDone() > 0) {
                        return job;
                    }
                }
                Thread.sleep(20);
            }
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("data"))
                    .sorted()
                    .toList();
        }
    }
}
