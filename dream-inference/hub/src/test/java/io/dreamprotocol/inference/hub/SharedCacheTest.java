package io.dreamprotocol.inference.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Processes and threads that share a cache, also when some of them are killed. */
class SharedCacheTest extends HubTest {
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
        awaitWeights(first, 500_000);
        Process second = start();
        awaitWeights(second, 500_000);
        bothAreHere.countDown();

        assertThat(resultOf(first)).isEqualTo(LocalHub.COMMIT);
        assertThat(resultOf(second)).isEqualTo(LocalHub.COMMIT);
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
            assertThat(resultOf(process)).isEqualTo(LocalHub.COMMIT);
        }
        assertThat(hub.count("storage", WEIGHTS)).isEqualTo(1);
    }

    @Test
    void aKilledProcessLeavesAPartThatTheNextOneResumes() throws Exception {
        hub.nextContent(WEIGHTS, hub.stallAfter(1_500_000));
        Process process = start();
        awaitWeights(process, 1_000_000);
        process.destroyForcibly().waitFor();
        long left = Files.size(blob(".part"));

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
        awaitWeights(first, 1_000_000);
        Process second = start();
        awaitWeights(second, 1_000_000);
        first.destroyForcibly().waitFor();

        assertThat(resultOf(second)).isEqualTo(LocalHub.COMMIT);
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
        awaitWeights(start(), 1_000_000);
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
        awaitWeights(start(), 1_000_000);

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
