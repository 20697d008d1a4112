package io.dreamprotocol.core.encoding;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.Cid;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one value off its encoding and refuses every byte that is not canonical. */
final class DagCborReader {
    private static final int FALSE = 20;
    private static final int TRUE = 21;
    private static final int NULL = 22;
    private static final int DOUBLE = 27;

    private final ByteBuffer in;

    DagCborReader(byte[] encoded) {
        in = ByteBuffer.wrap(encoded);
    }

    @Nullable
    Object readWhole() {
        Object value = read(0);
        if (in.hasRemaining()) {
            throw malformed("bytes follow the value");
        }
        return value;
    }

    private @Nullable Object read(int depth) {
        if (depth > DagCbor.MAX_DEPTH) {
            throw malformed("nested deeper than " + DagCbor.MAX_DEPTH);
        }
        int head = next();
        int info = head & 0x1F;
        return switch (head >> 5) {
            case 0 -> integer(unsigned(argument(info)));
            case 1 -> integer(unsigned(argument(info)).not());
            case 2 -> Bytes.of(take(count(info)));
            case 3 -> text(take(count(info)));
            case 4 -> list(count(info), depth);
            case 5 -> map(count(info), depth);
            case 6 -> link(info);
            default -> simple(info);
        };
    }

    private List<@Nullable Object> list(int size, int depth) {
        List<@Nullable Object> list = new ArrayList<>(Math.min(size, in.remaining()));
        for (int i = 0; i < size; i++) {
            list.add(read(depth + 1));
        }
        return list;
    }

    private Map<String, @Nullable Object> map(int size, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        byte @Nullable [] previous = null;
        for (int i = 0; i < size; i++) {
            int head = next();
            if (head >> 5 != 3) {
                throw malformed("a map key that is no string");
            }
            byte[] key = take(count(head & 0x1F));
            if (previous != null && DagCbor.KEY_ORDER.compare(previous, key) >= 0) {
                throw malformed("map keys out of order or twice");
            }
            map.put(text(key), read(depth + 1));
            previous = key;
        }
        return map;
    }

    private Cid link(int info) {
        if (argument(info) != DagCbor.TAG_CID) {
            throw malformed("a tag other than 42");
        }
        int head = next();
        if (head >> 5 != 2) {
            throw malformed("a link that is no byte string");
        }
        byte[] prefixed = take(count(head & 0x1F));
        if (prefixed.length < 1 || prefixed[0] != 0) {
            throw malformed("a link without the identity prefix");
        }
        byte[] binary = new byte[prefixed.length - 1];
        System.arraycopy(prefixed, 1, binary, 0, binary.length);
        Cid cid;
        try {
            cid = Cid.fromBytes(binary);
        } catch (InvalidInputException e) {
            throw new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not canonical DAG-CBOR: a damaged link", e);
        }
        // A CIDv0 reads as the CIDv1 of its block, which would be a second encoding of the same value.
        if (!cid.toBytes().equals(Bytes.of(binary))) {
            throw malformed("a link to version 0");
        }
        return cid;
    }

    private @Nullable Object simple(int info) {
        return switch (info) {
            case FALSE -> false;
            case TRUE -> true;
            case NULL -> null;
            case DOUBLE -> {
                double number = ByteBuffer.wrap(take(8)).getDouble();
                if (!Double.isFinite(number)) {
                    throw malformed("a number that is not finite");
                }
                yield number;
            }
            default -> throw malformed("simple value " + info);
        };
    }

    /** Reads a length, which cannot exceed the bytes that are left: each element takes one at least. */
    private int count(int info) {
        long count = argument(info);
        if (count < 0 || count > in.remaining()) {
            throw malformed("a length beyond the end");
        }
        return (int) count;
    }

    private long argument(int info) {
        if (info < 24) {
            return info;
        }
        if (info > 27) {
            throw malformed("an indefinite or reserved length");
        }
        int bytes = 1 << (info - 24);
        long value = 0;
        for (byte part : take(bytes)) {
            value = (value << 8) | (part & 0xFF);
        }
        boolean shortest = switch (bytes) {
            case 1 -> value >= 24;
            case 2 -> value > 0xFF;
            case 4 -> value > 0xFFFF;
            default -> value < 0 || value > 0xFFFF_FFFFL;
        };
        if (!shortest) {
            throw malformed("a number in more bytes than needed");
        }
        return value;
    }

    private int next() {
        return take(1)[0] & 0xFF;
    }

    private byte[] take(int length) {
        if (length > in.remaining()) {
            throw malformed("it ends early");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CorruptDataException(
                    ErrorCode.MALFORMED_DATA, "Not canonical DAG-CBOR: text that is no UTF-8", e);
        }
    }

    private static BigInteger unsigned(long value) {
        BigInteger number = BigInteger.valueOf(value & Long.MAX_VALUE);
        return value < 0 ? number.setBit(63) : number;
    }

    private static Object integer(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    private static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not canonical DAG-CBOR: " + what);
    }
}
