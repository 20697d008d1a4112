package io.dreamprotocol.core.receipt;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A PNG file that carries its request and its signed receipt in a chunk of its own, directly before the end.
 *
 * <p>The receipt names the file without that chunk, as content credentials exclude their own bytes from what they hash. The
 * chunk's type {@code drRC} marks it as ancillary, private, and unsafe to copy into a changed image.
 *
 * @param file the whole file
 * @param request what was asked
 * @param receipt how it was made, signed by the worker
 */
public record SealedImage(PngFile file, CanonicalRequest request, SignedReceipt receipt) {
    private static final String CHUNK = "drRC";

    /** Checks that every part is there. */
    public SealedImage {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(receipt, "receipt");
    }

    /**
     * Puts a receipt into the file that it speaks of.
     *
     * @param plain the file without a receipt, whose CID the receipt names as output
     * @param request what was asked
     * @param receipt how it was made
     * @return the sealed image
     */
    public static SealedImage seal(PngFile plain, CanonicalRequest request, SignedReceipt receipt) {
        byte[] content =
                DagCbor.encode(Map.of("request", Bytes.of(request.encode()), "receipt", Bytes.of(receipt.encode())));
        return new SealedImage(plain.withLast(new PngChunk(CHUNK, content)), request, receipt);
    }

    /**
     * Reads a sealed image and checks everything that can be checked offline: the file, the signature, that the receipt is
     * for this request, and that it is for this very file. Any change to pixels, texts or receipt makes this fail.
     *
     * @param bytes the file
     * @return the sealed image
     * @throws CorruptDataException with {@link ErrorCode#PNG_MALFORMED}, {@link ErrorCode#RECEIPT_MISMATCH} or {@link
     *     ErrorCode#SIGNATURE_INVALID}
     * @throws NotFoundException with {@link ErrorCode#RECEIPT_MISSING} if the file carries none
     */
    public static SealedImage verify(byte[] bytes) {
        PngFile file = PngFile.read(bytes);
        List<PngChunk> seals =
                file.chunks().stream().filter(SealedImage::isSeal).toList();
        if (seals.isEmpty()) {
            throw new NotFoundException(
                    ErrorCode.RECEIPT_MISSING,
                    "The image carries no receipt; it was not made here, or was changed since");
        }
        if (seals.size() > 1 || !isSeal(file.chunks().get(file.chunks().size() - 2))) {
            throw mismatch("its receipt is not where it was put", null);
        }
        byte[] requestBytes;
        CanonicalRequest request;
        SignedReceipt signed;
        try {
            Fields fields = Fields.decode(seals.getFirst().data(), "image's seal");
            requestBytes = fields.bytes("request").toArray();
            request = CanonicalRequest.decode(requestBytes);
            signed = SignedReceipt.decode(fields.bytes("receipt").toArray());
        } catch (DreamException e) {
            throw mismatch("its receipt is damaged (" + e.getMessage() + ")", e);
        }
        signed.verify();
        Receipt receipt = signed.receipt();
        if (!receipt.request().equals(Bytes.sha256(requestBytes))) {
            throw mismatch("its receipt is for another request", null);
        }
        if (!receipt.output()
                .equals(UnixFsFile.cidOf(file.without(SealedImage::isSeal).toBytes()))) {
            throw mismatch("its pixels or texts are not those of its receipt", null);
        }
        if (!receipt.model().equals(request.model())
                || receipt.seed() != request.seed()
                || !receipt.scheduler().equals(request.scheduler())) {
            throw mismatch("its receipt states other settings than its request", null);
        }
        return new SealedImage(file, request, signed);
    }

    private static boolean isSeal(PngChunk chunk) {
        return chunk.type().equals(CHUNK);
    }

    private static CorruptDataException mismatch(String what, @Nullable Exception cause) {
        String message = "The image was changed after it was made: " + what;
        return cause == null
                ? new CorruptDataException(ErrorCode.RECEIPT_MISMATCH, message)
                : new CorruptDataException(ErrorCode.RECEIPT_MISMATCH, message, cause);
    }
}
