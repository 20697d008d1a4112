package io.dreamprotocol.inference.images;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/** Decodes BMP files and the first picture of GIF files through the JDK. */
final class SimpleImages {
    private static final int OPAQUE = 0xFF000000;
    private static final String GIF = "GIF";
    private static final String GIF_METADATA = "javax_imageio_gif_image_1.0";

    private SimpleImages() {}

    static Pixels decodeBmp(byte[] bytes) {
        BmpHeader.check(bytes);
        ImageReader reader = reader("BMP");
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            BufferedImage image = reader.read(0);
            return Pixels.ofArgb(
                    image.getWidth(),
                    image.getHeight(),
                    argb(image),
                    image.getColorModel().hasAlpha());
        } catch (IOException | RuntimeException e) {
            throw ImageErrors.malformed("BMP", "its picture is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    static Pixels decodeGif(byte[] bytes) {
        if (bytes.length < 13) {
            throw ImageErrors.malformed(GIF, "it is truncated");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int width = Short.toUnsignedInt(header.getShort(6));
        int height = Short.toUnsignedInt(header.getShort(8));
        ImageErrors.checkSize(GIF, width, height);
        ImageReader reader = reader(GIF);
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, false);
            int frameWidth = reader.getWidth(0);
            int frameHeight = reader.getHeight(0);
            NamedNodeMap place = descriptor(reader.getImageMetadata(0).getAsTree(GIF_METADATA));
            int left = number(place, "imageLeftPosition");
            int top = number(place, "imageTopPosition");
            if (left + frameWidth > width || top + frameHeight > height) {
                throw new IOException("the first picture is larger than the screen");
            }
            BufferedImage image = reader.read(0);
            if (frameWidth == width && frameHeight == height) {
                return Pixels.ofArgb(
                        width, height, argb(image), image.getColorModel().hasAlpha());
            }
            int[] screen = new int[width * height];
            image.getRGB(0, 0, frameWidth, frameHeight, screen, top * width + left, width);
            return Pixels.ofArgb(width, height, screen, true);
        } catch (IOException | RuntimeException e) {
            throw ImageErrors.malformed(GIF, "its first picture is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    private static NamedNodeMap descriptor(Node metadata) {
        for (Node node = metadata.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals("ImageDescriptor")) {
                return node.getAttributes();
            }
        }
        throw new IllegalStateException("a GIF picture has a descriptor");
    }

    private static int number(NamedNodeMap attributes, String name) {
        return Integer.parseInt(attributes.getNamedItem(name).getNodeValue());
    }

    private static int[] argb(BufferedImage image) {
        if (image.getColorModel().getNumComponents() == 1 && image.getColorModel() instanceof ComponentColorModel) {
            // A palette of greys; as colours the JDK would give them another gamma.
            int[] greys = image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
            return Arrays.stream(greys).map(grey -> OPAQUE | grey * 0x010101).toArray();
        }
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static ImageReader reader(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw ImageErrors.unsupported("A " + format + " file, because this Java lacks its reader,");
        }
        return readers.next();
    }
}
