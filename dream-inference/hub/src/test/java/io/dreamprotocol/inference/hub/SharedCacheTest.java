package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes and threads that share a cache, also when some of them are killed. */
class SharedCacheTest extends HubTest {
    private static final long PATIENCE_SECONDS = 60;

    private final List<Process> processes = new ArrayList<>();

    private Process start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PullProcess.class.getName(),
                        hub.address().toString(),
                        cache().toString(),
                        LocalHub.REPOSITORY)
                .redirectErrorStream(true)
                .start();
        processes.add(process);
        return process;
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private static String outputOf(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < PATIENCE_SECONDS * 100 && !condition.call(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.call()).isTrue();
    }

    private static long partSize(Path cache) {
        return Files.exists(cache)
                ? filesIn(cache).stream()
                        .filter(name -> name.endsWith(".part"))
                        .mapToLong(name -> HubCache.size(cache.resolve(name)))
                        .sum()
                : 0;
    }

    @Test
    void twoProcessesFetchEveryFileOnce() throws Exception {
        CountDownLatch bothAreHere = new CountDownLatch(1);
        hub.nextContent(WEIGHTS, (exchange, content) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 1_000_000);
            exchange.getResponseBody().flush();
            bothAreHere.await();
            exchange.getResponseBody().write(content, 1_000_000, content.length - 1_000_000);
        });

        Process first = start();
        await(() -> hub.count("storage", WEIGHTS) == 1);
        Process second = start();
        await(() -> hub.count("hub", LocalHub.DESCRIPTION) == 2);
        bothAreHere.countDown();

        assertThat(outputOf(first)).isEqualTo(LocalHub.COMMIT);
        assertThat(outputOf(second)).isEqualTo(LocalHub.COMMIT);
        assertThat(hub.seen)
                .filteredOn(request -> request.server().equals("storage"))
                .extracting(LocalHub.Seen::subject)
                .doesNotHaveDuplicates();
        // The hub sends clients from a small file's address to another of its own.
        assertThat(hub.count("hub", SMALL)).isEqualTo(2);
        assertThat(filesIn(cache())).noneMatch(name -> name.contains(".part") || name.contains(".new"));
    }

    @Test
    void processesThatStartTogetherAgree() throws Exception {
        List<Process> together = List.of(start(), start(), start());

        for (Process process : together) {
            assertThat(outputOf(process)).isEqualTo(LocalHub.COMMIT);
        }
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(1);
    }

    @Test
    void aKilledProcessLeavesAPartThatTheNextOneResumes() throws Exception {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_500_000));
        Process process = start();
        await(() -> partSize(cache()) >= 1_000_000);
        process.destroyForcibly().waitFor();
        long left = partSize(cache());

        pull();

        assertThat(hub.requests("storage", WEIGHTS)).hasSize(2);
        assertThat(hub.requests("storage", WEIGHTS).get(1).header("Range")).isEqualTo("bytes=" + left + "-");
        assertThat(blobOf(WEIGHTS)).hasBinaryContent(hub.files.get(WEIGHTS));
        assertThat(filesIn(cache())).noneMatch(name -> name.contains(".part"));
    }

    @Test
    void aProcessThatWaitsTakesOverFromAKilledOne() throws Exception {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_500_000));
        Process first = start();
        await(() -> partSize(cache()) >= 1_000_000);
        Process second = start();
        await(() -> hub.count("hub", LocalHub.DESCRIPTION) == 2);
        first.destroyForcibly().waitFor();

        assertThat(outputOf(second)).isEqualTo(LocalHub.COMMIT);
        assertThat(hub.requests("storage", WEIGHTS)).hasSize(2);
        assertThat(hub.requests("storage", WEIGHTS).get(1).header("Range")).startsWith("bytes=");
    }

    @Test
    void threadsFetchEveryFileOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4);
                HubClient client =
                        HubClient.builder().hub(hub.address()).cache(cache()).build()) {
            List<Future<PulledModel>> pulls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                pulls.add(
                        threads.submit(() -> client.pull(LocalHub.REPOSITORY, PullListener.NONE, new Cancellation())));
            }
            for (Future<PulledModel> pull : pulls) {
                assertThat(pull.get(PATIENCE_SECONDS, TimeUnit.SECONDS).commit())
                        .isEqualTo(LocalHub.COMMIT);
            }
        }
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(1);
    }

    @Test
    void aWaitTellsTheOthersProgressAndCanBeCancelled() throws Exception {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_500_000));
        start();
        await(() -> partSize(cache()) >= 1_000_000);
        Cancellation cancellation = new Cancellation();
        List<PullProgress> reports = new ArrayList<>();
        PullListener listener = report -> {
            reports.add(report);
            if (report.file().equals(WEIGHTS) && report.fileBytes() >= 1_000_000) {
                cancellation.cancel();
            }
        };

        try (HubClient client = client().build()) {
            DreamException error = catchThrowableOfType(
                    DreamException.class, () -> client.pull(LocalHub.REPOSITORY, listener, cancellation));

            assertThat(error.code()).isEqualTo(ErrorCode.CANCELLED);
        }
        assertThat(reports.getLast().file()).isEqualTo(WEIGHTS);
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(1);
    }

    @Test
    void aHolderWithoutProgressIsNotWaitedForForever() throws Exception {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_500_000));
        start();
        await(() -> partSize(cache()) >= 1_000_000);

        assertThat(refusal(ErrorCode.STORE_LOCKED)).hasMessageContaining("end that process");
        assertThat(surroundings.pauses).hasSizeGreaterThanOrEqualTo(BlobLock.MAX_IDLE_POLLS);
    }

    @Test
    void aLockFileThatNobodyHoldsHindersNobody() throws IOException {
        pull();
        Path lock = filesIn(cache()).stream()
                .filter(name -> name.contains("/locks/sha256-"))
                .map(cache()::resolve)
                .findFirst()
                .orElseThrow();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
        }

        assertThat(pull().commit()).isEqualTo(LocalHub.COMMIT);
    }
}
