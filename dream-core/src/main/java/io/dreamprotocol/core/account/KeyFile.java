package io.dreamprotocol.core.account;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StorageException;
import java.nio.file.Path;
import java.security.PrivateKey;

/**
 * An Ed25519 key kept in a file that only its owner can read.
 *
 * <p>The file has three lines: the account, the key's 32 secret bytes in hexadecimal, and a checksum of both. It is written whole or not at all, and
 * two processes that create it at once end up with the same key.
 */
public final class KeyFile implements Signer {
    private final AccountId account;
    private final PrivateKey key;

    private KeyFile(AccountId account, PrivateKey key) {
        this.account = account;
        this.key = key;
    }

    /**
     * Opens a key file, after creating it with a new random key if there is none.
     *
     * @param file the file; its folder must exist
     * @return the signer
     * @throws CorruptDataException with {@link ErrorCode#KEY_UNUSABLE} if the file is damaged
     * @throws StorageException if the file cannot be read or written, or others may read it
     */
    public static KeyFile openOrCreate(Path file) {
        SecretFile kept = SecretFile.openOrCreate(file, KeyFile::make);
        try {
            return new KeyFile(new AccountId(kept.publicPart()), Ed25519.privateKey(Bytes.fromHex(kept.secret())));
        } catch (IllegalArgumentException e) {
            throw SecretFile.damaged(file);
        }
    }

    private static SecretFile make() {
        Ed25519.KeyMaterial material = Ed25519.generate();
        return SecretFile.of(AccountId.ofEd25519(material.publicKey()).toString(), material.seed());
    }

    @Override
    public AccountId account() {
        return account;
    }

    @Override
    public Bytes sign(byte[] message) {
        return Bytes.of(Ed25519.sign(key, message));
    }

    /** Returns the account, never the key. */
    @Override
    public String toString() {
        return "KeyFile[" + account + "]";
    }
}
