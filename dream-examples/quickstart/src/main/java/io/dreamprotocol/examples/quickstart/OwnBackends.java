package io.dreamprotocol.examples.quickstart;

import io.dreamprotocol.chain.embedded.EmbeddedLedger;
import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The same as {@link Quickstart} with backends of the application's choice: a ledger that it builds itself, and a store of its own,
 * given directly or found by its address. Client and worker take whatever implements the contracts.
 */
public final class OwnBackends {
    private OwnBackends() {}

    /**
     * Makes two images in a folder, one with each way to bring a backend.
     *
     * @param args the folder; {@code data} if there is none
     * @throws IOException if an image cannot be written
     * @throws InterruptedException if the program is interrupted while it waits
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of(args.length == 0 ? "data" : args[0]));
        try (Ledger ledger = EmbeddedLedger.builder(folder)
                        .settlementWindow(Duration.ofHours(1))
                        .open();
                ImageModel model = Backends.openImageModel("onnx:dream-mini")) {
            try (BlobStore given = new MemoryBlobStore()) {
                make(folder, "given.png", ledger, given, model);
            }
            try (BlobStore found = Backends.openBlobStore("memory:")) {
                make(folder, "found.png", ledger, found, model);
            }
        }
    }

    @SuppressWarnings("try") // the worker is held for its closing only
    private static void make(Path folder, String name, Ledger ledger, BlobStore blobs, ImageModel model)
            throws IOException, InterruptedException {
        Signer requester = KeyFile.openOrCreate(folder.resolve("requester.key"));
        Signer gpuOwner = KeyFile.openOrCreate(folder.resolve("worker.key"));
        try (Worker worker = Worker.start(ledger, blobs, gpuOwner, model)) {
            DreamClient dream = DreamClient.of(ledger, blobs, requester);
            dream.deposit(Amount.ofCoins("1", ledger.info().decimals()));
            Job job = dream.submit(GenerationRequest.of("a green pear").withSeed(1));
            GeneratedImage image = dream.await(job.id(), Duration.ofMinutes(2));
            Files.write(folder.resolve(name), image.png().toArray());
        }
    }
}
