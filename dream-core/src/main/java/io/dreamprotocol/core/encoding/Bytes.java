package io.dreamprotocol.core.encoding;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable byte string with value equality, so that records can hold bytes. */
public final class Bytes {
    private static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] value;

    private Bytes(byte[] value) {
        this.value = value;
    }

    /**
     * Copies an array.
     *
     * @param value the bytes
     * @return the byte string
     */
    public static Bytes of(byte[] value) {
        return value.length == 0 ? EMPTY : new Bytes(value.clone());
    }

    /**
     * Reads hexadecimal digits of either case, two a byte.
     *
     * @param hex the digits
     * @return the byte string
     * @throws IllegalArgumentException if the text is no hexadecimal
     */
    public static Bytes fromHex(String hex) {
        return new Bytes(HexFormat.of().parseHex(hex));
    }

    /**
     * Returns the SHA-256 digest (FIPS 180-4) of some bytes.
     *
     * @param input the bytes
     * @return the digest, 32 bytes
     */
    public static Bytes sha256(byte[] input) {
        return new Bytes(newSha256().digest(input));
    }

    /**
     * Creates a SHA-256 digest, which every Java platform has.
     *
     * @return a fresh digest
     */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java platform lacks SHA-256, which its specification requires", e);
        }
    }

    /**
     * Returns the number of bytes.
     *
     * @return the length
     */
    public int length() {
        return value.length;
    }

    /**
     * Returns one byte.
     *
     * @param index the index, from 0
     * @return the byte
     */
    public byte at(int index) {
        return value[index];
    }

    /**
     * Returns a copy as an array.
     *
     * @return the bytes
     */
    public byte[] toArray() {
        return value.clone();
    }

    /**
     * Returns a stream over the bytes, without a copy.
     *
     * @return the stream
     */
    public InputStream toStream() {
        return new ByteArrayInputStream(value);
    }

    /**
     * Returns the SHA-256 digest of these bytes.
     *
     * @return the digest, 32 bytes
     */
    public Bytes sha256() {
        return sha256(value);
    }

    /**
     * Returns the bytes as hexadecimal digits in lower case.
     *
     * @return the digits
     */
    public String toHex() {
        return HexFormat.of().formatHex(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** Returns the first bytes as hexadecimal digits and the length; long values are cut. */
    @Override
    public String toString() {
        int shown = Math.min(value.length, 32);
        String digits = HexFormat.of().formatHex(value, 0, shown);
        return shown == value.length ? digits : digits + "... (" + value.length + " bytes)";
    }
}
