package io.dreamprotocol.core.encoding;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.storage.Cid;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one canonical encoding of what is hashed or signed: deterministic CBOR as the IPLD DAG-CBOR specification defines it.
 *
 * <p>Java values map onto it so: {@code null}; {@link Boolean}; {@link Integer}, {@link Long} and {@link BigInteger} in -2^64
 * to 2^64-1; {@link Double} (finite, always eight bytes); {@link String} (well-formed UTF-16); {@link Bytes}; {@link List};
 * {@link Map} with string keys (written shortest key first, then by bytes); {@link Cid} (tag 42). Decoding gives the same types
 * back, integers as {@link Long} where they fit, maps in the encoded order. Anything not in canonical form is refused, so a
 * value has exactly one encoding and an encoding exactly one value.
 */
public final class DagCbor {
    /** The deepest nesting of lists and maps: 64. */
    public static final int MAX_DEPTH = 64;

    static final Comparator<byte[]> KEY_ORDER =
            Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);
    static final int TAG_CID = 42;

    private DagCbor() {}

    /**
     * Encodes a value.
     *
     * @param value one of the types above
     * @return the encoding
     * @throws IllegalArgumentException if the value is of another type, not finite, too large or too deep
     */
    public static byte[] encode(@Nullable Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        write(value, out, 0);
        return out.toByteArray();
    }

    /**
     * Decodes one value that fills all the bytes.
     *
     * @param encoded the encoding
     * @return the value
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if the bytes are not canonical DAG-CBOR
     */
    public static @Nullable Object decode(byte[] encoded) {
        return new DagCborReader(encoded).readWhole();
    }

    private static void write(@Nullable Object value, ByteArrayOutputStream out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("DAG-CBOR value nested deeper than " + MAX_DEPTH);
        }
        switch (value) {
            case null -> out.write(0xF6);
            case Boolean flag -> out.write(flag ? 0xF5 : 0xF4);
            case Integer number -> writeInteger(BigInteger.valueOf(number), out);
            case Long number -> writeInteger(BigInteger.valueOf(number), out);
            case BigInteger number -> writeInteger(number, out);
            case Double number -> writeDouble(number, out);
            case String text -> writeText(text, out);
            case Bytes bytes -> {
                writeHead(2, bytes.length(), out);
                out.writeBytes(bytes.toArray());
            }
            case Cid cid -> {
                writeHead(6, TAG_CID, out);
                byte[] binary = cid.toBytes().toArray();
                writeHead(2, binary.length + 1L, out);
                out.write(0); // the identity multibase prefix that the specification asks for
                out.writeBytes(binary);
            }
            case List<?> list -> {
                writeHead(4, list.size(), out);
                for (Object element : list) {
                    write(element, out, depth + 1);
                }
            }
            case Map<?, ?> map -> writeMap(map, out, depth);
            default ->
                throw new IllegalArgumentException(
                        "DAG-CBOR has no form for " + value.getClass().getName());
        }
    }

    private static void writeMap(Map<?, ?> map, ByteArrayOutputStream out, int depth) {
        SortedMap<byte[], @Nullable Object> entries = new TreeMap<>(KEY_ORDER);
        map.forEach((key, value) -> {
            if (!(key instanceof String text)) {
                throw new IllegalArgumentException("DAG-CBOR map keys are strings");
            }
            entries.put(utf8(text), value);
        });
        writeHead(5, entries.size(), out);
        entries.forEach((key, value) -> {
            writeHead(3, key.length, out);
            out.writeBytes(key);
            write(value, out, depth + 1);
        });
    }

    private static void writeText(String text, ByteArrayOutputStream out) {
        byte[] utf8 = utf8(text);
        writeHead(3, utf8.length, out);
        out.writeBytes(utf8);
    }

    private static byte[] utf8(String text) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("The text has half a surrogate pair, which UTF-8 cannot encode", e);
        }
    }

    private static void writeDouble(double number, ByteArrayOutputStream out) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("DAG-CBOR has no form for " + number);
        }
        out.write(0xFB);
        out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    }

    private static void writeInteger(BigInteger number, ByteArrayOutputStream out) {
        BigInteger magnitude = number.signum() < 0 ? number.not() : number;
        if (magnitude.compareTo(TWO_TO_64) >= 0) {
            throw new IllegalArgumentException("DAG-CBOR integers have at most 64 bits: " + number);
        }
        writeHead(number.signum() < 0 ? 1 : 0, magnitude.longValue(), out);
    }

    /** Writes a major type and its argument, an unsigned 64-bit number, in the fewest bytes. */
    private static void writeHead(int majorType, long argument, ByteArrayOutputStream out) {
        int type = majorType << 5;
        if (argument >= 0 && argument < 24) {
            out.write(type | (int) argument);
            return;
        }
        int bytes = argument < 0 || argument > 0xFFFF_FFFFL ? 8 : argument > 0xFFFF ? 4 : argument > 0xFF ? 2 : 1;
        out.write(type | (24 + Integer.numberOfTrailingZeros(bytes)));
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
            out.write((int) (argument >>> shift));
        }
    }
}
