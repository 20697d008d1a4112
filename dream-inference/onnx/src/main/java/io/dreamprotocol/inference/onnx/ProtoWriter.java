package io.dreamprotocol.inference.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the wire format of protocol buffers. Belongs to one thread. */
final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Writes an integer. */
    ProtoWriter integer(int field, long value) {
        varint((long) field << 3 | ProtoReader.VARINT);
        varint(value);
        return this;
    }

    /** Writes a text. */
    ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes bytes, or a message that is written already. */
    ProtoWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | ProtoReader.LENGTH);
        varint(value.length);
        return raw(value);
    }

    /** Writes a message. */
    ProtoWriter message(int field, ProtoWriter value) {
        return bytes(field, value.toArray());
    }

    /** Writes fields that are written already. */
    ProtoWriter raw(byte[] fields) {
        out.writeBytes(fields);
        return this;
    }

    byte[] toArray() {
        return out.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
