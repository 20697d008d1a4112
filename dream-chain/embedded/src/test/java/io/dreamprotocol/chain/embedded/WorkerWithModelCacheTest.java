package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.ModelCache;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ModelDefaults;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.ModelLimits;
import io.dreamprotocol.core.image.ModelOutput;
import io.dreamprotocol.core.image.ProgressListener;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.BlobStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose models do not fit into memory together. */
@Timeout(60)
class WorkerWithModelCacheTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void aWorkerDoesJobsForModelsThatAreNotInMemoryTogether() throws Exception {
        BlobStore blobs = new MemoryStore();
        try (Ledger ledger = EmbeddedLedger.open(folder);
                ModelCache cache = new ModelCache(100, PaintingModel::new)) {
            DreamClient client = DreamClient.of(ledger, blobs, KeyFile.openOrCreate(folder.resolve("requester.key")));
            client.deposit(Amount.of(1_000_000_000));
            KeyFile key = KeyFile.openOrCreate(folder.resolve("worker.key"));
            try (Worker worker = Worker.builder(ledger, blobs, key)
                    .models(cache, List.of("one", "two"))
                    .build()) {
                worker.start();
                assertThat(cache.loaded()).containsExactly("two");

                for (String name : List.of("one", "two", "two", "one")) {
                    Job job = client.submit(GenerationRequest.of("a fox").withModel(name));
                    GeneratedImage image = client.await(job.id(), PATIENCE);

                    assertThat(image.job().submission().model().name()).isEqualTo(name);
                    assertThat(image.sealed().receipt().receipt().engine().dtype())
                            .isEqualTo(name);
                    assertThat(cache.loaded()).containsExactly(name);
                }
            }
        }
    }

    /** A model of 60 bytes. */
    private static final class PaintingModel implements ImageModel {
        private final String name;

        PaintingModel(String name) {
            this.name = name;
        }

        @Override
        public ModelDescriptor descriptor() {
            List<ModelFile> files =
                    List.of(new ModelFile("weights", 60, Bytes.sha256(name.getBytes(StandardCharsets.UTF_8))));
            return new ModelDescriptor(
                    new ModelId(name, ModelFile.digestOf(files)),
                    "none",
                    files,
                    new ModelDefaults(16, 16, 2, 5, "Euler"),
                    new ModelLimits(8, 8, 64, 64 * 64),
                    List.of("Euler"));
        }

        @Override
        public void check(CanonicalRequest request) {}

        @Override
        public ModelOutput generate(
                CanonicalRequest request, BlobSource inputs, ProgressListener listener, Cancellation cancellation) {
            return new ModelOutput(
                    RgbImage.of(16, 16, new byte[16 * 16 * 3]), new EngineInfo("none", "1", "cpu", name), List.of());
        }

        @Override
        public void close() {}
    }
}
