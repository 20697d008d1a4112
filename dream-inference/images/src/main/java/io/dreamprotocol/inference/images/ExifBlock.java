package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.Infotext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The Exif data of an image file, as far as it matters here: a comment, and how the picture is turned (CIPA DC-008, "Exif 2.32").
 *
 * <p>Its structure is that of TIFF 6.0. Only two of its directories are looked at, the first and the Exif one, and no chain of them is
 * followed, so that no loop of offsets can be run into.
 */
final class ExifBlock {
    /** The most bytes that a block spends on other things than the comment's text. */
    static final int MAX_OVERHEAD = 60;

    /** The most entries of a directory that are looked at: 1,000; cameras write some dozens. */
    static final int MAX_ENTRIES = 1_000;

    /** The most bytes of a comment: 4 Mi. */
    static final int MAX_COMMENT = 1 << 22;

    private static final String NAME = "Exif";
    private static final int ENTRY = 12;

    /** The TIFF header, the two directories without their entries, and the one entry of the second. */
    private static final int FRAME = 8 + 6 + 2 + ENTRY;

    private static final int TAG_DESCRIPTION = 0x010E;
    private static final int TAG_ORIENTATION = 0x0112;
    private static final int TAG_EXIF_DIRECTORY = 0x8769;
    private static final int TAG_COMMENT = 0x9286;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int UNDEFINED = 7;
    /** Bytes of one value of each TIFF type, from type 0, which there is none of. */
    private static final int[] TYPE_SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

    /** The character codes that stand before a comment's text. */
    private static final int CODE = 8;

    private static final String UNICODE = "UNICODE\0";
    private static final String ASCII = "ASCII\0\0\0";
    private static final String JIS = "JIS\0\0\0\0\0";
    private static final String UNSTATED = "\0\0\0\0\0\0\0\0";

    private static final Charset SHIFT_JIS =
            Charset.isSupported("Shift_JIS") ? Charset.forName("Shift_JIS") : StandardCharsets.US_ASCII;

    private final ByteBuffer tiff;
    private final int first;

    private ExifBlock(ByteBuffer tiff, int first) {
        this.tiff = tiff;
        this.first = first;
    }

    /** Reads a block that begins with its TIFF header. */
    static ExifBlock read(byte[] bytes) {
        ByteBuffer tiff = ByteBuffer.wrap(bytes);
        if (bytes.length < 8) {
            throw malformed("it is truncated");
        }
        short order = tiff.getShort(0);
        if (order == 0x4949) {
            tiff.order(ByteOrder.LITTLE_ENDIAN);
        } else if (order != 0x4D4D) {
            throw malformed("its byte order is unknown");
        }
        if (tiff.getShort(2) != 42) {
            throw malformed("it does not begin as TIFF does");
        }
        return new ExifBlock(tiff, offset(tiff, 4));
    }

    private static RuntimeException malformed(String what) {
        return ImageErrors.malformed("image", "in its " + NAME + " data, " + what);
    }

    /** How the picture is turned: 1 (upright) to 8. What is out of range counts as upright. */
    int orientation() {
        int entry = find(first, TAG_ORIENTATION);
        if (entry < 0) {
            return 1;
        }
        int type = tiff.getShort(entry + 2);
        long value = switch (type) {
            case SHORT -> Short.toUnsignedInt(tiff.getShort(entry + 8));
            case LONG -> Integer.toUnsignedLong(tiff.getInt(entry + 8));
            default -> 1;
        };
        return value >= 1 && value <= 8 ? (int) value : 1;
    }

    /**
     * The user comment, if it is not blank; else the image description, if that is a text of generation parameters (cameras write
     * their own name there).
     */
    Optional<String> comment() {
        int directory = find(first, TAG_EXIF_DIRECTORY);
        if (directory >= 0) {
            int entry = find(offset(tiff, directory + 8), TAG_COMMENT);
            if (entry >= 0) {
                String comment = decodeComment(value(entry));
                if (!comment.isBlank()) {
                    return Optional.of(comment);
                }
            }
        }
        int entry = find(first, TAG_DESCRIPTION);
        if (entry < 0) {
            return Optional.empty();
        }
        String description = utf8OrLatin1(value(entry));
        return Optional.of(description)
                .filter(text -> !Infotext.parse(text).fields().isEmpty());
    }

