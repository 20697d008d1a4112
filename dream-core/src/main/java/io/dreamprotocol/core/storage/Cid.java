package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Base32;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Varint;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A content identifier, version 1, over SHA-256: the name that IPFS gives to bytes.
 *
 * <p>Source: the CID specification of multiformats. The text form is multibase base32 in lower case.
 *
 * @param codec what the named block holds
 * @param digest the SHA-256 digest of the block, 32 bytes
 */
public record Cid(Codec codec, Bytes digest) implements Comparable<Cid> {
    private static final int VERSION = 1;
    private static final int SHA2_256 = 0x12;
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_TEXT = 128;

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

    /**
     * Reads the text form.
     *
     * @param text a CIDv1 in base32, for example {@code bafkrei...}
     * @return the CID
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CID}
     */
    public static Cid parse(String text) {
        if (text.length() > MAX_TEXT || text.length() < 2 || text.charAt(0) != 'b') {
            throw invalid("expected a version 1 CID in base32, which begins with 'b'", null);
        }
        try {
            Cid cid = fromBytes(Base32.decode(text.substring(1)));
            if (!cid.toString().equals(text)) {
                throw invalid("it has letters of upper case", null);
            }
            return cid;
        } catch (InvalidInputException e) {
            throw e.code() == ErrorCode.INVALID_CID ? e : invalid("it is not base32", e);
        }
    }

    /**
     * Reads the binary form.
     *
     * @param binary version, codec, multihash
     * @return the CID
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CID}
     */
    public static Cid fromBytes(byte[] binary) {
        ByteBuffer in = ByteBuffer.wrap(binary);
        try {
            if (Varint.read(in) != VERSION) {
                throw invalid("only version 1 is supported", null);
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

    @Override
    public int compareTo(Cid other) {
        return toString().compareTo(other.toString());
    }

    /** Returns the text form, in base32. */
    @Override
    public String toString() {
        return "b" + Base32.encode(toBytes().toArray());
    }
}
