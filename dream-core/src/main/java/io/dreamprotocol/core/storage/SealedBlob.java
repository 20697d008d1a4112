package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A blob that only its recipient can read, although everybody may have it: what a worker stores when a requester wants an image kept
 * private. The CID, and so every link, is that of the sealed bytes, and carries no key.
 *
 * <p>A sealed blob is the letters {@code DSB1}, the public key of a key made for it alone, and the content in AES-256-GCM. Key and
 * nonce come from X25519 (RFC 7748) between that key and the recipient's, through HKDF-SHA-256 (RFC 5869), which takes in both public
 * keys. It says nothing about who sealed it; a receipt within does.
 */
public final class SealedBlob {
    /** The most bytes of content: 256 MiB. */
    public static final int MAX_BYTES = 256 << 20;

    /** How many bytes a sealed blob has more than its content: 52. */
    public static final int OVERHEAD_BYTES = 52;

    private static final byte[] MAGIC = "DSB1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PURPOSE = "dream-protocol sealed blob 1".getBytes(StandardCharsets.US_ASCII);
    private static final int POINT_BYTES = 32;
    private static final int HEAD_BYTES = 4 + POINT_BYTES;
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;

    private SealedBlob() {}

    /**
     * Seals content.
     *
     * @param content what only the recipient shall read
     * @param recipient the recipient's public key, from {@link SealKey#publicKey()}
     * @return the sealed blob, another one each time
     * @throws InvalidInputException with {@link ErrorCode#KEY_UNUSABLE} if this is no public key, {@link ErrorCode#BLOB_TOO_LARGE} beyond
     *     {@link #MAX_BYTES}
     */
    public static byte[] seal(byte[] content, Bytes recipient) {
        if (content.length > MAX_BYTES) {
            throw new InvalidInputException(
                    ErrorCode.BLOB_TOO_LARGE, "A sealed blob has at most " + MAX_BYTES + " bytes of content");
        }
        SealKey own = SealKey.generate();
        byte[] point = own.publicKey().toArray();
        byte[] secret = own.agree(recipient.toArray());
        byte[] head = ByteBuffer.allocate(HEAD_BYTES).put(MAGIC).put(point).array();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, secret, head, recipient.toArray());
            byte[] sealed = Arrays.copyOf(head, HEAD_BYTES + content.length + TAG_BYTES);
            cipher.doFinal(content, 0, content.length, sealed, HEAD_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java platform lacks AES-GCM, which comes with every JDK", e);
        }
    }

    /**
     * Checks that something can be sealed to a recipient, before it is there.
     *
     * @param recipient the recipient's public key
     * @throws InvalidInputException with {@link ErrorCode#KEY_UNUSABLE} if this is no public key
     */
    public static void requireUsable(Bytes recipient) {
        seal(new byte[0], recipient);
    }

    /**
     * Opens a sealed blob.
     *
     * @param sealed the sealed blob
     * @param key the recipient's key
     * @return the content
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if this is no sealed blob, {@link ErrorCode#BLOB_CORRUPT} if it was
     *     sealed to another key or has been changed
     */
    public static byte[] open(byte[] sealed, SealKey key) {
        if (!isSealed(sealed)) {
            throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not a sealed blob");
        }
        byte[] head = Arrays.copyOf(sealed, HEAD_BYTES);
        try {
            byte[] secret = key.agree(Arrays.copyOfRange(head, MAGIC.length, HEAD_BYTES));
            Cipher cipher =
                    cipher(Cipher.DECRYPT_MODE, secret, head, key.publicKey().toArray());
            return cipher.doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
        } catch (AEADBadTagException | InvalidInputException e) {
            throw new CorruptDataException(
                    ErrorCode.BLOB_CORRUPT, "The sealed blob was sealed to another key, or has been changed", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java platform lacks AES-GCM, which comes with every JDK", e);
        }
    }

    /**
     * Tells whether bytes look like a sealed blob.
     *
     * @param bytes the bytes
     * @return true if they begin like one and are long enough
     */
    public static boolean isSealed(byte[] bytes) {
        return bytes.length >= HEAD_BYTES + TAG_BYTES && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** Every key is used once, so its nonce may be derived like it. */
    private static Cipher cipher(int mode, byte[] secret, byte[] head, byte[] recipient)
            throws GeneralSecurityException {
        byte[] info = ByteBuffer.allocate(PURPOSE.length + head.length + recipient.length)
                .put(PURPOSE)
                .put(head)
                .put(recipient)
                .array();
        byte[] derived = Hkdf.derive(new byte[KEY_BYTES], secret, info, KEY_BYTES + NONCE_BYTES);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(derived, 0, KEY_BYTES, "AES"),
                new GCMParameterSpec(8 * TAG_BYTES, derived, KEY_BYTES, NONCE_BYTES));
        cipher.updateAAD(head);
        return cipher;
    }
}
