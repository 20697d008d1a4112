package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store keeps for a worker and its requesters, and for how long. */
@Timeout(60)
class KeptResultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final MemoryStore blobs = new MemoryStore();
    private EmbeddedLedger ledger;
    private DreamClient client;

    @BeforeEach
    void open() {
        ledger = EmbeddedLedger.open(folder);
        client = DreamClient.of(ledger, blobs, KeyFile.openOrCreate(folder.resolve("requester.key")));
        client.deposit(Amount.of(1_000_000_000));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Worker worker(Duration kept) {
        Worker worker = Worker.builder(ledger, blobs, KeyFile.openOrCreate(folder.resolve("worker.key")))
                .model(new PlainModel())
                .keepResults(kept)
                .build();
        worker.start();
        return worker;
    }

    private Job done(long seed) throws InterruptedException {
        Job job = client.submit(GenerationRequest.of("a fox").withSeed(seed));
        return client.await(job.id(), PATIENCE).job();
    }

    @Test
    void requestsAndResultsAreKept() throws InterruptedException {
        try (Worker worker = worker(Worker.DEFAULT_RESULT_TIME)) {
            Job job = done(1);
            Delivery delivery = job.delivery().orElseThrow();
            assertThat(blobs.kept())
                    .containsExactlyInAnyOrder(job.submission().request(), delivery.image(), delivery.receipt());
            assertThat(worker.account()).isNotNull();
        }
    }

    @Test
    void paidResultsAreReleasedAfterTheirTime() throws InterruptedException {
        Job first;
        try (Worker worker = worker(Worker.DEFAULT_RESULT_TIME)) {
            first = done(1);
            assertThat(worker.account()).isNotNull();
        }
        try (Worker worker = worker(Duration.ZERO)) {
            Job second = done(2);
            Set<Cid> requests =
                    Set.of(first.submission().request(), second.submission().request());
            while (!blobs.kept().equals(requests)) {
                Thread.sleep(10);
            }
            assertThat(blobs.has(first.delivery().orElseThrow().image())).isTrue();
            assertThat(worker.account()).isNotNull();
        }
    }
}
