package io.dreamprotocol.core.account;

import io.dreamprotocol.core.encoding.Bytes;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * An account on a ledger: the signature scheme and its public key or address, as one text.
 *
 * @param value {@code scheme:identifier}, for example {@code ed25519:} and 64 hexadecimal digits; at most 128 characters
 */
public record AccountId(String value) implements Comparable<AccountId> {
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]{1,15}:[A-Za-z0-9]{1,111}");

    /** Checks the form. */
    public AccountId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("Not an account: " + value);
        }
    }

    /**
     * Names the account of an Ed25519 public key.
     *
     * @param publicKey the key as RFC 8032 encodes it, 32 bytes
     * @return the account
     */
    public static AccountId ofEd25519(Bytes publicKey) {
        if (publicKey.length() != 32) {
            throw new IllegalArgumentException("An Ed25519 public key has 32 bytes, not " + publicKey.length());
        }
        return new AccountId("ed25519:" + publicKey.toHex());
    }

    /**
     * Returns the signature scheme.
     *
     * @return the part before the colon
     */
    public String scheme() {
        return value.substring(0, value.indexOf(':'));
    }

    /**
     * Returns what names the account in its scheme.
     *
     * @return the part behind the colon
     */
    public String identifier() {
        return value.substring(value.indexOf(':') + 1);
    }

    /**
     * Returns a short form for people, which is not unique.
     *
     * @return the scheme and the first eight characters of the identifier
     */
    public String abbreviated() {
        String identifier = identifier();
        return identifier.length() <= 8 ? value : scheme() + ":" + identifier.substring(0, 8) + "...";
    }

    @Override
    public int compareTo(AccountId other) {
        return value.compareTo(other.value);
    }

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
