package io.dreamprotocol.core.storage;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF over HMAC-SHA-256 (RFC 5869), which the JDK has only since version 25. */
public final class Hkdf {
    private static final String HMAC = "HmacSHA256";
    private static final int HASH_BYTES = 32;

    private Hkdf() {}

    /**
     * Derives key material from a secret.
     *
     * @param salt what makes derivations from the same secret differ, at least one byte; no secret
     * @param secret the secret
     * @param info what the material is for
     * @param length how many bytes, at most 8,160
     * @return the material
     */
    public static byte[] derive(byte[] salt, byte[] secret, byte[] info, int length) {
        if (length > 255 * HASH_BYTES) {
            throw new IllegalArgumentException("HKDF gives at most " + 255 * HASH_BYTES + " bytes");
        }
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(salt, HMAC));
            byte[] pseudorandom = mac.doFinal(secret);
            mac.init(new SecretKeySpec(pseudorandom, HMAC));
            byte[] output = new byte[length];
            byte[] block = new byte[0];
            for (int at = 0, counter = 1; at < length; at += HASH_BYTES, counter++) {
                mac.update(block);
                mac.update(info);
                block = mac.doFinal(new byte[] {(byte) counter});
                System.arraycopy(block, 0, output, at, Math.min(HASH_BYTES, length - at));
            }
            return output;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "This Java platform lacks HMAC-SHA-256, which its specification requires", e);
        }
    }
}
