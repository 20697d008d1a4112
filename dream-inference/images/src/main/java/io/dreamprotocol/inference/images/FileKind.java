package io.dreamprotocol.inference.images;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a file is by its first bytes: an image that is read here, one that is not, or something else altogether. */
enum FileKind {
    PNG("PNG", Reading.DECODED),
    JPEG("JPEG", Reading.DECODED),
    WEBP("WebP", Reading.DECODED),
    GIF("GIF", Reading.DECODED),
    BMP("BMP", Reading.DECODED),
    TIFF("A TIFF image", Reading.OTHER_IMAGE),
    HEIF("A HEIF or AVIF image", Reading.OTHER_IMAGE),
    JPEG_XL("A JPEG XL image", Reading.OTHER_IMAGE),
    JPEG_2000("A JPEG 2000 image", Reading.OTHER_IMAGE),
    PSD("A Photoshop document", Reading.OTHER_IMAGE),
    ICON("An icon", Reading.OTHER_IMAGE),
    SVG("An SVG drawing", Reading.OTHER_IMAGE),
    ZIP("a ZIP archive", Reading.NO_IMAGE),
    GZIP("a GZIP archive", Reading.NO_IMAGE),
    PDF("a PDF document", Reading.NO_IMAGE),
    VIDEO("a video", Reading.NO_IMAGE),
    SAFETENSORS("a safetensors file", Reading.NO_IMAGE),
    TEXT("a text", Reading.NO_IMAGE),
    EMPTY("empty", Reading.NO_IMAGE),
    UNKNOWN("a file of unknown kind", Reading.NO_IMAGE);

    /** How many bytes are looked at to tell a text. */
    private static final int TEXT_SAMPLE = 1024;

    private static final List<Magic> MAGICS = List.of(
            new Magic(PNG, 0, "\u0089PNG\r\n\u001A\n"),
            new Magic(JPEG, 0, "\u00FF\u00D8\u00FF"),
            new Magic(GIF, 0, "GIF87a"),
            new Magic(GIF, 0, "GIF89a"),
            new Magic(TIFF, 0, "II*\0"),
            new Magic(TIFF, 0, "MM\0*"),
            new Magic(HEIF, 4, "ftypavif"),
            new Magic(HEIF, 4, "ftypavis"),
            new Magic(HEIF, 4, "ftyphei"),
            new Magic(HEIF, 4, "ftypmif1"),
            new Magic(HEIF, 4, "ftypmsf1"),
            new Magic(VIDEO, 4, "ftyp"),
            new Magic(VIDEO, 0, "\u001AE\u00DF\u00A3"),
            new Magic(JPEG_XL, 0, "\u00FF\n"),
            new Magic(JPEG_XL, 4, "JXL \r\n"),
            new Magic(JPEG_2000, 4, "jP  \r\n"),
            new Magic(PSD, 0, "8BPS"),
            new Magic(ICON, 0, "\0\0\1\0"),
            new Magic(ZIP, 0, "PK\3\4"),
            new Magic(ZIP, 0, "PK\5\6"),
            new Magic(GZIP, 0, "\u001F\u008B"),
            new Magic(PDF, 0, "%PDF-"),
            new Magic(SAFETENSORS, 8, "{\""));

    private static final Pattern SVG_START =
            Pattern.compile("(?s)\\s*(<\\?xml.*?)?(<!--.*?-->\\s*)*(<!DOCTYPE svg.*?)?<svg.*");

    private final String label;
    private final Reading reading;

    private enum Reading {
        DECODED,
        OTHER_IMAGE,
        NO_IMAGE
    }

    /** The bytes, as Latin-1 letters, that a kind of file has at a place. */
    private record Magic(FileKind kind, int at, String letters) {
        boolean fits(byte[] bytes) {
            byte[] wanted = letters.getBytes(StandardCharsets.ISO_8859_1);
            return bytes.length >= at + wanted.length
                    && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
        }
    }

    FileKind(String label, Reading reading) {
        this.label = label;
        this.reading = reading;
    }

    /**
     * Finds a file's kind.
     *
     * @throws io.dreamprotocol.core.error.DreamException naming what it is instead, if it is no image that is read here
     */
    static FileKind ofImage(byte[] bytes) {
        FileKind kind = of(bytes);
        return switch (kind.reading) {
            case DECODED -> kind;
            case OTHER_IMAGE -> throw ImageErrors.unsupported(kind.label);
            case NO_IMAGE ->
                throw ImageErrors.malformed(
                        "image", "it is " + kind.label + "; give a PNG, JPEG, WebP, GIF or BMP file");
        };
    }

    static FileKind of(byte[] bytes) {
        if (bytes.length == 0) {
            return EMPTY;
        }
        if (WebpFile.isWebp(bytes)) {
            return WEBP;
        }
        if (BmpHeader.isBmp(bytes)) {
            return BMP;
        }
        Optional<Magic> magic =
                MAGICS.stream().filter(candidate -> candidate.fits(bytes)).findFirst();
        if (magic.isPresent()) {
            return magic.get().kind;
        }
        String start = new String(bytes, 0, Math.min(bytes.length, TEXT_SAMPLE), StandardCharsets.UTF_8);
        if (SVG_START.matcher(start).matches()) {
            return SVG;
        }
        return start.chars().allMatch(FileKind::isTextual) ? TEXT : UNKNOWN;
    }

    private static boolean isTextual(int letter) {
        return (letter >= ' ' && letter != 0xFFFD) || letter == '\n' || letter == '\r' || letter == '\t';
    }
}
