package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG file as its list of chunks (ISO/IEC 15948). Immutable.
 *
 * <p>Reading is strict: the signature, every length and every checksum must fit, the header comes first and the end last, and
 * nothing may follow it. So a file that reads back is the same byte for byte when written.
 */
public final class PngFile {
    /** The largest file that is read: 256 MiB. */
    public static final int MAX_BYTES = 1 << 28;

    /** The most characters of a text chunk that are read: 1 Mi. */
    public static final int MAX_TEXT = 1 << 20;

    /** The most chunks of a file that is read: 100,000. */
    public static final int MAX_CHUNKS = 100_000;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private final List<PngChunk> chunks;

    PngFile(List<PngChunk> chunks) {
        this.chunks = List.copyOf(chunks);
    }

    /**
     * Tells whether bytes begin as a PNG file does.
     *
     * @param bytes the bytes
     * @return true if they do
     */
    public static boolean isPng(byte[] bytes) {
        return bytes.length >= SIGNATURE.length
                && ByteBuffer.wrap(bytes, 0, SIGNATURE.length).equals(ByteBuffer.wrap(SIGNATURE));
    }

    /**
     * Reads a file.
     *
     * @param bytes the whole file
     * @return its chunks
     * @throws CorruptDataException with {@link ErrorCode#PNG_MALFORMED}, saying what is wrong
     */
    public static PngFile read(byte[] bytes) {
        if (!isPng(bytes)) {
            throw malformed("it does not begin as a PNG file does");
        }
        if (bytes.length > MAX_BYTES) {
            throw malformed("it has more than " + MAX_BYTES + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, SIGNATURE.length, bytes.length - SIGNATURE.length);
        List<PngChunk> chunks = new ArrayList<>();
        do {
            if (in.remaining() < PngChunk.OVERHEAD) {
                throw malformed("it is truncated");
            }
            if (chunks.size() == MAX_CHUNKS) {
                throw malformed("it has more than " + MAX_CHUNKS + " chunks");
            }
            int length = in.getInt();
            if (length < 0 || length > in.remaining() - 8) {
                throw malformed("it is truncated");
            }
            byte[] type = new byte[4];
            byte[] data = new byte[length];
            in.get(type).get(data);
            CRC32 crc = new CRC32();
            crc.update(type);
            crc.update(data);
            String name = new String(type, StandardCharsets.ISO_8859_1);
            if ((int) crc.getValue() != in.getInt()) {
                throw malformed("the checksum of its chunk " + printable(name) + " is wrong");
            }
            if (!name.matches("[A-Za-z]{4}") || chunks.isEmpty() != name.equals("IHDR")) {
                throw malformed("its chunk " + printable(name) + " is out of place");
            }
            chunks.add(new PngChunk(name, data));
        } while (!chunks.getLast().type().equals("IEND"));
        if (in.hasRemaining()) {
            throw malformed("bytes follow its end");
        }
        return new PngFile(chunks);
    }

    private static String printable(String name) {
        return name.replaceAll("[^A-Za-z]", "?");
    }

    static CorruptDataException malformed(String what) {
        return new CorruptDataException(ErrorCode.PNG_MALFORMED, "Not a usable PNG file: " + what);
    }

    /**
     * Returns the chunks in order.
     *
     * @return the chunks, the header first, the end last
     */
    public List<PngChunk> chunks() {
        return chunks;
    }

    /**
     * Returns the text under a keyword, from a {@code tEXt}, {@code zTXt} or {@code iTXt} chunk.
     *
     * @param keyword the keyword, for example {@code parameters}
     * @return the text of the first such chunk, if there is one
     * @throws CorruptDataException with {@link ErrorCode#PNG_MALFORMED} if the chunk is damaged or too long
     */
    public Optional<String> text(String keyword) {
        for (PngChunk chunk : chunks) {
            byte[] data = chunk.data();
            int end = indexOfZero(data, 0);
            if (end < 0
                    || !chunk.type().matches("tEXt|zTXt|iTXt")
                    || !new String(data, 0, end, StandardCharsets.ISO_8859_1).equals(keyword)) {
                continue;
            }
            return Optional.of(
                    switch (chunk.type()) {
                        case "tEXt" -> latin1(slice(data, end + 1));
                        case "zTXt" -> latin1(inflate(slice(data, end + 2)));
                        default -> internationalText(data, end + 1);
                    });
        }
        return Optional.empty();
    }

    private static String internationalText(byte[] data, int start) {
        int languageEnd = start + 2 <= data.length ? indexOfZero(data, start + 2) : -1;
        int keywordEnd = languageEnd < 0 ? -1 : indexOfZero(data, languageEnd + 1);
        if (keywordEnd < 0) {
            throw malformed("its iTXt chunk is damaged");
        }
        byte[] text = slice(data, keywordEnd + 1);
        byte[] plain = data[start] == 0 ? text : inflate(text);
        if (plain.length > 4 * MAX_TEXT) {
            throw malformed("its text is too long");
        }
        return new String(plain, StandardCharsets.UTF_8);
    }

    private static String latin1(byte[] text) {
        if (text.length > MAX_TEXT) {
            throw malformed("its text is too long");
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static byte[] inflate(byte[] compressed) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                if (count == 0 || plain.size() > 4 * MAX_TEXT) {
                    throw malformed("its compressed text is damaged or too long");
                }
                plain.write(buffer, 0, count);
            }
            return plain.toByteArray();
        } catch (DataFormatException e) {
            throw malformed("its compressed text is damaged");
        } finally {
            inflater.end();
        }
    }

    private static byte[] slice(byte[] data, int from) {
        if (from > data.length) {
            throw malformed("its text chunk is damaged");
        }
        byte[] part = new byte[data.length - from];
        System.arraycopy(data, from, part, 0, part.length);
        return part;
    }

    private static int indexOfZero(byte[] data, int from) {
        for (int i = from; i < data.length; i++) {
            if (data[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Adds a chunk directly before the end.
     *
     * @param chunk the chunk
     * @return the longer file
     */
    public PngFile withLast(PngChunk chunk) {
        List<PngChunk> longer = new ArrayList<>(chunks);
        longer.add(longer.size() - 1, chunk);
        return new PngFile(longer);
    }

    /**
     * Leaves chunks out.
     *
     * @param unwanted which
     * @return the shorter file
     */
    public PngFile without(Predicate<PngChunk> unwanted) {
        return new PngFile(chunks.stream().filter(unwanted.negate()).toList());
    }

    /**
     * Returns the file's bytes.
     *
     * @return the bytes
     */
    public byte[] toBytes() {
        int size = SIGNATURE.length;
        for (PngChunk chunk : chunks) {
            size += PngChunk.OVERHEAD + chunk.length();
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(SIGNATURE);
        for (PngChunk chunk : chunks) {
            byte[] type = chunk.type().getBytes(StandardCharsets.ISO_8859_1);
            byte[] data = chunk.data();
            CRC32 crc = new CRC32();
            crc.update(type);
            crc.update(data);
            out.putInt(data.length).put(type).put(data).putInt((int) crc.getValue());
        }
        return out.array();
    }
}
