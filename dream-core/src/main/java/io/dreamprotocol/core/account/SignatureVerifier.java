package io.dreamprotocol.core.account;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.UnsupportedException;

/** Checks signatures by the account that is said to have made them. */
public final class SignatureVerifier {
    private SignatureVerifier() {}

    /**
     * Tells whether an account signed a message.
     *
     * @param account the account
     * @param message the bytes that were signed
     * @param signature the signature
     * @return true if the signature fits the account's key and the message
     * @throws UnsupportedException if the account's scheme is not known here
     */
    public static boolean verify(AccountId account, byte[] message, Bytes signature) {
        if (!account.scheme().equals("ed25519")) {
            throw new UnsupportedException(
                    ErrorCode.UNSUPPORTED,
                    "Signatures of the scheme '" + account.scheme() + "' cannot be checked here");
        }
        try {
            return Ed25519.verify(Bytes.fromHex(account.identifier()), message, signature);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
