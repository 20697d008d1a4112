package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.SignatureVerifier;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.util.Map;
import java.util.Objects;

/**
 * A voucher with its payer's signature. Whoever has it can check it without the ledger.
 *
 * @param voucher the voucher
 * @param signature the payer's signature over its encoding
 */
public record SignedVoucher(Voucher voucher, Bytes signature) {
    /** Checks that every part is there. */
    public SignedVoucher {
        Objects.requireNonNull(voucher, "voucher");
        Objects.requireNonNull(signature, "signature");
    }

    /**
     * Signs a voucher.
     *
     * @param voucher the voucher
     * @param payer the channel's payer
     * @return the signed voucher
     */
    public static SignedVoucher sign(Voucher voucher, Signer payer) {
        return new SignedVoucher(voucher, payer.sign(voucher.encode()));
    }

    /**
     * Tells whether an account signed this.
     *
     * @param payer the account
     * @return true if the signature is the account's
     */
    public boolean isSignedBy(AccountId payer) {
        return SignatureVerifier.verify(payer, voucher.encode(), signature);
    }

    /**
     * Returns the canonical encoding, to be sent.
     *
     * @return a DAG-CBOR map
     */
    public byte[] encode() {
        return DagCbor.encode(Map.of("voucher", Bytes.of(voucher.encode()), "signature", signature));
    }

    /**
     * Reads the canonical encoding.
     *
     * @param encoded the bytes
     * @return the signed voucher, whose signature was not checked
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are none
     */
    public static SignedVoucher decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "signed voucher");
        return new SignedVoucher(Voucher.decode(fields.bytes("voucher").toArray()), fields.bytes("signature"));
    }
}
