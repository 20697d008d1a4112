package io.dreamprotocol.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {
    private static RgbImage picture(int width, int height, long seed) {
        Random random = new Random(seed);
        byte[] rgb = new byte[width * height * 3];
        // Smooth areas and noise, so that every filter is the best somewhere.
        for (int i = 0; i < rgb.length; i++) {
            int row = i / (width * 3);
            rgb[i] = (byte) (row % 3 == 0 ? i / 3 + row : row % 3 == 1 ? random.nextInt(256) : row * 5);
        }
        return RgbImage.of(width, height, rgb);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2", "128,128", "64,200", "257,5"})
    void aPictureComesBackAndOthersReadIt(int width, int height) throws Exception {
        RgbImage image = picture(width, height, 1);
        byte[] bytes = PngPixels.encode(image, List.of()).toBytes();

        assertThat(PngPixels.decode(PngFile.read(bytes))).isEqualTo(image);
        BufferedImage other = ImageIO.read(new ByteArrayInputStream(bytes));
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                assertThat(other.getRGB(x, y) & 0xFFFFFF).isEqualTo(image.pixel(x, y));
            }
        }
    }

    @Test
    void filesOfOthersAreRead() throws Exception {
        RgbImage image = picture(40, 30, 2);
        BufferedImage buffered = new BufferedImage(40, 30, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                buffered.setRGB(x, y, 0xFF000000 | image.pixel(x, y));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(buffered, "png", out);

        assertThat(PngPixels.decode(PngFile.read(out.toByteArray()))).isEqualTo(image);
    }

    @ParameterizedTest
    @CsvSource({"a red apple, tEXt", "café, tEXt", "りんご, iTXt", "🍎, iTXt"})
    void textsOutsideLatin1AreInternational(String text, String type) {
        PngFile file = PngPixels.encode(picture(4, 4, 3), List.of(PngChunk.ofText("parameters", text)));
        PngFile read = PngFile.read(file.toBytes());

        assertThat(read.text("parameters")).hasValue(text);
        assertThat(read.chunks().get(1).type()).isEqualTo(type);
    }

    @Test
    void everyTruncationAndEveryChangedByteIsNoticed() {
        byte[] good = PngPixels.encode(picture(9, 7, 4), List.of(PngChunk.ofText("parameters", "x")))
                .toBytes();
        for (int i = 0; i < good.length; i++) {
            byte[] shorter = Arrays.copyOf(good, i);
            assertThatThrownBy(() -> PngFile.read(shorter)).isInstanceOf(CorruptDataException.class);
            byte[] changed = good.clone();
            changed[i] ^= 0x20;
            assertThatThrownBy(() -> PngFile.read(changed)).isInstanceOf(DreamException.class);
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> PngFile.read(longer)).hasMessageContaining("follow its end");
    }

    @Test
    void aTextBombIsRefused() {
        byte[] zeros = new byte[64 << 20];
        java.util.zip.Deflater deflater = new java.util.zip.Deflater(9);
        deflater.setInput(zeros);
        deflater.finish();
        byte[] packed = new byte[1 << 20];
        int length = deflater.deflate(packed);
        deflater.end();
        byte[] data = new byte[12 + length];
        System.arraycopy("parameters".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, data, 0, 10);
        System.arraycopy(packed, 0, data, 12, length);
        PngFile bomb = PngPixels.encode(picture(4, 4, 5), List.of(new PngChunk("zTXt", data)));

        assertThatThrownBy(() -> bomb.text("parameters"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void aPixelBombIsRefused() {
        PngFile small = PngPixels.encode(picture(4, 4, 6), List.of());
        byte[] bytes = small.toBytes();
        // The header claims a picture far larger than its data; its checksum is made right.
        byte[] header = small.chunks().getFirst().data();
        header[0] = 0x7F;
        header[4] = 0x7F;
        PngFile bomb = new PngFile(List.of(
                new PngChunk("IHDR", header),
                small.chunks().get(1),
                small.chunks().get(2)));
        assertThat(bomb.toBytes()).hasSameSizeAs(bytes);
        assertThatThrownBy(() -> PngPixels.decode(bomb)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void aFileOfTooManyChunksIsRefused() {
        byte[] one = PngPixels.encode(picture(1, 1, 3), List.of()).toBytes();
        byte[] empty = new PngFile(List.of(new PngChunk("teSt", new byte[0]))).toBytes();
        int chunk = empty.length - 8;
        byte[] many = Arrays.copyOf(one, one.length + PngFile.MAX_CHUNKS * chunk);
        int end = one.length - 12;
        for (int i = 0; i < PngFile.MAX_CHUNKS; i++) {
            System.arraycopy(empty, 8, many, end + i * chunk, chunk);
        }
        System.arraycopy(one, end, many, many.length - 12, 12);

        assertThatThrownBy(() -> PngFile.read(many))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("chunks");
    }
}