    /** Returns where a directory's entry for a tag is, or -1. */
    private int find(int directory, int tag) {
        if (directory > tiff.limit() - 2) {
            throw malformed("a directory lies outside of it");
        }
        int count = Short.toUnsignedInt(tiff.getShort(directory));
        if (count > MAX_ENTRIES || directory + 2 + count * ENTRY > tiff.limit()) {
            throw malformed("a directory has more entries than fit");
        }
        for (int i = 0; i < count; i++) {
            int entry = directory + 2 + i * ENTRY;
            if (Short.toUnsignedInt(tiff.getShort(entry)) == tag) {
                return entry;
            }
        }
        return -1;
    }

    private static int offset(ByteBuffer tiff, int at) {
        long offset = Integer.toUnsignedLong(tiff.getInt(at));
        if (offset < 8 || offset >= tiff.limit()) {
            throw malformed("an offset leads outside of it");
        }
        return (int) offset;
    }

    private byte[] value(int entry) {
        int type = Short.toUnsignedInt(tiff.getShort(entry + 2));
        if (type == 0 || type >= TYPE_SIZES.length) {
            throw malformed("a value has an unknown type");
        }
        long length = Integer.toUnsignedLong(tiff.getInt(entry + 4)) * TYPE_SIZES[type];
        int start = length <= 4 ? entry + 8 : offset(tiff, entry + 8);
        if (length > tiff.limit() - start) {
            throw malformed("a value is longer than the data");
        }
        if (length > MAX_COMMENT) {
            throw malformed("a text is too long");
        }
        byte[] value = new byte[(int) length];
        tiff.get(start, value);
        return value;
    }

    private String decodeComment(byte[] value) {
        if (value.length < CODE) {
            return utf8OrLatin1(value);
        }
        String code = new String(value, 0, CODE, StandardCharsets.ISO_8859_1);
        byte[] text = Arrays.copyOfRange(value, CODE, value.length);
        return switch (code) {
            case UNICODE -> utf16(text);
            case JIS -> trimmed(new String(text, SHIFT_JIS));
            case ASCII, UNSTATED -> utf8OrLatin1(text);
            default -> utf8OrLatin1(value);
        };
    }

    /**
     * Decodes UTF-16. The web UI writes it big-endian and other tools in the order of the rest of the data; since parameters are
     * mostly ASCII letters, the order that gives more of these is the right one.
     */
    private String utf16(byte[] text) {
        int big = 0;
        int little = 0;
        for (int i = 0; i + 1 < text.length; i += 2) {
            if (text[i] == 0 && text[i + 1] > 0) {
                big++;
            } else if (text[i] > 0 && text[i + 1] == 0) {
                little++;
            }
        }
        boolean isBig = big == little ? tiff.order() == ByteOrder.BIG_ENDIAN : big > little;
        String decoded = new String(text, isBig ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE);
        return trimmed(decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded);
    }

    private static String utf8OrLatin1(byte[] text) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return trimmed(decoded.toString());
        } catch (CharacterCodingException e) {
            return trimmed(new String(text, StandardCharsets.ISO_8859_1));
        }
    }

    /** Takes off the zeros that fill up a text of fixed length. */
    private static String trimmed(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 0) {
            end--;
        }
        return text.substring(0, end);
    }

    /**
     * Writes a block with a user comment, byte for byte as the web UI does through piexif.
     *
     * @param orientation how the picture is turned; what is upright is not mentioned
     */
    static byte[] write(String comment, int orientation) {
        byte[] text = comment.getBytes(StandardCharsets.UTF_16BE);
        int entries = orientation == 1 ? 1 : 2;
        ByteBuffer out = ByteBuffer.allocate(FRAME + entries * ENTRY + CODE + text.length);
        out.putShort((short) 0x4D4D).putShort((short) 42).putInt(8);
        int exif = 8 + 2 + entries * ENTRY + 4;
        out.putShort((short) entries);
        if (orientation != 1) {
            putEntry(out, TAG_ORIENTATION, SHORT, 1, orientation << 16);
        }
        putEntry(out, TAG_EXIF_DIRECTORY, LONG, 1, exif);
        out.putInt(0).putShort((short) 1);
        // The Exif directory is the last, and its end is not marked by a further offset.
        putEntry(out, TAG_COMMENT, UNDEFINED, CODE + text.length, exif + 2 + ENTRY);
        out.put(UNICODE.getBytes(StandardCharsets.ISO_8859_1)).put(text);
        return out.array();
    }

    private static void putEntry(ByteBuffer out, int tag, int type, int count, int value) {
        out.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
    }
}
