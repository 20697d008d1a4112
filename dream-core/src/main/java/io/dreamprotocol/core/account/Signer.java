package io.dreamprotocol.core.account;

import io.dreamprotocol.core.encoding.Bytes;

/** Speaks for one account by signing. Thread-safe. The key itself never leaves it. */
public interface Signer {
    /**
     * Returns the account that this signer speaks for.
     *
     * @return the account
     */
    AccountId account();

    /**
     * Signs a message in the account's scheme.
     *
     * @param message the bytes, which begin with what they are for, so that no signature serves two purposes
     * @return the signature
     */
    Bytes sign(byte[] message);
}
