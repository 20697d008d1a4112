package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.encoding.Varint;
import java.io.ByteArrayOutputStream;

/** Writes protobuf fields: the two wire types that IPFS uses. */
final class ProtobufWriter {
    static final int WIRE_VARINT = 0;
    static final int WIRE_BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void number(int field, long value) {
        Varint.write((long) field << 3 | WIRE_VARINT, out);
        Varint.write(value, out);
    }

    void bytes(int field, byte[] value) {
        Varint.write((long) field << 3 | WIRE_BYTES, out);
        Varint.write(value.length, out);
        out.writeBytes(value);
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
