package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.Infotext;
import io.dreamprotocol.core.image.PngChunk;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import io.dreamprotocol.core.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Image files as people have them: reads their pictures and the text of their generation parameters, and writes both.
 *
 * <p>Read are PNG and JPEG of every common kind, WebP, BMP, and the first picture of GIF. The text stands where the
 * AUTOMATIC1111 web UI puts it: in a text chunk of PNG, in the user comment of the Exif data of JPEG and WebP. Everything that is read
 * counts as hostile: sizes are checked before memory is taken.
 */
public final class ImageFiles {
    /** The largest file that is read: 128 MiB. */
    public static final int MAX_BYTES = 1 << 27;

    /** The most pixels of a picture that is read: 67,108,864, such as 8,192 by 8,192. */
    public static final int MAX_PIXELS = 1 << 26;

    /** The quality of JPEG files unless another is asked for, which is the web UI's. */
    public static final int JPEG_QUALITY = 80;

    private static final int UPRIGHT = 1;

    private ImageFiles() {}

    /**
     * Reads a file.
     *
     * @param file the file
     * @return its bytes
     * @throws InvalidInputException if there is no such file
     * @throws CorruptDataException with {@link ErrorCode#IMAGE_MALFORMED} if it is larger than {@link #MAX_BYTES}
     * @throws StorageException if it cannot be read
     */
    public static byte[] load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            checkBytes(bytes);
            return bytes;
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "There is no image file " + file + "; check its name", e);
        } catch (IOException e) {
            throw new StorageException(
                    ErrorCode.STORE_FAILED, "The image file " + file + " cannot be read; check its permissions", e);
        }
    }

    private static void checkBytes(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw ImageErrors.malformed(
                    "image", "it has more than " + (MAX_BYTES >> 20) + " MiB; save the picture in a smaller file");
        }
    }

    /**
     * Reads the picture of a file.
     *
     * @param file the file
     * @return the picture, upright
     * @throws InvalidInputException if there is no such file
     * @throws StorageException if it cannot be read
     * @throws CorruptDataException as {@link #read(byte[])}
     * @throws UnsupportedException as {@link #read(byte[])}
     */
    public static DecodedImage read(Path file) {
        return read(load(file));
    }

    /**
     * Reads the picture of a file's bytes.
     *
     * @param bytes the whole file
     * @return the picture, upright
     * @throws CorruptDataException with {@link ErrorCode#IMAGE_MALFORMED} or {@link ErrorCode#PNG_MALFORMED} if it is no image,
     *     damaged, or too large
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if it is an image of a kind that is not read here
     */
    public static DecodedImage read(byte[] bytes) {
        checkBytes(bytes);
        return switch (FileKind.ofImage(bytes)) {
            case PNG -> {
                PngFile file = PngFile.read(bytes);
                yield PngDecoder.decode(file).upright(orientation(exif(file)));
            }
            case JPEG -> {
                JpegFile file = JpegFile.read(bytes);
                yield JpegCodec.decode(file).upright(orientation(file.exif()));
            }
            case WEBP -> {
                WebpFile file = WebpFile.read(bytes);
                yield decode(file).upright(orientation(file.exif()));
            }
            case GIF -> SimpleImages.decodeGif(bytes).upright(UPRIGHT);
            default -> SimpleImages.decodeBmp(bytes).upright(UPRIGHT);
        };
    }

    private static Pixels decode(WebpFile file) {
        WebpFile.Canvas canvas = file.canvas();
        if (file.has(WebpFile.ANIMATION)) {
            throw ImageErrors.unsupported("An animated WebP file");
        }
        boolean isLossy = file.has(WebpFile.LOSSY);
        WebpFile plain = isLossy ? file.lossyPicture() : file.losslessPicture();
        WebpFile.Canvas picture = plain.canvas();
        if (picture.width() != canvas.width() || picture.height() != canvas.height()) {
            throw ImageErrors.malformed("WebP", "its picture has another size than it says");
        }
        ImageErrors.checkSize("WebP", picture.width(), picture.height());
        if (isLossy) {
            return LossyWebp.decode(plain, picture);
        }
        byte[] data = plain.data(WebpFile.LOSSLESS).orElseThrow();
        int[] argb = LosslessWebpDecoder.decode(data, picture.width(), picture.height());
        return Pixels.ofArgb(picture.width(), picture.height(), argb, picture.hasAlpha());
    }

    private static int orientation(Optional<byte[]> exif) {
        return exif.map(ExifBlock::read).map(ExifBlock::orientation).orElse(UPRIGHT);
    }

    private static Optional<byte[]> exif(PngFile file) {
        return file.chunks().stream()
                .filter(chunk -> chunk.type().equals("eXIf"))
                .map(PngChunk::data)
                .findFirst();
    }

    /**
     * Returns the generation parameters that a file's bytes carry, without decoding the picture.
     *
     * @param bytes the whole file
     * @return the text, to be read by {@link Infotext#parse}; empty if there is none
     * @throws CorruptDataException with {@link ErrorCode#IMAGE_MALFORMED} or {@link ErrorCode#PNG_MALFORMED} if it is no image, or
     *     one whose structure is damaged
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if it is an image of a kind that is not read here
     */
    public static Optional<String> parameters(byte[] bytes) {
        checkBytes(bytes);
        Optional<String> text = switch (FileKind.ofImage(bytes)) {
            case PNG -> {
                PngFile file = PngFile.read(bytes);
                yield file.text(Infotext.KEYWORD).or(() -> comment(exif(file)));
            }
            case JPEG -> comment(JpegFile.read(bytes).exif());
            case WEBP -> comment(WebpFile.read(bytes).exif());
            default -> Optional.empty();
        };
        return text.filter(parameters -> !parameters.isBlank());
    }

    private static Optional<String> comment(Optional<byte[]> exif) {
        return exif.map(ExifBlock::read).flatMap(ExifBlock::comment);
    }

    /**
     * Writes a picture, JPEG with the quality {@link #JPEG_QUALITY}.
     *
     * @param format the format
     * @param image the picture
     * @param parameters the generation parameters to put in, if any
     * @return the file's bytes; the same on every call
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the picture or the text does not fit into the format
     */
    public static byte[] write(ImageFormat format, RgbImage image, Optional<String> parameters) {
        return switch (format) {
            case PNG ->
                PngPixels.encode(
                                image,
                                parameters.stream()
                                        .map(text -> PngChunk.ofText(Infotext.KEYWORD, text))
                                        .toList())
                        .toBytes();
            case JPEG -> writeJpeg(image, parameters, JPEG_QUALITY);
            case WEBP -> writeWebp(image, parameters);
        };
    }

    /**
     * Writes a picture as JPEG.
     *
     * @param image the picture
     * @param parameters the generation parameters to put in, if any
     * @param quality from 1, the smallest file, to 100, the best picture
     * @return the file's bytes; the same on every call
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the picture, the text or the quality is out of range
     */
    public static byte[] writeJpeg(RgbImage image, Optional<String> parameters, int quality) {
        if (quality < 1 || quality > 100) {
            throw ImageErrors.doesNotFit(
                    "The JPEG quality must be between 1 and 100, not " + quality + "; 80 is usual");
        }
        byte[] plain = JpegCodec.encode(image, quality);
        return parameters.map(text -> withParameters(plain, text)).orElse(plain);
    }

    private static byte[] writeWebp(RgbImage image, Optional<String> parameters) {
        if (image.width() > WebpFile.MAX_SIDE || image.height() > WebpFile.MAX_SIDE) {
            throw ImageErrors.doesNotFit("A picture of " + image.width() + "x" + image.height()
                    + " does not fit into a WebP file, whose sides have at most " + WebpFile.MAX_SIDE
                    + " pixels; write PNG");
        }
        WebpFile plain = WebpFile.ofLossless(LosslessWebpEncoder.encode(image));
        return parameters
                .map(text -> plain.withExif(ExifBlock.write(checked(text), UPRIGHT)))
                .orElse(plain)
                .toBytes();
    }

    /**
     * Puts generation parameters into a JPEG or WebP file, in place of the Exif data that it has. The picture stays as it is, and
     * so does the direction in which it is turned.
     *
     * @param bytes the whole file
     * @param parameters the text
     * @return the changed file's bytes
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the text is too long for the format
     * @throws CorruptDataException with {@link ErrorCode#IMAGE_MALFORMED} if it is no image, or one whose structure is damaged
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if it is an image of another format
     */
    public static byte[] withParameters(byte[] bytes, String parameters) {
        checkBytes(bytes);
        String text = checked(parameters);
        return switch (FileKind.ofImage(bytes)) {
            case JPEG -> {
                int most = (JpegFile.MAX_SEGMENT - JpegFile.EXIF_NAME_LENGTH - ExifBlock.MAX_OVERHEAD) / 2;
                if (text.length() > most) {
                    throw ImageErrors.doesNotFit("The generation parameters have " + text.length()
                            + " characters, but a JPEG file holds " + most + "; write PNG or WebP");
                }
                JpegFile file = JpegFile.read(bytes);
                yield file.withExif(ExifBlock.write(text, orientation(file.exif())));
            }
            case WEBP -> {
                WebpFile file = WebpFile.read(bytes);
                yield file.withExif(ExifBlock.write(text, orientation(file.exif())))
                        .toBytes();
            }
            default ->
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "Generation parameters are put into JPEG and WebP files alone; write the picture as one of"
                                + " these");
        };
    }

    private static String checked(String parameters) {
        if (parameters.length() > PngFile.MAX_TEXT) {
            throw ImageErrors.doesNotFit("The generation parameters have " + parameters.length()
                    + " characters; at most " + PngFile.MAX_TEXT + " are written");
        }
        if (!StandardCharsets.UTF_16BE.newEncoder().canEncode(parameters)) {
            throw ImageErrors.doesNotFit(
                    "The generation parameters have half a surrogate pair; pass well-formed Unicode text");
        }
        return parameters;
    }
}
