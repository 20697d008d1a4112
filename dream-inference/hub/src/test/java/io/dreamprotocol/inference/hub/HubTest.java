package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A local hub, a cache, and what tests ask of them. */
abstract class HubTest {
    static final String TOKEN = "hf_token-that-nobody-may-see";
    static final String WEIGHTS = "unet/model.onnx_data";
    static final String SMALL = "unet/config.json";

    /** How long a test waits for what should come soon. */
    static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    private final List<Process> processes = new ArrayList<>();

    final TestSurroundings surroundings = new TestSurroundings();
    LocalHub hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = LocalHub.withModel();
    }

    @AfterEach
    void endProcessesAndHub() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        hub.close();
    }

    /** Begins to pull in a process of its own. */
    Process start(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PullProcess.class.getName()));
        command.addAll(List.of(hub.address().toString(), cache().toString(), LocalHub.REPOSITORY));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    /** The last line that a process prints. */
    static String resultOf(Process process) throws IOException, InterruptedException {
        String last = process.inputReader().lines().reduce("", (before, line) -> line);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return last;
    }

    /** Waits until a process reports so many bytes of the weights, its own or those of the process that it waits for. */
    static void awaitWeights(Process process, long bytes) throws IOException {
        String line;
        do {
            line = process.inputReader().readLine();
            assertThat(line).isNotNull();
        } while (!line.startsWith(WEIGHTS + " ") || Long.parseLong(line.substring(WEIGHTS.length() + 1)) < bytes);
    }

    Path cache() {
        return folder.resolve("cache");
    }

    HubClient.Builder client() {
        return HubClient.builder()
                .hub(hub.address())
                .cache(cache())
                .readTimeout(Duration.ofSeconds(20))
                .surroundings(surroundings);
    }

    PulledModel pull() {
        return pull(LocalHub.REPOSITORY);
    }

    PulledModel pull(String reference) {
        try (HubClient client = client().build()) {
            return client.pull(reference, PullListener.NONE, new Cancellation());
        }
    }

    DreamException refusal(ErrorCode code) {
        return refusal(code, client());
    }

    /** Pulls, and expects an error, whose message tells no secrets and takes one line. */
    DreamException refusal(ErrorCode code, HubClient.Builder builder) {
        return refusal(code, builder, LocalHub.REPOSITORY);
    }

    DreamException refusal(ErrorCode code, HubClient.Builder builder, String reference) {
        try (HubClient client = builder.build()) {
            DreamException error = catchThrowableOfType(
                    DreamException.class, () -> client.pull(reference, PullListener.NONE, new Cancellation()));
            assertThat(error).isNotNull();
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain(TOKEN, LocalHub.SIGNATURE);
            assertThat(error.getMessage()).hasLineCount(1);
            assertThat(error.code()).as(trace.toString()).isEqualTo(code);
            return error;
        }
    }

    /** The names of all files below a folder. */
    static List<String> filesIn(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> root.relativize(path).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only file in the cache's blobs that ends so. */
    Path blob(String end) {
        return filesIn(cache()).stream()
                .filter(name -> name.contains("/blobs/") && name.endsWith(end))
                .map(cache()::resolve)
                .findFirst()
                .orElseThrow();
    }

    Path blobOf(String path) {
        return blob("sha256-" + LocalHub.hex("SHA-256", hub.files.get(path)));
    }
}
