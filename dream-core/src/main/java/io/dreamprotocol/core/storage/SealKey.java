package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/**
 * The secret key of someone who receives sealed blobs: an X25519 key (RFC 7748). Its text form does not show it.
 *
 * <p>Thread-safe.
 */
public final class SealKey {
    private static final String ALGORITHM = "X25519";
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final PrivateKey secret;
    private final Bytes publicKey;

    private SealKey(byte[] scalar) {
        try {
            secret = factory().generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar.clone()));
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
        byte[] basePoint = new byte[KEY_BYTES];
        basePoint[0] = 9;
        publicKey = Bytes.of(agree(basePoint));
    }

    /**
     * Makes a new key.
     *
     * @return the key
     */
    public static SealKey generate() {
        byte[] scalar = new byte[KEY_BYTES];
        RANDOM.nextBytes(scalar);
        return new SealKey(scalar);
    }

    /**
     * Takes a key that was kept.
     *
     * @param secret the 32 bytes of the secret, as RFC 7748 has them
     * @return the key
     * @throws InvalidInputException with {@link ErrorCode#KEY_UNUSABLE} if it has another length
     */
    public static SealKey of(byte[] secret) {
        if (secret.length != KEY_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.KEY_UNUSABLE, "A key to open sealed blobs has 32 bytes, not " + secret.length);
        }
        return new SealKey(secret);
    }

    /**
     * Returns what others seal blobs to; it is no secret.
     *
     * @return the public key, 32 bytes, as RFC 7748 has it
     */
    public Bytes publicKey() {
        return publicKey;
    }

    /**
     * Computes the secret that this key shares with another.
     *
     * @throws InvalidInputException with key-unusable if the other is no public key, or one that shares the same with everybody
     */
    byte[] agree(byte[] other) {
        try {
            KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
            agreement.init(secret);
            agreement.doPhase(publicKey(other), true);
            return agreement.generateSecret();
        } catch (InvalidKeyException | IllegalStateException e) {
            throw new InvalidInputException(ErrorCode.KEY_UNUSABLE, "Not an X25519 key that can be used", e);
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static PublicKey publicKey(byte[] point) throws GeneralSecurityException {
        if (point.length != KEY_BYTES) {
            throw new InvalidKeyException("A public key has 32 bytes");
        }
        byte[] bigEndian = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            bigEndian[KEY_BYTES - 1 - i] = point[i];
        }
        bigEndian[0] &= 0x7F; // RFC 7748: the highest bit is to be ignored
        return factory().generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
    }

    private static KeyFactory factory() throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM);
    }

    private static IllegalStateException missing(GeneralSecurityException cause) {
        return new IllegalStateException("This Java platform lacks X25519, which comes with every JDK", cause);
    }

    /** Names the public key, and not the secret. */
    @Override
    public String toString() {
        return "SealKey[public " + publicKey.toHex() + "]";
    }
}
