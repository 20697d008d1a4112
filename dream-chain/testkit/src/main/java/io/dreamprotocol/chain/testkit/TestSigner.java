package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;

/** An Ed25519 key that is made for a test and forgotten after it. */
public final class TestSigner implements Signer {
    private static final int KEY_BYTES = 32;

    private final AccountId account;
    private final PrivateKey key;

    private TestSigner(AccountId account, PrivateKey key) {
        this.account = account;
        this.key = key;
    }

    /**
     * Makes a new key.
     *
     * @return its signer
     */
    public static TestSigner create() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            // The X.509 form of an Ed25519 key ends in the key itself (RFC 8410).
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] publicKey = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
            return new TestSigner(AccountId.ofEd25519(Bytes.of(publicKey)), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java platform lacks Ed25519", e);
        }
    }

    @Override
    public AccountId account() {
        return account;
    }

    @Override
    public Bytes sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return Bytes.of(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java platform lacks Ed25519", e);
        }
    }

    /** Returns the account. */
    @Override
    public String toString() {
        return "TestSigner[" + account.abbreviated() + "]";
    }
}
