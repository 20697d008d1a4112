package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** An Ed25519 key that follows from a number, so that several processes have the same one. */
final class KnownSigner implements Signer {
    private static final int KEY_BYTES = 32;

    private final AccountId account;
    private final PrivateKey key;

    private KnownSigner(AccountId account, PrivateKey key) {
        this.account = account;
        this.key = key;
    }

    static KnownSigner of(int number) {
        SecureRandom numbered = new SecureRandom() {
            private static final long serialVersionUID = 1;

            @Override
            public void nextBytes(byte[] bytes) {
                Arrays.fill(bytes, (byte) number);
            }
        };
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, numbered);
            KeyPair pair = generator.generateKeyPair();
            // The X.509 form of an Ed25519 key ends in the key itself (RFC 8410).
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] publicKey = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
            return new KnownSigner(AccountId.ofEd25519(Bytes.of(publicKey)), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java platform lacks Ed25519", e);
        }
    }

    static List<KnownSigner> first(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(KnownSigner::of).toList();
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
}
