package io.dreamprotocol.examples.quickstart;

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

/** Asks for an image, makes it, and pays for it, all in one process: requester and worker on an embedded ledger and store. */
public final class Quickstart {
    private Quickstart() {}

    /**
     * Makes an image in a folder, which also keeps the keys, the ledger and the store.
     *
     * @param args the folder; {@code data} if there is none
     * @throws IOException if the image cannot be written
     * @throws InterruptedException if the program is interrupted while it waits
     */
    @SuppressWarnings("try") // the worker is held for its closing only
    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(Path.of(args.length == 0 ? "data" : args[0]));
        Signer requester = KeyFile.openOrCreate(folder.resolve("requester.key"));
        Signer gpuOwner = KeyFile.openOrCreate(folder.resolve("worker.key"));
        try (Ledger ledger = Backends.openLedger("embedded:" + folder);
                BlobStore blobs = Backends.openBlobStore("embedded:" + folder);
                ImageModel model = Backends.openImageModel("onnx:dream-mini");
                Worker worker = Worker.start(ledger, blobs, gpuOwner, model)) {
            DreamClient dream = DreamClient.of(ledger, blobs, requester);
            dream.deposit(Amount.ofCoins("1", ledger.info().decimals()));
            Job job = dream.submit(GenerationRequest.of("a red apple, flat style"));
            GeneratedImage image = dream.await(job.id(), Duration.ofMinutes(2));
            Files.write(folder.resolve("apple.png"), image.png().toArray());
            System.out.println(folder.resolve("apple.png") + " is " + image.cid());
        }
    }
}
