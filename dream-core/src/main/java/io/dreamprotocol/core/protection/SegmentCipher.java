package io.dreamprotocol.core.protection;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM (NIST SP 800-38D) over the segments of one file. For one thread. */
final class SegmentCipher {
    static final int TAG_BYTES = 16;
    static final int NONCE_PREFIX_BYTES = 7;
    static final int KEY_BYTES = 32;
    private static final int PIECE_BYTES = 4096;

    private final SecretKeySpec key;
    private final byte[] noncePrefix;
    private final Cipher cipher;

    SegmentCipher(byte[] key, byte[] noncePrefix) {
        this.key = new SecretKeySpec(key, "AES");
        this.noncePrefix = noncePrefix.clone();
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** Encrypts a segment; returns how many bytes it has then. */
    int seal(int index, boolean last, byte[] content, int length, byte[] target) {
        return run(Cipher.ENCRYPT_MODE, nonce(index, last), content, length, target);
    }

    /**
     * Decrypts a segment; returns how many bytes it has then, or -1 if it was changed, moved, or is not the last when it should
     * be.
     */
    int open(int index, boolean last, byte[] sealed, int length, byte[] target) {
        return length < TAG_BYTES ? -1 : run(Cipher.DECRYPT_MODE, nonce(index, last), sealed, length, target);
    }

    /**
     * As in STREAM (Hoang, Reyhanitabar, Rogaway and Vizar, 2015): what comes before, the segment's place, whether it is the
     * last.
     */
    private byte[] nonce(int index, boolean last) {
        return ByteBuffer.allocate(NONCE_PREFIX_BYTES + Integer.BYTES + 1)
                .put(noncePrefix)
                .putInt(index)
                .put((byte) (last ? 1 : 0))
                .array();
    }

    private int run(int mode, byte[] nonce, byte[] input, int length, byte[] target) {
        try {
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
            int done = 0;
            int written = 0;
            // A running Java platform compiles its AES-GCM after some thousand calls, so many small ones are fast
            // sooner.
            while (mode == Cipher.ENCRYPT_MODE && length - done > PIECE_BYTES) {
                written += cipher.update(input, done, PIECE_BYTES, target, written);
                done += PIECE_BYTES;
            }
            return written + cipher.doFinal(input, done, length - done, target, written);
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException cause) {
        return new IllegalStateException("This Java platform lacks AES-GCM, which comes with every JDK", cause);
    }
}
