package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A WebP file as its list of chunks (RFC 9649, section 2). Immutable.
 *
 * <p>Reading is strict up to the end that the header states; bytes behind it are ignored, as the standard allows.
 */
final class WebpFile {
    static final String LOSSLESS = "VP8L";
    static final String LOSSY = "VP8 ";
    static final String ANIMATION = "ANIM";
    static final String ALPHA = "ALPH";

    /** The largest width and height of a lossless picture: 16,384. */
    static final int MAX_SIDE = 1 << 14;

    /** The most chunks of a file that is read: 10,000. */
    static final int MAX_CHUNKS = 10_000;

    private static final String FORMAT = "WebP";
    private static final String HEADER = "VP8X";
    private static final String EXIF = "EXIF";
    private static final String XMP = "XMP ";
    private static final byte[] EXIF_NAME = {'E', 'x', 'i', 'f', 0, 0};
    private static final int HEADER_LENGTH = 10;
    private static final int FLAG_EXIF = 8;
    private static final int FLAG_ALPHA = 16;

    private final List<Chunk> chunks;

    /** One chunk: its four-character code and its data. */
    private record Chunk(String code, ByteBuffer data) {
        byte[] bytes() {
            byte[] bytes = new byte[data.remaining()];
            data.get(data.position(), bytes);
            return bytes;
        }
    }

    /** How large the picture is, and whether it says that it uses transparency. */
    record Canvas(int width, int height, boolean hasAlpha) {}

    private WebpFile(List<Chunk> chunks) {
        this.chunks = chunks;
    }

    static boolean isWebp(byte[] bytes) {
        return bytes.length >= 12
                && code(bytes, 0).equals("RIFF")
                && code(bytes, 8).equals("WEBP");
    }

    private static String code(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }

