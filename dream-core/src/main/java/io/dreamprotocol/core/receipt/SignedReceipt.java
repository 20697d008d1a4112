package io.dreamprotocol.core.receipt;

import io.dreamprotocol.core.account.SignatureVerifier;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * A receipt and its worker's signature, which anyone can check offline.
 *
 * @param receipt the statement
 * @param signature the worker's signature over {@code dream-receipt-v1}, a zero byte, and the receipt's canonical encoding
 */
public record SignedReceipt(Receipt receipt, Bytes signature) {
    private static final byte[] DOMAIN = "dream-receipt-v1\0".getBytes(StandardCharsets.US_ASCII);

    /** Checks that every part is there. */
    public SignedReceipt {
        Objects.requireNonNull(receipt, "receipt");
        Objects.requireNonNull(signature, "signature");
    }

    /**
     * Signs a receipt.
     *
     * @param receipt the statement
     * @param worker the worker that it names
     * @return both together
     */
    public static SignedReceipt sign(Receipt receipt, Signer worker) {
        if (!receipt.worker().equals(worker.account())) {
            throw new IllegalArgumentException("A receipt is signed by the worker that it names");
        }
        return new SignedReceipt(receipt, worker.sign(message(receipt)));
    }

    private static byte[] message(Receipt receipt) {
        byte[] encoded = receipt.encode();
        byte[] message = new byte[DOMAIN.length + encoded.length];
        System.arraycopy(DOMAIN, 0, message, 0, DOMAIN.length);
        System.arraycopy(encoded, 0, message, DOMAIN.length, encoded.length);
        return message;
    }

    /**
     * Checks the signature.
     *
     * @throws CorruptDataException with {@link ErrorCode#SIGNATURE_INVALID} if the worker did not sign this
     */
    public void verify() {
        if (!SignatureVerifier.verify(receipt.worker(), message(receipt), signature)) {
            throw new CorruptDataException(
                    ErrorCode.SIGNATURE_INVALID, "The receipt's signature is not that of " + receipt.worker());
        }
    }

    /**
     * Returns the canonical encoding.
     *
     * @return a DAG-CBOR map of the receipt's encoding and the signature
     */
    public byte[] encode() {
        return DagCbor.encode(Map.of("receipt", Bytes.of(receipt.encode()), "signature", signature));
    }

    /**
     * Reads the canonical encoding, without checking the signature.
     *
     * @param encoded the bytes
     * @return the receipt and its signature
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA}
     */
    public static SignedReceipt decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "signed receipt");
        byte[] receipt = fields.bytes("receipt").toArray();
        Receipt decoded = Receipt.decode(receipt);
        // What is signed is the encoding; fields that this version does not know would be lost and break the signature.
        if (!Bytes.of(decoded.encode()).equals(Bytes.of(receipt))) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA, "The receipt has fields that this program does not know; update it");
        }
        return new SignedReceipt(decoded, fields.bytes("signature"));
    }
}
