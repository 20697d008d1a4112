package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Varint;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A content identifier, version 1, over SHA-256: the name that IPFS gives to bytes.
 *
 * <p>Source: the CID specification of multiformats. The text form is multibase base32 in lower case; other forms, and CIDs of
 * version 0, are read as the CID of version 1 for the same block.
 *
 * @param codec what the named block holds
 * @param digest the SHA-256 digest of the block, 32 bytes
 */
public record Cid(Codec codec, Bytes digest) implements Comparable<Cid> {
    private static final int VERSION = 1;
    private static final int SHA2_256 = 0x12;
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_TEXT = 128;
    private static final int VERSION_0_TEXT = 46;

    /** Checks the parts. */
    public Cid {
        Objects.requireNonNull(codec, "codec");
        if (digest.length() != DIGEST_BYTES) {
            throw new IllegalArgumentException("A SHA-256 digest has 32 bytes, not " + digest.length());
        }
    }

    /** What a block holds, with its multicodec code. */
    public enum Codec {
        /** Bytes as they are. */
        RAW(0x55),
        /** A MerkleDAG node in protobuf, as UnixFS files use it. */
        DAG_PB(0x70),
        /** A DAG-CBOR value. */
        DAG_CBOR(0x71);

        private final int code;

        Codec(int code) {
            this.code = code;
        }

        /**
         * Returns the multicodec code.
         *
         * @return the code
         */
        public int code() {
            return code;
        }
    }

    /**
     * Names a block.
     *
     * @param codec what the block holds
     * @param block the block's bytes
     * @return its CID
     */
    public static Cid of(Codec codec, byte[] block) {
        return new Cid(codec, Bytes.sha256(block));
    }

    /** Names a block; the buffer stays as it is. */
    static Cid of(Codec codec, ByteBuffer block) {
        MessageDigest sha256 = Bytes.newSha256();
        sha256.update(block.duplicate());
        return new Cid(codec, Bytes.of(sha256.digest()));
    }

    /**
     * Reads the text form.
     *
     * @param text a CIDv1 in base32 ({@code bafkrei...}), base16, base36 or base58btc, or a CIDv0 ({@code Qm...})
     * @return the CID; of a CIDv0, the CIDv1 that names the same block
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CID}
     */
    public static Cid parse(String text) {
        if (text.length() > MAX_TEXT || text.length() < 2) {
            throw invalid("it has " + text.length() + " letters", null);
        }
        try {
            if (text.startsWith("Qm") && text.length() == VERSION_0_TEXT) {
                Cid cid = fromBytes(Multibase.BASE58.decode(text));
                requireOnlyForm(text, cid.toTextOfVersion0());
                return cid;
            }
            Multibase base = Multibase.of(text.charAt(0))
                    .orElseThrow(() ->
                            invalid("expected one in base32, which begins with 'b', or in base16, 36 or 58", null));
            byte[] binary = base.decode(text.substring(1));
            requireOnlyForm(text, base.encode(binary));
            if (isVersion0(binary)) {
                throw invalid("a version 0 CID begins with 'Qm'", null);
            }
            return fromBytes(binary);
        } catch (InvalidInputException e) {
            throw e.code() == ErrorCode.INVALID_CID ? e : invalid("its letters are not those of its base", e);
        }
    }

    private static void requireOnlyForm(String text, String canonical) {
        if (!canonical.equals(text)) {
            throw invalid("it has letters of the wrong case, or too many", null);
        }
    }

    /**
     * Reads the binary form.
     *
     * @param binary version, codec, multihash; or a multihash alone, which is a CIDv0
     * @return the CID; of a CIDv0, the CIDv1 that names the same block
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CID}
     */
    public static Cid fromBytes(byte[] binary) {
        if (isVersion0(binary)) {
            return new Cid(Codec.DAG_PB, Bytes.of(Arrays.copyOfRange(binary, 2, binary.length)));
        }
        ByteBuffer in = ByteBuffer.wrap(binary);
        try {
            if (Varint.read(in) != VERSION) {
                throw invalid("only versions 0 and 1 are supported", null);
            }
            Codec codec = codec(Varint.read(in));
            if (Varint.read(in) != SHA2_256 || Varint.read(in) != DIGEST_BYTES || in.remaining() != DIGEST_BYTES) {
                throw invalid("only SHA-256 is supported", null);
            }
            byte[] digest = new byte[DIGEST_BYTES];
            in.get(digest);
            return new Cid(codec, Bytes.of(digest));
        } catch (DreamException e) {
            throw e.code() == ErrorCode.INVALID_CID ? e : invalid("it is damaged", e);
        }
    }

    /** A CIDv0 is a SHA-256 multihash and nothing else, which no CIDv1 begins like. */
    private static boolean isVersion0(byte[] binary) {
        return binary.length == 2 + DIGEST_BYTES && binary[0] == SHA2_256 && binary[1] == DIGEST_BYTES;
    }

    private static Codec codec(long code) {
        for (Codec codec : Codec.values()) {
            if (codec.code == code) {
                return codec;
            }
        }
        throw invalid("codec 0x" + Long.toHexString(code) + " is not supported", null);
    }

    private static InvalidInputException invalid(String reason, @Nullable Exception cause) {
        String message = "Not a usable CID: " + reason;
        return cause == null
                ? new InvalidInputException(ErrorCode.INVALID_CID, message)
                : new InvalidInputException(ErrorCode.INVALID_CID, message, cause);
    }

    /**
     * Returns the binary form.
     *
     * @return version, codec, multihash: 36 bytes
     */
    public Bytes toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4 + DIGEST_BYTES);
        Varint.write(VERSION, out);
        Varint.write(codec.code, out);
        Varint.write(SHA2_256, out);
        Varint.write(DIGEST_BYTES, out);
        out.writeBytes(digest.toArray());
        return Bytes.of(out.toByteArray());
    }

    /**
     * Returns the text of the CIDv0 that names the same block, as older programs want it.
     *
     * @return base58btc of the multihash, which begins with {@code Qm}
     * @throws IllegalStateException if the codec is not {@link Codec#DAG_PB}, which alone has a version 0
     */
    public String toTextOfVersion0() {
        if (codec != Codec.DAG_PB) {
            throw new IllegalStateException("Only dag-pb blocks have CIDs of version 0, and " + this + " is none");
        }
        return Multibase.base58(toBytesOfVersion0());
    }

    /** Returns the binary CIDv0, which is the multihash. */
    byte[] toBytesOfVersion0() {
        byte[] multihash = new byte[2 + DIGEST_BYTES];
        multihash[0] = SHA2_256;
        multihash[1] = DIGEST_BYTES;
        System.arraycopy(digest.toArray(), 0, multihash, 2, DIGEST_BYTES);
        return multihash;
    }

    @Override
    public int compareTo(Cid other) {
        return toString().compareTo(other.toString());
    }

    /** Returns the text form, in base32. */
    @Override
    public String toString() {
        return Multibase.BASE32.encode(toBytes().toArray());
    }
}
