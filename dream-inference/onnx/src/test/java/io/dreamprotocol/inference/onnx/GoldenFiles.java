package io.dreamprotocol.inference.onnx;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.image.RgbImage;
import java.awt.image.Raster;
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
        byte[] bytes = picture(file).toArray();
        int[] values = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return values;
    }

    /** A picture in colour or in grey. */
    static RgbImage picture(Path file) {
        try {
            Raster raster = ImageIO.read(file.toFile()).getRaster();
            byte[] values = new byte[raster.getWidth() * raster.getHeight() * 3];
            for (int i = 0; i < values.length; i++) {
                int band = raster.getNumBands() == 1 ? 0 : i % 3;
                int pixel = i / 3;
                values[i] = (byte) raster.getSample(pixel % raster.getWidth(), pixel / raster.getWidth(), band);
            }
            return RgbImage.of(raster.getWidth(), raster.getHeight(), values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
