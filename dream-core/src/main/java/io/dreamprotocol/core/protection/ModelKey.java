package io.dreamprotocol.core.protection;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Hkdf;
import io.dreamprotocol.core.storage.SealKey;
import io.dreamprotocol.core.storage.SealedBlob;
import io.dreamprotocol.core.style.Licence;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * The secret key of a sealed style model: 32 random bytes, from which the key of each of its files is derived.
 *
 * <p>Its creator keeps it in a {@link ModelKeyFile}; each licensed worker gets it wrapped to its own key. Its text form does not
 * show it. Immutable and thread-safe.
 */
public final class ModelKey {
    static final int KEY_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] WRAPPED = "DMK1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] secret;

    private ModelKey(byte[] secret) {
        this.secret = secret;
    }

    /**
     * Makes a new key.
     *
     * @return the key
     */
    public static ModelKey generate() {
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(secret);
        return new ModelKey(secret);
    }

    /**
     * Takes a key that was kept.
     *
     * @param secret its 32 bytes; copied
     * @return the key
     * @throws InvalidInputException with {@link ErrorCode#KEY_UNUSABLE} if it has another length
     */
    public static ModelKey of(byte[] secret) {
        if (secret.length != KEY_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.KEY_UNUSABLE, "A model's key has " + KEY_BYTES + " bytes, not " + secret.length);
        }
        return new ModelKey(secret.clone());
    }

    /**
     * Wraps the key so that only a worker can read it, for {@link Licence#wrappedKey}.
     *
     * @param publicKey the worker's X25519 key, from {@link SealKey#publicKey()}
     * @return a {@link SealedBlob} of 88 bytes, another one each time
     * @throws InvalidInputException with {@link ErrorCode#KEY_UNUSABLE} if this is no public key
     */
    public Bytes wrapFor(Bytes publicKey) {
        byte[] content = ByteBuffer.allocate(WRAPPED.length + KEY_BYTES)
                .put(WRAPPED)
                .put(secret)
                .array();
        Bytes wrapped = Bytes.of(SealedBlob.seal(content, publicKey));
        Arrays.fill(content, (byte) 0);
        return wrapped;
    }

    /**
     * Unwraps a key.
     *
     * @param wrapped the wrapped key
     * @param own the worker's key
     * @return the model's key
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if this is no wrapped key, {@link
     *     ErrorCode#BLOB_CORRUPT} if it was wrapped to another key or has been changed
     */
    public static ModelKey unwrap(Bytes wrapped, SealKey own) {
        if (wrapped.length() > Licence.MAX_WRAPPED_KEY) {
            throw noKey();
        }
        byte[] content = SealedBlob.open(wrapped.toArray(), own);
        if (content.length != WRAPPED.length + KEY_BYTES
                || !Arrays.equals(content, 0, WRAPPED.length, WRAPPED, 0, WRAPPED.length)) {
            throw noKey();
        }
        ModelKey key = new ModelKey(Arrays.copyOfRange(content, WRAPPED.length, content.length));
        Arrays.fill(content, (byte) 0);
        return key;
    }

    /**
     * Unwraps the key of a licence that stands.
     *
     * @param licence the licence
     * @param own the worker's key
     * @param now the ledger's time
     * @return the model's key
     * @throws DreamException {@code licence-missing} if the licence is pending, withdrawn, revoked or at its end; otherwise as
     *     {@link #unwrap(Bytes, SealKey)}
     */
    public static ModelKey unwrap(Licence licence, SealKey own, Instant now) {
        if (!licence.allows(now)) {
            throw new ConflictException(
                    ErrorCode.LICENCE_MISSING,
                    "The licence of " + licence.holder().abbreviated() + " for style model " + licence.style()
                            + " does not stand: it is "
                            + (licence.state() == Licence.State.GRANTED
                                    ? "at its end"
                                    : licence.state().name().toLowerCase(Locale.ROOT))
                            + "; buy one");
        }
        Bytes wrapped = licence.wrappedKey()
                .orElseThrow(() ->
                        new CorruptDataException(ErrorCode.MALFORMED_DATA, "The licence was granted without a key"));
        return unwrap(wrapped, own);
    }

    private static CorruptDataException noKey() {
        return new CorruptDataException(
                ErrorCode.MALFORMED_DATA, "Not the wrapped key of a style model; ask its owner for it again");
    }

    /** Derives key material for one purpose. */
    byte[] derive(byte[] salt, byte[] info, int length) {
        return Hkdf.derive(salt, secret, info, length);
    }

    byte[] secret() {
        return secret.clone();
    }

    /** Names no part of the key. */
    @Override
    public String toString() {
        return "ModelKey[secret]";
    }
}
