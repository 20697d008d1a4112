package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Backends;
import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.account.SealKeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.DagStore;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.storage.TieredBlobStore;
import io.dreamprotocol.storage.embedded.FileBlobStore;
import io.dreamprotocol.storage.ipfs.GatewayBlobSource;
import io.dreamprotocol.storage.ipfs.GatewaySettings;
import io.dreamprotocol.storage.ipfs.KuboBlobStore;
import io.dreamprotocol.storage.ipfs.KuboSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The programs of the IPFS guide, compiled so that they stay true. */
final class IpfsGuide {
    private IpfsGuide() {}

    static byte[] kubo(Path file) throws IOException {
        try (KuboBlobStore store = new KuboBlobStore(KuboSettings.of(URI.create("http://127.0.0.1:5001")))) {
            Cid cid = store.put(Files.newInputStream(file), sent -> System.out.println(sent + " bytes"));
            return store.read(cid, 50_000_000);
        }
    }

    static byte[] gateways(Cid cid) {
        GatewaySettings gateways = GatewaySettings.of(
                List.of(URI.create("https://gateway.example"), URI.create("https://another.example")));
        try (GatewayBlobSource source = new GatewayBlobSource(
                gateways, (gateway, fault) -> System.out.println(gateway + ": " + fault.getMessage()))) {
            return source.read(cid, 50_000_000);
        }
    }

    static List<Cid> keepHouse(Path folder, Path modelFolder, GatewayBlobSource source) throws IOException {
        try (FileBlobStore store = FileBlobStore.open(folder, 20_000_000_000L)) {
            store.putFolder(modelFolder, read -> {}); // and pins it
            store.collectGarbage(Duration.ofHours(1)); // all but pins and what is younger than an hour
            return store.repair(source); // fetches what is damaged, and tells what still is
        }
    }

    static Cid tiers(Path folder, Cid model, byte[] image, GatewayBlobSource gateways, KuboBlobStore kubo) {
        FileBlobStore near = FileBlobStore.open(folder, 20_000_000_000L);
        try (TieredBlobStore store = new TieredBlobStore(near, List.of(kubo, gateways))) {
            store.fetch(model, bytes -> System.out.println(bytes + " bytes")); // goes on where it was broken off
            return store.put(image); // here and in Kubo
        }
    }

    static void tiersByAddress(Path model) throws IOException {
        try (BlobStore store = Backends.openBlobStore("tiers:embedded:./data?quota=20GB"
                + ",ipfs:http://127.0.0.1:5001"
                + ",gateway:https://trustless-gateway.link,gateway:https://dweb.link")) {
            if (store instanceof DagStore dags) {
                System.out.println(dags.putFolder(model, bytes -> System.out.println(bytes + " bytes")));
            }
        }
    }

    static GeneratedImage privately(Ledger ledger, BlobStore blobs, Signer requester, Path keys)
            throws InterruptedException {
        SealKey key = SealKeyFile.openOrCreate(keys.resolve("requester.seal"));
        DreamClient client = DreamClient.of(ledger, blobs, requester).withSealKey(key);
        Job job = client.submit(GenerationRequest.of("a page of a diary").privatelyFor(key.publicKey()));
        return client.await(job.id(), Duration.ofMinutes(10)); // opened and checked
    }

    static byte[] seal(BlobStore store, byte[] image) {
        SealKey key = SealKey.generate(); // the requester's
        // The link is the sealed blob's CID, and carries no key.
        Cid cid = store.put(SealedBlob.seal(image, key.publicKey()));
        return SealedBlob.open(store.read(cid, 50_000_000), key);
    }
}
