package io.dreamprotocol.core.account;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.storage.SealKey;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The key by which someone opens sealed blobs, kept in a file that only its owner can read.
 *
 * <p>The file has three lines: the public key and the secret one, 32 bytes each in hexadecimal, and a checksum of both. Whoever loses it
 * cannot open what was sealed to it any more.
 */
public final class SealKeyFile {
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SealKeyFile() {}

    /**
     * Opens a key file, after creating it with a new random key if there is none.
     *
     * @param file the file; its folder must exist
     * @return the key
     * @throws CorruptDataException with {@link ErrorCode#KEY_UNUSABLE} if the file is damaged
     * @throws StorageException if the file cannot be read or written, or others may read it
     */
    public static SealKey openOrCreate(Path file) {
        SecretFile kept = SecretFile.openOrCreate(file, SealKeyFile::make);
        try {
            SealKey key = SealKey.of(Bytes.fromHex(kept.secret()).toArray());
            if (key.publicKey().toHex().equals(kept.publicPart())) {
                return key;
            }
        } catch (IllegalArgumentException | DreamException e) {
            throw SecretFile.damaged(file);
        }
        throw SecretFile.damaged(file);
    }

    private static SecretFile make() {
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(secret);
        return SecretFile.of(SealKey.of(secret).publicKey().toHex(), Bytes.of(secret));
    }
}
