package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.encoding.Varint;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.nio.ByteBuffer;

/** Reads protobuf fields one by one: minimal varints and byte strings, the wire types that IPFS uses, and nothing else. */
final class ProtobufReader {
    private static final int MAX_FIELD = 15; // IPFS has none beyond 8; these fit one byte

    private final ByteBuffer in;
    private int field;
    private int wireType;

    ProtobufReader(ByteBuffer in) {
        this.in = in;
    }

    /** Moves to the next field; its value must then be read. */
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long key = Varint.read(in);
        if (key >>> 3 == 0 || key >>> 3 > MAX_FIELD) {
            throw malformed("a field with number " + (key >>> 3));
        }
        field = (int) (key >>> 3);
        wireType = (int) (key & 7);
        return true;
    }

    int field() {
        return field;
    }

    long number() {
        if (wireType != ProtobufWriter.WIRE_VARINT) {
            throw malformed("field " + field + " is no number");
        }
        return Varint.read(in);
    }

    ByteBuffer bytes() {
        if (wireType != ProtobufWriter.WIRE_BYTES) {
            throw malformed("field " + field + " is no byte string");
        }
        long length = Varint.read(in);
        if (length > in.remaining()) {
            throw malformed("field " + field + " ends early");
        }
        ByteBuffer value = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return value;
    }

    CorruptDataException unexpected(String where) {
        return malformed("field " + field + " in " + where + " is unknown, there twice, or out of order");
    }

    static Bytes toBytes(ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        return Bytes.of(copy);
    }

    static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.MALFORMED_DATA, "Not a canonical dag-pb block: " + what);
    }
}
