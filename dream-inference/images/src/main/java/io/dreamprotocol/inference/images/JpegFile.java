package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JPEG file as its list of segments (ITU-T T.81, annex B). Immutable.
 *
 * <p>Reading goes from marker to marker up to the end of the image; what follows that, which some cameras use, is kept as it is.
 */
final class JpegFile {
    /** The most bytes of one segment's data. */
    static final int MAX_SEGMENT = 65_533;

    /** The most segments of a file that is read: 10,000. */
    static final int MAX_SEGMENTS = 10_000;

    /** The most scans of a picture that is decoded: 100. Progressive pictures have about ten, and each may pass over all pixels. */
    static final int MAX_SCANS = 100;

    private static final String FORMAT = "JPEG";
    /** The bytes of the name that stands before Exif data. */
    static final int EXIF_NAME_LENGTH = 6;

    private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
    private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};
    private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};
    private static final int TEM = 0x01;
    private static final int START_OF_FRAME = 0xC0;
    private static final int PROGRESSIVE = 0xC2;
    private static final int LAST_FRAME = 0xCF;
    private static final int HUFFMAN_TABLES = 0xC4;
    private static final int EXTENSION = 0xC8;
    private static final int ARITHMETIC_TABLES = 0xCC;
    private static final int RESTART = 0xD0;
    private static final int START = 0xD8;
    private static final int END = 0xD9;
    private static final int SCAN = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COMMENT = 0xFE;

    private final byte[] bytes;
    private final List<Segment> segments;
    private final int end;

    /** A marker with its data, from where its bytes begin to where they end; a scan's header has the coded picture behind its data. */
    private record Segment(int marker, int start, int data, int length, int end) {
        boolean isFrame() {
            return marker >= START_OF_FRAME
                    && marker <= LAST_FRAME
                    && marker != HUFFMAN_TABLES
                    && marker != EXTENSION
                    && marker != ARITHMETIC_TABLES;
        }

        boolean isForDecoding() {
            return (marker < APP0 || marker > APP15) && marker != COMMENT;
        }
    }

    /** What the frame header says. */
    record Frame(int width, int height, List<Integer> componentIds) {}

    private JpegFile(byte[] bytes, List<Segment> segments, int end) {
        this.bytes = bytes;
        this.segments = segments;
        this.end = end;
    }

    static boolean isJpeg(byte[] bytes) {
        return bytes.length >= 3
                && (bytes[0] & 0xFF) == 0xFF
                && (bytes[1] & 0xFF) == START
                && (bytes[2] & 0xFF) == 0xFF;
    }

    static JpegFile read(byte[] bytes) {
        if (!isJpeg(bytes)) {
            throw malformed("it does not begin as one does");
        }
        List<Segment> segments = new ArrayList<>();
        int at = 2;
        while (true) {
            int start = at;
            at = pastFill(bytes, at);
            int marker = bytes[at++] & 0xFF;
            if (marker == END) {
                return new JpegFile(bytes, List.copyOf(segments), start);
            }
            if (marker == 0 || marker == TEM || (marker >= RESTART && marker <= START)) {
                throw malformed("a marker is out of place");
            }
            if (at + 2 > bytes.length) {
                throw malformed("it is truncated");
            }
            int length = ((bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF)) - 2;
            if (length < 0 || at + 2 + length > bytes.length) {
                throw malformed("a segment is longer than the file");
            }
            if (segments.size() == MAX_SEGMENTS) {
                throw malformed("it has more than " + MAX_SEGMENTS + " segments");
            }
            int data = at + 2;
            at = marker == SCAN ? pastScan(bytes, data + length) : data + length;
            segments.add(new Segment(marker, start, data, length, at));
        }
    }

    private static CorruptDataException malformed(String what) {
        return ImageErrors.malformed(FORMAT, what);
    }

    /** Goes past the bytes 0xFF before a marker's code, of which there must be one and may be more. */
    private static int pastFill(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && (bytes[at] & 0xFF) == 0xFF) {
            at++;
        }
        if (at == bytes.length) {
            throw malformed("it is truncated");
        }
        if (at == from) {
            throw malformed("a segment does not begin where the one before ends");
        }
        return at;
    }

    /** Goes past coded data to the next marker that is none of its own. */
    private static int pastScan(byte[] bytes, int from) {
        for (int at = from; at + 1 < bytes.length; at++) {
            int next = bytes[at + 1] & 0xFF;
            boolean own = next == 0 || next == 0xFF || (next >= RESTART && next < START);
            if ((bytes[at] & 0xFF) == 0xFF && !own) {
                return at;
            }
        }
        throw malformed("it is truncated");
    }

    /** The Exif data, without its name. */
    Optional<byte[]> exif() {
        return segments.stream()
                .filter(this::isExif)
                .findFirst()
                .map(segment -> Arrays.copyOfRange(bytes, segment.data + EXIF.length, segment.data + segment.length));
    }

    private boolean isExif(Segment segment) {
        return segment.marker == APP1 && startsWith(segment, EXIF);
    }

    private boolean startsWith(Segment segment, byte[] name) {
        return segment.length >= name.length
                && Arrays.equals(bytes, segment.data, segment.data + name.length, name, 0, name.length);
    }

    /** Returns the file with this Exif data instead of what it has. */
    byte[] withExif(byte[] exif) {
        int length = EXIF.length + exif.length;
        if (length > MAX_SEGMENT) {
            throw new IllegalArgumentException("Exif data of " + exif.length + " bytes do not fit into a JPEG segment");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + length + 4);
        out.write(bytes, 0, 2);
        // JFIF wants to be the first segment.
        int first = !segments.isEmpty() && segments.getFirst().marker == APP0 ? 1 : 0;
        copy(segments.subList(0, first), out);
        out.write(0xFF);
        out.write(APP1);
        out.write((length + 2) >> 8);
        out.write(length + 2);
        out.writeBytes(EXIF);
        out.writeBytes(exif);
        copy(
                segments.subList(first, segments.size()).stream()
                        .filter(segment -> !isExif(segment))
                        .toList(),
                out);
        out.write(bytes, end, bytes.length - end);
        return out.toByteArray();
    }

    /** Returns the file without the segments of applications and the comments, which decoding has no need of. */
    byte[] bare() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        out.write(bytes, 0, 2);
        copy(segments.stream().filter(Segment::isForDecoding).toList(), out);
        out.write(0xFF);
        out.write(END);
        return out.toByteArray();
    }

    private void copy(List<Segment> chosen, ByteArrayOutputStream out) {
        for (Segment segment : chosen) {
            out.write(bytes, segment.start, segment.end - segment.start);
        }
    }

    /** The frame header, which says how large the picture is. */
    Frame frame() {
        List<Segment> headers = segments.stream().filter(Segment::isFrame).toList();
        if (headers.stream().anyMatch(header -> header.marker > PROGRESSIVE)) {
            throw ImageErrors.unsupported("A lossless, hierarchical or arithmetically coded JPEG file");
        }
        List<Segment> scans =
                segments.stream().filter(segment -> segment.marker == SCAN).toList();
        if (headers.size() != 1 || scans.isEmpty() || scans.getFirst().start < headers.getFirst().start) {
            throw malformed("it has no picture, or more than one");
        }
        if (scans.size() > MAX_SCANS) {
            throw malformed("its picture comes in more than " + MAX_SCANS + " scans");
        }
        return frame(headers.getFirst());
    }

    private Frame frame(Segment header) {
        int at = header.data;
        int components = header.length < 6 ? 0 : bytes[at + 5] & 0xFF;
        if (header.length != 6 + 3 * components || components < 1 || components > 4) {
            throw malformed("its frame header is damaged");
        }
        if (bytes[at] != 8) {
            throw ImageErrors.unsupported("A JPEG file of " + (bytes[at] & 0xFF) + " bits");
        }
        int height = (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF);
        int width = (bytes[at + 3] & 0xFF) << 8 | (bytes[at + 4] & 0xFF);
        ImageErrors.checkSize(FORMAT, width, height);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            ids.add(bytes[at + 6 + 3 * i] & 0xFF);
        }
        return new Frame(width, height, List.copyOf(ids));
    }

    /** Whether the JFIF marker is there, which settles that colours are YCbCr. */
    boolean isJfif() {
        return segments.stream().anyMatch(segment -> segment.marker == APP0 && startsWith(segment, JFIF));
    }

    /** The transform that the Adobe marker states: 0 none, 1 YCbCr, 2 YCCK. */
    Optional<Integer> adobeTransform() {
        return segments.stream()
                .filter(segment -> segment.marker == APP14 && segment.length >= 12 && startsWith(segment, ADOBE))
                .findFirst()
                .map(segment -> bytes[segment.data + 11] & 0xFF);
    }
}
