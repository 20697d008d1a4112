package io.dreamprotocol.inference.onnx;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads the wire format of <a href="https://protobuf.dev/programming-guides/encoding/">protocol buffers</a> from a file, a
 * small window of it at a time: whatever a message claims about its length, no more is kept in memory than is asked for.
 *
 * <p>Belongs to one thread.
 */
final class ProtoReader {
    /** The wire type of integers of variable length. */
    static final int VARINT = 0;

    /** The wire type of eight bytes. */
    static final int FIXED64 = 1;

    /** The wire type of texts, bytes, messages and packed lists. */
    static final int LENGTH = 2;

    /** The wire type of four bytes. */
    static final int FIXED32 = 5;

    private static final int WINDOW = 1 << 16;
    private static final int MAX_TEXT = 1 << 16;
    private static final int MAX_VARINT_BITS = 64;

    private final FileChannel channel;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN);

    /** The place in the file of the window's first byte. */
    private long windowStart;

    private long limit;
    private int wireType;

    ProtoReader(FileChannel channel) throws IOException {
        this.channel = channel;
        this.limit = channel.size();
        window.limit(0);
    }

    /** The place in the file of the next byte. */
    long position() {
        return windowStart + window.position();
    }

    /** The end of the message that is being read. */
    long limit() {
        return limit;
    }

    /** Goes elsewhere in the file. */
    void moveTo(long position, long newLimit) {
        limit = newLimit;
        moveTo(position);
    }

    private void moveTo(long position) {
        if (position >= windowStart && position <= windowStart + window.limit()) {
            window.position((int) (position - windowStart));
        } else {
            windowStart = position;
            window.position(0).limit(0);
        }
    }

    /** Reads the next field's number, or finds that the message ends here: then 0. */
    int nextField() throws IOException {
        if (position() == limit) {
            return 0;
        }
        long tag = varint();
        wireType = (int) (tag & 7);
        long field = tag >>> 3;
        if (field < 1
                || field > 1 << 29
                || !(wireType == VARINT || wireType == FIXED64 || wireType == LENGTH || wireType == FIXED32)) {
            throw new MalformedGraphException("it has a malformed field");
        }
        return (int) field;
    }

    /** The wire type of the field that was read last. */
    int wireType() {
        return wireType;
    }

    /** Reads an integer, for a field of that type. */
    long integer() throws IOException {
        require(VARINT);
        return varint();
    }

    /** Reads a number of single precision, for a field of that type. */
    float real() throws IOException {
        require(FIXED32);
        fill(Float.BYTES);
        return window.getFloat();
    }

    /**
     * Enters a field that holds a message or bytes.
     *
     * @return the limit of the message outside, for {@link #leave}
     */
    long enter() throws IOException {
        require(LENGTH);
        long length = varint();
        if (length < 0 || length > limit - position()) {
            throw new MalformedGraphException("it is truncated, or a length in it is wrong");
        }
        long outer = limit;
        limit = position() + length;
        return outer;
    }

    /** Goes to the end of the message inside, and on with that outside. */
    void leave(long outer) {
        long end = limit;
        limit = outer;
        moveTo(end);
    }

    /** Reads a text. */
    String text() throws IOException {
        byte[] bytes = bytes(MAX_TEXT);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedGraphException("a name in it is not UTF-8", e);
        }
    }

    /** Reads bytes, up to a number of them. */
    byte[] bytes(int most) throws IOException {
        long outer = enter();
        long length = limit - position();
        if (length > most) {
            throw new MalformedGraphException("it has a name or list that is too long");
        }
        byte[] bytes = new byte[(int) length];
        int at = 0;
        while (at < bytes.length) {
            int part = Math.min(bytes.length - at, WINDOW);
            fill(part);
            window.get(bytes, at, part);
            at += part;
        }
        leave(outer);
        return bytes;
    }

    /** Skips the field whose number was read last. */
    void skip() throws IOException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> skip(Long.BYTES);
            case FIXED32 -> skip(Integer.BYTES);
            default -> leave(enter());
        }
    }

    private void skip(int bytes) {
        if (bytes > limit - position()) {
            throw new MalformedGraphException("it is truncated");
        }
        moveTo(position() + bytes);
    }

    private void require(int type) {
        if (wireType != type) {
            throw new MalformedGraphException("it has a field of the wrong type");
        }
    }

    long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            fill(1);
            byte next = window.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedGraphException("it has an integer of more than ten bytes");
    }

    /** Makes sure that so many bytes are in the window. */
    private void fill(int bytes) throws IOException {
        if (bytes > limit - position()) {
            throw new MalformedGraphException("it is truncated");
        }
        if (window.remaining() >= bytes) {
            return;
        }
        windowStart = position();
        window.compact();
        while (window.position() < bytes) {
            int count = channel.read(window, windowStart + window.position());
            if (count < 0) {
                throw new EOFException("the file ends at byte " + (windowStart + window.position()));
            }
        }
        window.flip();
    }
}
