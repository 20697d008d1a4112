package io.dreamprotocol.core.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.EngineInfo;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.UnixFsFile;
import io.dreamprotocol.core.trajectory.LatentCommitment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedImageTest {
    private static final List<ModelFile> FILES =
            List.of(new ModelFile("unet/model.onnx", 12, Bytes.sha256(new byte[12])));
    private static final ModelId MODEL = new ModelId("dream-mini", ModelFile.digestOf(FILES));
    private static final CanonicalRequest REQUEST =
            new CanonicalRequest("a fox", "", MODEL, 4, 4, 20, 5, 7, "DPM++ 2M");

    @TempDir
    Path folder;

    private Signer worker;
    private PngFile plain;

    @BeforeEach
    void makeAnImage() {
        worker = KeyFile.openOrCreate(folder.resolve("worker.key"));
        plain = PngPixels.encode(
                RgbImage.of(4, 4, new byte[48]), List.of(PngChunk.ofText("parameters", "a fox\nSteps: 20")));
    }

    private static Receipt receipt(CanonicalRequest request, PngFile output, AccountId worker) {
        return new Receipt(
                request.digest(),
                MODEL,
                FILES,
                request.seed(),
                "torch-cpu",
                request.scheduler(),
                new EngineInfo("onnxruntime", "1.28.0", "cpu", "float32"),
                List.of(),
                Optional.of(new LatentCommitment(Bytes.sha256(new byte[1]), 21)),
                UnixFsFile.cidOf(output.toBytes()),
                0x0123456789abcdefL,
                worker);
    }

    private SealedImage sealed() {
        return SealedImage.seal(plain, REQUEST, SignedReceipt.sign(receipt(REQUEST, plain, worker.account()), worker));
    }

    @Test
    void aSealedImageVerifies() {
        SealedImage sealed = sealed();
        SealedImage verified = SealedImage.verify(sealed.file().toBytes());
        assertThat(verified.request()).isEqualTo(REQUEST);
        assertThat(verified.receipt()).isEqualTo(sealed.receipt());
        assertThat(verified.receipt().receipt().worker()).isEqualTo(worker.account());
    }

    @Test
    void theSameWorkGivesTheSameBytes() {
        assertThat(sealed().file().toBytes()).isEqualTo(sealed().file().toBytes());
    }

    @Test
    void everyChangedByteIsNoticed() {
        byte[] good = sealed().file().toBytes();
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 4;
            assertThatThrownBy(() -> SealedImage.verify(bad)).isInstanceOf(DreamException.class);
        }
    }

    @Test
    void aChangeWithTheChecksumMadeRightIsNoticedToo() {
        PngFile file = sealed().file();
        for (int at = 0; at < file.chunks().size() - 1; at++) {
            for (int i = 0; i < file.chunks().get(at).length(); i++) {
                PngChunk old = file.chunks().get(at);
                byte[] data = old.data();
                data[i] ^= 1;
                byte[] bytes = replace(file, at, new PngChunk(old.type(), data)).toBytes();
                assertThatThrownBy(() -> SealedImage.verify(bytes)).isInstanceOf(DreamException.class);
            }
        }
    }

    private static PngFile replace(PngFile file, int at, PngChunk chunk) {
        List<PngChunk> chunks = new ArrayList<>(file.chunks());
        chunks.set(at, chunk);
        PngFile changed = file.without(old -> !old.type().equals("IEND"));
        for (PngChunk part : chunks.subList(0, chunks.size() - 1)) {
            changed = changed.withLast(part);
        }
        return changed;
    }

    @Test
    void anAddedTextOrASecondReceiptIsNoticed() {
        PngFile file = sealed().file();
        byte[] text = file.withLast(PngChunk.ofText("comment", "hello")).toBytes();
        assertCode(text, ErrorCode.RECEIPT_MISMATCH);
        PngChunk seal = file.chunks().get(file.chunks().size() - 2);
        assertCode(file.withLast(seal).toBytes(), ErrorCode.RECEIPT_MISMATCH);
    }

    @Test
    void aReceiptOfAnotherImageDoesNotFit() {
        PngFile other = PngPixels.encode(RgbImage.of(2, 2, new byte[12]), List.of());
        SealedImage foreign =
                SealedImage.seal(other, REQUEST, SignedReceipt.sign(receipt(REQUEST, plain, worker.account()), worker));
        assertCode(foreign.file().toBytes(), ErrorCode.RECEIPT_MISMATCH);
    }

    @Test
    void aReceiptOfAnotherRequestDoesNotFit() {
        CanonicalRequest other = new CanonicalRequest("a cat", "", MODEL, 4, 4, 20, 5, 7, "DPM++ 2M");
        SealedImage foreign =
                SealedImage.seal(plain, other, SignedReceipt.sign(receipt(REQUEST, plain, worker.account()), worker));
        assertCode(foreign.file().toBytes(), ErrorCode.RECEIPT_MISMATCH);
    }

    @Test
    void aForgedSignatureIsNoticed() {
        Signer forger = KeyFile.openOrCreate(folder.resolve("forger.key"));
        Receipt claimed = receipt(REQUEST, plain, worker.account());
        Bytes wrong = SignedReceipt.sign(receipt(REQUEST, plain, forger.account()), forger)
                .signature();
        SealedImage forged = SealedImage.seal(plain, REQUEST, new SignedReceipt(claimed, wrong));
        assertCode(forged.file().toBytes(), ErrorCode.SIGNATURE_INVALID);
    }

    @Test
    void anImageWithoutAReceiptIsSaid() {
        assertThatThrownBy(() -> SealedImage.verify(plain.toBytes()))
                .isInstanceOfSatisfying(
                        NotFoundException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RECEIPT_MISSING));
    }

    @Test
    void theEncodingComesBack() {
        SignedReceipt signed = SignedReceipt.sign(receipt(REQUEST, plain, worker.account()), worker);
        assertThat(SignedReceipt.decode(signed.encode())).isEqualTo(signed);
        assertThatCode(signed::verify).doesNotThrowAnyException();
        assertThat(Cid.of(Cid.Codec.RAW, signed.encode())).isEqualTo(UnixFsFile.cidOf(signed.encode()));
    }

    private static void assertCode(byte[] file, ErrorCode code) {
        assertThatThrownBy(() -> SealedImage.verify(file))
                .isInstanceOfSatisfying(
                        DreamException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
