package io.dreamprotocol.chain.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.SealKeyFile;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.receipt.SealedImage;
import io.dreamprotocol.core.receipt.SignedReceipt;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that are sealed to their requester before they are stored. */
@Timeout(60)
class PrivateImagesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final MemoryStore blobs = new MemoryStore();
    private Ledger ledger;
    private SealKey key;
    private DreamClient client;
    private Worker worker;

    @BeforeEach
    void open() {
        ledger = EmbeddedLedger.open(folder);
        key = SealKeyFile.openOrCreate(folder.resolve("requester.seal"));
        client = client(blobs).withSealKey(key);
        client.deposit(Amount.of(1_000_000_000));
        worker = Worker.start(ledger, blobs, KeyFile.openOrCreate(folder.resolve("worker.key")), new PlainModel());
    }

    @AfterEach
    void close() {
        worker.close();
        ledger.close();
    }

    private DreamClient client(BlobStore store) {
        return DreamClient.of(ledger, store, KeyFile.openOrCreate(folder.resolve("requester.key")));
    }

    private Job done() throws InterruptedException {
        Job job = client.submit(GenerationRequest.of("a fox").withSeed(7).privatelyFor(key.publicKey()));
        while (ledger.find(job.id()).orElseThrow().state() != JobState.SUBMITTED) {
            Thread.sleep(10);
        }
        return ledger.find(job.id()).orElseThrow();
    }

    @Test
    void theRequesterOpensTheImageAndItsReceiptHolds() throws InterruptedException {
        Job job = done();
        Delivery delivery = job.delivery().orElseThrow();
        byte[] stored = blobs.read(delivery.image(), PngFile.MAX_BYTES);
        assertThat(SealedBlob.isSealed(stored)).isTrue();
        assertThat(SealedBlob.isSealed(blobs.read(delivery.receipt(), 100_000))).isTrue();

        GeneratedImage image = client.await(job.id(), PATIENCE);

        assertThat(image.job().state()).isEqualTo(JobState.SETTLED);
        assertThat(image.cid()).isEqualTo(delivery.image());
        SealedImage opened = SealedImage.verify(SealedBlob.open(stored, key));
        assertThat(opened.receipt().receipt().worker()).isEqualTo(worker.account());
        assertThat(opened.file().toBytes()).isEqualTo(image.png().toArray());
        SignedReceipt receipt = SignedReceipt.decode(SealedBlob.open(blobs.read(delivery.receipt(), 100_000), key));
        receipt.verify();
        assertThat(receipt).isEqualTo(opened.receipt());
    }

    @Test
    void anotherCannotOpenIt() throws InterruptedException {
        Job job = done();
        assertFails(ErrorCode.KEY_UNUSABLE, () -> client(blobs).image(job.id()));
        DreamClient other = client(blobs).withSealKey(SealKey.generate());
        assertFails(ErrorCode.KEY_UNUSABLE, () -> other.image(job.id()));
        byte[] stored = blobs.read(job.delivery().orElseThrow().image(), PngFile.MAX_BYTES);
        assertFails(ErrorCode.BLOB_CORRUPT, () -> SealedBlob.open(stored, SealKey.generate()));
        assertFails(ErrorCode.PNG_MALFORMED, () -> SealedImage.verify(stored));
        assertThat(ledger.find(job.id()).orElseThrow().state()).isEqualTo(JobState.SUBMITTED);
    }

    @Test
    void aChangedImageIsRefusedAndNotPaid() throws InterruptedException {
        Job job = done();
        Cid image = job.delivery().orElseThrow().image();
        for (int at : List.of(0, 4, 40, 200)) {
            DreamClient misled = client(new Changed(image, bytes -> {
                        byte[] changed = bytes.clone();
                        changed[at] ^= 1;
                        return changed;
                    }))
                    .withSealKey(key);
            assertThatThrownBy(() -> misled.image(job.id())).isInstanceOf(DreamException.class);
        }
        assertThat(ledger.find(job.id()).orElseThrow().state()).isEqualTo(JobState.SUBMITTED);
        assertThat(client.image(job.id()).job().state()).isEqualTo(JobState.SETTLED);
    }

    @Test
    void anImageThatWasToBeSealedAndIsNotIsRefused() throws InterruptedException {
        Job job = done();
        Cid image = job.delivery().orElseThrow().image();
        DreamClient betrayed =
                client(new Changed(image, bytes -> SealedBlob.open(bytes, key))).withSealKey(key);
        assertFails(ErrorCode.RECEIPT_MISMATCH, () -> betrayed.image(job.id()));
    }

    @Test
    void aKeyThatIsNoneEndsTheJobUndone() {
        Job job = client.submit(GenerationRequest.of("a fox").privatelyFor(Bytes.of(new byte[32])));
        assertFails(ErrorCode.KEY_UNUSABLE, () -> client.await(job.id(), PATIENCE));
        assertThat(client.balance().available()).isEqualTo(Amount.of(1_000_000_000));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    /** A store that gives other bytes for one blob. */
    private final class Changed implements BlobStore {
        private final Cid which;
        private final UnaryOperator<byte[]> change;

        Changed(Cid which, UnaryOperator<byte[]> change) {
            this.which = which;
            this.change = change;
        }

        @Override
        public Cid put(InputStream content) throws IOException {
            return blobs.put(content);
        }

        @Override
        public InputStream open(Cid cid) {
            return cid.equals(which)
                    ? new ByteArrayInputStream(change.apply(blobs.read(cid, PngFile.MAX_BYTES)))
                    : blobs.open(cid);
        }

        @Override
        public boolean has(Cid cid) {
            return blobs.has(cid);
        }

        @Override
        public void close() {}
    }
}
