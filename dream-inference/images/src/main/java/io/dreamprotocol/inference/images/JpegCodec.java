package io.dreamprotocol.inference.images;

import io.dreamprotocol.core.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Decodes and encodes JPEG through the JDK, whose own code comes from the Independent JPEG Group.
 *
 * <p>Decoding takes the bare components from it and makes the colours here, as Pillow does: profiles are not looked at, and CMYK
 * works, which the JDK's reader would refuse.
 */
final class JpegCodec {
    /** The largest width and height that can be written. */
    static final int MAX_SIDE = 65_500;

    private static final String FORMAT = "JPEG";
    private static final List<Integer> RGB_IDS = List.of((int) 'R', (int) 'G', (int) 'B');

    // The weights of ITU-R BT.601 in units of 2^-16, as the group's code has them.
    private static final int HALF = 1 << 15;
    private static final int CR_TO_RED = 91_881;
    private static final int CB_TO_BLUE = 116_130;
    private static final int CR_TO_GREEN = 46_802;
    private static final int CB_TO_GREEN = 22_554;

    private JpegCodec() {}

    static Pixels decode(JpegFile file) {
        JpegFile.Frame frame = file.frame();
        int components = frame.componentIds().size();
        if (components == 2) {
            throw ImageErrors.unsupported("A JPEG file of two components");
        }
        Raster raster = readRaster(file.bare());
        if (raster.getWidth() != frame.width()
                || raster.getHeight() != frame.height()
                || raster.getNumBands() != components) {
            throw ImageErrors.malformed(FORMAT, "its picture has another size than it says");
        }
        boolean isRotatedColour = isRotatedColour(file, frame);
        int width = frame.width();
        byte[] rgb = new byte[3 * width * frame.height()];
        int[] row = new int[width * components];
        for (int y = 0; y < frame.height(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int colour = switch (components) {
                    case 1 -> row[x] * 0x010101;
                    case 3 -> colour(row, 3 * x, isRotatedColour);
                    default -> printColour(row, 4 * x, isRotatedColour);
                };
                int at = 3 * (y * width + x);
                rgb[at] = (byte) (colour >> 16);
                rgb[at + 1] = (byte) (colour >> 8);
                rgb[at + 2] = (byte) colour;
            }
        }
        return new Pixels(width, frame.height(), rgb, Optional.empty());
    }

    /** Whether the components are luma and two colour differences, by the rules of the Independent JPEG Group's code. */
    private static boolean isRotatedColour(JpegFile file, JpegFile.Frame frame) {
        Optional<Integer> transform = file.adobeTransform();
        if (frame.componentIds().size() == 4) {
            return transform.isPresent() && transform.get() != 0;
        }
        if (file.isJfif()) {
            return true;
        }
        return transform.isPresent()
                ? transform.get() != 0
                : !frame.componentIds().equals(RGB_IDS);
    }

    private static int colour(int[] row, int at, boolean isRotated) {
        if (!isRotated) {
            return row[at] << 16 | row[at + 1] << 8 | row[at + 2];
        }
        int luma = row[at];
        int cb = row[at + 1] - 128;
        int cr = row[at + 2] - 128;
        int red = luma + ((CR_TO_RED * cr + HALF) >> 16);
        int green = luma + ((-CB_TO_GREEN * cb - CR_TO_GREEN * cr + HALF) >> 16);
        int blue = luma + ((CB_TO_BLUE * cb + HALF) >> 16);
        return Math.clamp(red, 0, 255) << 16 | Math.clamp(green, 0, 255) << 8 | Math.clamp(blue, 0, 255);
    }

    /** The colour of cyan, magenta, yellow and black, which everyone stores inverted, as Adobe does. */
    private static int printColour(int[] row, int at, boolean isRotated) {
        int inks = colour(row, at, isRotated);
        // Luma and colour differences give the inverted inks inverted once more.
        int paper = isRotated ? ~inks : inks;
        int light = row[at + 3];
        return (timesLight(paper >> 16 & 0xFF, light) << 16)
                | (timesLight(paper >> 8 & 0xFF, light) << 8)
                | timesLight(paper & 0xFF, light);
    }

    private static int timesLight(int paper, int light) {
        int product = (255 - paper) * light + 128;
        return light - (((product >> 8) + product) >> 8);
    }

    private static Raster readRaster(byte[] bare) {
        ImageReader reader = reader();
        List<String> warnings = new ArrayList<>();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bare))) {
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            for (String warning : warnings) {
                if (isDamage(warning)) {
                    throw ImageErrors.malformed(FORMAT, "its coded picture is damaged");
                }
            }
            return raster;
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
            throw ImageErrors.malformed(FORMAT, "its coded picture is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    /** Bytes too many before a marker are common and lose nothing; all else that is called corrupt or premature does. */
    private static boolean isDamage(String warning) {
        return (warning.startsWith("Corrupt") && !warning.contains("extraneous")) || warning.startsWith("Premature");
    }

    /** The JDK's own reader: one that another library registered may not know bare components. */
    private static ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(FORMAT);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.") && reader.canReadRaster()) {
                return reader;
            }
        }
        throw ImageErrors.unsupported("A JPEG file, because this Java lacks its reader,");
    }

    /** Encodes a picture; quality is that of the Independent JPEG Group, 1 to 100. */
    static byte[] encode(RgbImage image, int quality) {
        if (image.width() > MAX_SIDE || image.height() > MAX_SIDE) {
            throw ImageErrors.doesNotFit("A picture of " + image.width() + "x" + image.height()
                    + " does not fit into a JPEG file, whose sides have at most " + MAX_SIDE + " pixels; write PNG");
        }
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(FORMAT);
        if (!writers.hasNext()) {
            throw ImageErrors.unsupported("JPEG, because this Java lacks its writer,");
        }
        ImageWriter writer = writers.next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality / 100F);
            writer.setOutput(out);
            writer.write(null, new IIOImage(buffered(image), null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage buffered(RgbImage image) {
        BufferedImage buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        WritableRaster raster = buffered.getRaster();
        int[] row = new int[image.width()];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                row[x] = image.pixel(x, y);
            }
            raster.setDataElements(0, y, row.length, 1, row);
        }
        return buffered;
    }
}
