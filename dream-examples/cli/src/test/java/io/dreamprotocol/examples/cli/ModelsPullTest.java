package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a hub on this machine. */
final class ModelsPullTest {
    private static final Terminal.Abilities TERMINAL = new Terminal.Abilities(false, true, 100, 24, false, false);

    @TempDir
    Path folder;

    private LocalModelHub hub;

    @BeforeEach
    void open() throws IOException {
        hub = LocalModelHub.of(Path.of(System.getProperty("dream.golden"), "pipelines", "sd15", "model"));
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private DreamRun pull(String... more) {
        return pull(Terminal.Abilities.NONE, new Cancellation(), more);
    }

    private DreamRun pull(Terminal.Abilities abilities, Cancellation interrupt, String... more) {
        List<String> args =
                new ArrayList<>(List.of("models", "pull", LocalModelHub.REPOSITORY, "--hub", hub.address()));
        args.addAll(List.of(more));
        return DreamRun.with(abilities, folder, interrupt, args.toArray(String[]::new));
    }

    @Test
    void aPulledModelIsKnownByItsName() {
        DreamRun run = pull();

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.value("name")).isEqualTo("tiny");
        assertThat(run.value("licence")).isEqualTo("apache-2.0");
        assertThat(run.value("from")).isEqualTo(LocalModelHub.REPOSITORY + "@" + LocalModelHub.COMMIT);
        assertThat(run.value("can")).contains("begin with an image");
        assertThat(hub.seen)
                .contains("unet/model.onnx")
                .doesNotContain("README.md", "unet/diffusion_pytorch_model.bin");
        assertThat(DreamRun.in(folder, "models").outLines())
                .anyMatch(line -> line.startsWith("tiny ") && line.contains(LocalModelHub.COMMIT));
        DreamRun shown = DreamRun.in(folder, "models", "tiny");
        assertThat(shown.value("digest")).isEqualTo(run.value("digest"));
        assertThat(shown.value("licence")).isEqualTo("apache-2.0");
    }

    @Test
    void whatWasPulledTakesNoRoomTwice() throws IOException {
        pull();

        Path network = folder.resolve("data/models/tiny/unet/model.onnx");
        assertThat(Files.getAttribute(network, "unix:nlink")).isEqualTo(3);
    }

    @Test
    void pullingAgainFetchesNothing() {
        pull();
        int before = hub.seen.size();

        DreamRun again = pull();

        assertThat(again.status()).isZero();
        assertThat(again.value("name")).isEqualTo("tiny (it was there already)");
        assertThat(hub.seen).hasSize(before);
    }

    @Test
    void anotherVersionNeedsAnotherName() {
        pull();
        hub.files.computeIfPresent("unet/config.json", (path, config) -> {
            byte[] longer = Arrays.copyOf(config, config.length + 1);
            longer[config.length] = '\n';
            return longer;
        });
        // The same commit with other content is what a dishonest hub has; its new files are another model.
        DreamRun other = pull();

        assertThat(other.status()).isEqualTo(16);
        assertThat(other.err()).contains("another model with this name").hasLineCount(1);
        assertThat(pull("--name", "second").status()).isZero();
    }

    @Test
    void progressIsShownOnATerminal() {
        DreamRun run = pull(TERMINAL, new Cancellation());

        assertThat(run.err())
                .contains("[####################]")
                .contains(" of ")
                .contains("unet/model.onnx");
        assertThat(run.out()).doesNotContain("####");
    }

    @Test
    void anInterruptedPullGoesOn() {
        Cancellation interrupt = new Cancellation();
        AtomicInteger sent = new AtomicInteger();
        hub.sending = path -> {
            if (sent.incrementAndGet() == 5) {
                interrupt.cancel();
            }
        };

        DreamRun stopped = pull(Terminal.Abilities.NONE, interrupt);
        assertThat(stopped.status()).isEqualTo(ExitStatus.INTERRUPTED);
        assertThat(stopped.err()).contains("goes on from there").hasLineCount(1);
        assertThat(folder.resolve("data/models")).doesNotExist();
        List<String> fetched = List.copyOf(hub.seen.subList(0, 4));

        hub.sending = path -> assertThat(fetched).doesNotContain(path);
        assertThat(pull().status()).isZero();
    }

    @Test
    void aTokenComesFromAFile() throws IOException {
        hub.require("hf_secret");

        DreamRun refused = pull();
        assertThat(refused.status()).isEqualTo(91);
        assertThat(refused.err()).startsWith("dream: ").hasLineCount(1);

        Files.writeString(folder.resolve("token"), "hf_secret\n");
        DreamRun run = pull("--token-file", "token");
        assertThat(run.status()).isZero();
        assertThat(run.out() + run.err()).doesNotContain("hf_secret");
    }

    @Test
    void everyMistakeIsOneLine() {
        wrong(2, "models", "pull");
        wrong(2, "models", "pull", "a/b", "c");
        wrong(2, "models", "--hub", hub.address());
        wrong(16, "models", "pull", "tiny", "--hub", hub.address());
        wrong(16, "models", "pull", "dream/tiny", "--hub", hub.address(), "--name", "a/b");
        wrong(16, "models", "pull", "dream/tiny", "--hub", hub.address(), "--name", "dream-mini");
        wrong(15, "models", "pull", "dream/none", "--hub", hub.address());
        wrong(81, "models", "pull", "dream/tiny", "--hub", "not an address");
        wrong(81, "models", "pull", "dream/tiny", "--hub", hub.address(), "--token-file", "nope");
        assertThat(hub.seen).isEmpty();
    }

    private void wrong(int status, String... args) {
        DreamRun run = DreamRun.in(folder, args);
        assertThat(run.err()).startsWith("dream: ").hasLineCount(1).doesNotContain("Exception");
        assertThat(run.status()).as(run.err()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }
}
