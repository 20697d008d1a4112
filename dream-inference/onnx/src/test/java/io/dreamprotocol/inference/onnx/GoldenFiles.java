package io.dreamprotocol.inference.onnx;

import com.fasterxml.jackson.jr.ob.JSON;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Reads the golden data that Python wrote: JSON, NumPy arrays, pictures. */
final class GoldenFiles {
    private GoldenFiles() {}

    /** The folder of the golden data. */
    static Path root() {
        return Path.of(System.getProperty("dream.golden"));
    }

    static Object json(Path file) {
        try {
            return JSON.std.anyFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers of a little-endian float32 array in C order. */
    static float[] npy(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int header = bytes.getShort(8);
            String description =
                    StandardCharsets.ISO_8859_1.decode(bytes.slice(10, header)).toString();
            if (!description.contains("'<f4'") || !description.contains("'fortran_order': False")) {
                throw new IOException("no float32 array in C order: " + file);
            }
            bytes.position(10 + header);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The red, green and blue values of a picture, pixel after pixel. */
    static int[] rgb(Path file) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            int[] values = new int[image.getWidth() * image.getHeight() * 3];
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    int pixel = image.getRGB(x, y);
                    int at = (y * image.getWidth() + x) * 3;
                    values[at] = pixel >> 16 & 0xFF;
                    values[at + 1] = pixel >> 8 & 0xFF;
                    values[at + 2] = pixel & 0xFF;
                }
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
