package io.dreamprotocol.core.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** One chunk of a PNG file. Immutable. */
public final class PngChunk {
    /** The bytes of a chunk besides its data: length, type and checksum. */
    static final int OVERHEAD = 12;

    private final String type;
    private final byte[] data;

    /**
     * Creates a chunk.
     *
     * @param type four letters, whose case says what readers may do with it
     * @param data its data
     */
    public PngChunk(String type, byte[] data) {
        if (!type.matches("[A-Za-z]{4}")) {
            throw new IllegalArgumentException("A PNG chunk's type has four letters");
        }
        this.type = type;
        this.data = data.clone();
    }

    /**
     * Creates a text chunk: {@code tEXt} if the text is Latin-1, else {@code iTXt} in UTF-8, not compressed.
     *
     * @param keyword 1 to 79 Latin-1 characters
     * @param text the text
     * @return the chunk
     */
    public static PngChunk ofText(String keyword, String text) {
        boolean latin1 = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
        // iTXt has flags for compression, and empty language and translated keyword, each ended by a zero.
        String head = latin1 ? keyword + "\0" : keyword + "\0\0\0\0\0";
        byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] textBytes = text.getBytes(latin1 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        byte[] data = Arrays.copyOf(headBytes, headBytes.length + textBytes.length);
        System.arraycopy(textBytes, 0, data, headBytes.length, textBytes.length);
        return new PngChunk(latin1 ? "tEXt" : "iTXt", data);
    }

    /**
     * Returns the type.
     *
     * @return four letters
     */
    public String type() {
        return type;
    }

    /**
     * Returns a copy of the data.
     *
     * @return the bytes
     */
    public byte[] data() {
        return data.clone();
    }

    /**
     * Returns the length of the data.
     *
     * @return the number of bytes
     */
    public int length() {
        return data.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PngChunk chunk && type.equals(chunk.type) && Arrays.equals(data, chunk.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, Arrays.hashCode(data));
    }

    @Override
    public String toString() {
        return "PngChunk[" + type + ", " + data.length + " bytes]";
    }
}