    static WebpFile read(byte[] bytes) {
        if (!isWebp(bytes)) {
            throw malformed("it does not begin as one does");
        }
        long size = Integer.toUnsignedLong(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        require(size >= 4 && size <= bytes.length - 8, "it is truncated");
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, (int) size + 8).order(ByteOrder.LITTLE_ENDIAN);
        in.position(12);
        List<Chunk> chunks = new ArrayList<>();
        while (in.hasRemaining()) {
            require(in.remaining() >= 8, "it is truncated");
            if (chunks.size() == MAX_CHUNKS) {
                throw malformed("it has more than " + MAX_CHUNKS + " chunks");
            }
            String code = code(bytes, in.position());
            long length = Integer.toUnsignedLong(in.getInt(in.position() + 4));
            in.position(in.position() + 8);
            if (length > in.remaining()) {
                throw malformed("a chunk is longer than the file");
            }
            chunks.add(new Chunk(code, in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN)));
            // Chunks begin at even places; the last one may lack its filling byte.
            in.position((int) Math.min(in.limit(), in.position() + length + (length & 1)));
        }
        if (chunks.isEmpty()) {
            throw malformed("it has no picture");
        }
        return new WebpFile(List.copyOf(chunks));
    }

    /** Puts a lossless picture, as its coded data, into a file. */
    static WebpFile ofLossless(byte[] data) {
        return new WebpFile(List.of(new Chunk(LOSSLESS, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN))));
    }

    /** The lossless picture, and nothing else of the file. */
    WebpFile losslessPicture() {
        return ofLossless(data(LOSSLESS).orElseThrow(() -> malformed("it has no picture")));
    }

    /** The lossy picture with its transparency, and nothing else of the file. */
    WebpFile lossyPicture() {
        Chunk picture = chunk(LOSSY).orElseThrow(() -> malformed("it has no picture"));
        WebpFile plain = new WebpFile(List.of(picture));
        Optional<Chunk> alpha = chunk(ALPHA);
        return alpha.isEmpty()
                ? plain
                : new WebpFile(List.of(new Chunk(HEADER, plain.header(FLAG_ALPHA)), alpha.get(), picture));
    }

    private static CorruptDataException malformed(String what) {
        return ImageErrors.malformed(FORMAT, what);
    }

    /** The data of the first chunk of a kind. */
    Optional<byte[]> data(String code) {
        return chunk(code).map(Chunk::bytes);
    }

    boolean has(String code) {
        return chunk(code).isPresent();
    }

    private Optional<Chunk> chunk(String code) {
        return chunks.stream().filter(chunk -> chunk.code.equals(code)).findFirst();
    }

    /** The Exif data; the name that some tools put before them, as in JPEG, is left out. */
    Optional<byte[]> exif() {
        return data(EXIF)
                .map(exif -> exif.length >= EXIF_NAME.length
                                && Arrays.equals(exif, 0, EXIF_NAME.length, EXIF_NAME, 0, EXIF_NAME.length)
                        ? Arrays.copyOfRange(exif, EXIF_NAME.length, exif.length)
                        : exif);
    }

    /** Returns the file with this Exif data instead of what it has. */
    WebpFile withExif(byte[] exif) {
        List<Chunk> changed = new ArrayList<>();
        changed.add(new Chunk(HEADER, headerWithExif()));
        for (Chunk chunk : chunks) {
            if (!chunk.code.equals(HEADER) && !chunk.code.equals(EXIF)) {
                changed.add(chunk);
            }
        }
        int place = changed.size();
        for (int i = changed.size() - 1; i > 0; i--) {
            if (changed.get(i).code.equals(XMP)) {
                place = i;
            }
        }
        changed.add(place, new Chunk(EXIF, ByteBuffer.wrap(exif)));
        return new WebpFile(List.copyOf(changed));
    }

    private ByteBuffer headerWithExif() {
        if (!chunks.getFirst().code.equals(HEADER)) {
            return header(FLAG_EXIF | (canvas().hasAlpha ? FLAG_ALPHA : 0));
        }
        byte[] old = chunks.getFirst().bytes();
        if (old.length < HEADER_LENGTH) {
            throw malformed("its header is damaged");
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        return header.put(old, 0, HEADER_LENGTH)
                .put(0, (byte) (old[0] | FLAG_EXIF))
                .rewind();
    }

    private ByteBuffer header(int flags) {
        Canvas canvas = canvas();
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        header.put(0, (byte) flags);
        putMedium(header, 4, canvas.width - 1);
        putMedium(header, 7, canvas.height - 1);
        return header;
    }

    private static void putMedium(ByteBuffer out, int at, int value) {
        out.putShort(at, (short) value).put(at + 2, (byte) (value >> 16));
    }

    private static int medium(ByteBuffer in, int at) {
        return Short.toUnsignedInt(in.getShort(at)) | Byte.toUnsignedInt(in.get(at + 2)) << 16;
    }

    /** How large the picture is, as the first chunk says. */
    Canvas canvas() {
        Chunk first = chunks.getFirst();
        ByteBuffer data = first.data;
        return switch (first.code) {
            case HEADER -> {
                require(data.limit() >= HEADER_LENGTH, "its header is damaged");
                yield new Canvas(medium(data, 4) + 1, medium(data, 7) + 1, (data.get(0) & FLAG_ALPHA) != 0);
            }
            case LOSSLESS -> {
                require(
                        data.limit() >= 5 && data.get(0) == LosslessWebpDecoder.SIGNATURE,
                        "its lossless picture is damaged");
                int bits = data.getInt(1);
                yield new Canvas((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, (bits >> 28 & 1) != 0);
            }
            case LOSSY -> {
                boolean begins = data.limit() >= 10 && data.get(3) == (byte) 0x9D && data.getShort(4) == 0x2A01;
                require(begins, "its lossy picture is damaged");
                yield new Canvas(data.getShort(6) & 0x3FFF, data.getShort(8) & 0x3FFF, false);
            }
            default -> throw malformed("it begins with something else than a picture");
        };
    }

    private static void require(boolean isGood, String otherwise) {
        if (!isGood) {
            throw malformed(otherwise);
        }
    }

    byte[] toBytes() {
        int size = 12;
        for (Chunk chunk : chunks) {
            size += 8 + even(chunk.data.limit());
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        putCode(out, "RIFF");
        out.putInt(size - 8);
        putCode(out, "WEBP");
        for (Chunk chunk : chunks) {
            putCode(out, chunk.code);
            int length = chunk.data.limit();
            out.putInt(length).put(chunk.bytes());
            out.position(out.position() + even(length) - length);
        }
        return out.array();
    }

    private static int even(int length) {
        return length + (length & 1);
    }

    private static void putCode(ByteBuffer out, String code) {
        out.put(code.getBytes(StandardCharsets.ISO_8859_1));
    }
}
