package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.PngFile;
import io.dreamprotocol.core.image.PngPixels;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files made to break a reader: each is refused with a named error, or read without harm. */
class HostileImagesTest {
    /** Much less than any of the bombs asks for. */
    private static final long LITTLE_MEMORY = 16 << 20;

    private static final int MUTATIONS = 100;

    static Stream<String> files() {
        return Stream.of("decode", "text", "webp")
                .flatMap(part -> GoldenImages.rows(part).stream())
                .map((Map<String, Object> row) -> (String) row.get("file"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void changedFilesAreReadOrRefusedByName(String name) {
        byte[] original = GoldenImages.bytes(name);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] changed = original.clone();
            switch (random.nextInt(4)) {
                case 0 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
                case 1 -> changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    for (int j = random.nextInt(8); j >= 0; j--) {
                        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                    }
                }
                default -> {
                    // Extreme numbers, mostly in the headers.
                    int at = random.nextInt(Math.min(changed.length - 4, 120));
                    ByteBuffer.wrap(changed)
                            .putInt(at, random.nextBoolean() ? -1 : Integer.MIN_VALUE >> random.nextInt(32));
                }
            }
            if (PngFile.isPng(changed)) {
                changed = withRightChecksums(changed);
            }
            readOrRefuse(changed);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyTruncationIsRefusedOrReadWithoutHarm(String name) {
        byte[] original = GoldenImages.bytes(name);
        int step = Math.max(1, original.length / 150);
        for (int length = 0; length < original.length; length += step) {
            readOrRefuse(Arrays.copyOf(original, length));
        }
    }

    /** Lets mutations of PNG files get past the checksums, to where the decoder is. */
    private static byte[] withRightChecksums(byte[] png) {
        ByteBuffer file = ByteBuffer.wrap(png);
        int at = 8;
        while (at + 12 <= png.length) {
            int length = file.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, length + 4);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
        return png;
    }

    private static void readOrRefuse(byte[] bytes) {
        for (ThrowingCallable reading : List.<ThrowingCallable>of(
                () -> ImageFiles.read(bytes),
                () -> ImageFiles.parameters(bytes),
                () -> ImageFiles.withParameters(bytes, "text"))) {
            try {
                reading.call();
            } catch (DreamException e) {
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            } catch (Throwable e) {
                throw new AssertionError(
                        "not refused by name: " + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 400)), e);
            }
        }
    }

    private static void isRefusedWithLittleMemory(byte[] bytes, String reason) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ImageFiles.read(GoldenImages.bytes("decode/420.jpg"));
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> ImageFiles.read(bytes))
                .isInstanceOf(DreamException.class)
                .hasMessageContaining(reason);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(LITTLE_MEMORY);
    }

    private static byte[] png(int width, int height, int depth, int colour, byte[] pixels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) depth)
                .put((byte) colour)
                .array();
        putChunk(out, "IHDR", header);
        putChunk(out, "IDAT", pixels);
        putChunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void putChunk(ByteArrayOutputStream out, String type, byte[] data) {
        byte[] chunk = ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(data)
                .array();
        CRC32 crc = new CRC32();
        crc.update(chunk, 4, 4 + data.length);
        out.writeBytes(ByteBuffer.wrap(chunk)
                .putInt(8 + data.length, (int) crc.getValue())
                .array());
    }

    @ParameterizedTest
    @CsvSource({"100000,100000", "2147483647,2147483647", "-1,-1", "8193,8192", "67108865,1", "0,5"})
    void hugePngFilesAreRefusedBeforeMemoryIsTaken(int width, int height) {
        isRefusedWithLittleMemory(png(width, height, 8, 2, new byte[100]), "pixels");
    }

    @Test
    void aPngFileThatCannotHoldItsPixelsIsRefusedBeforeMemoryIsTaken() {
        isRefusedWithLittleMemory(png(8192, 8192, 16, 6, new byte[1000]), "end early");
    }

    @Test
    void hugeJpegFilesAreRefusedBeforeMemoryIsTaken() {
        byte[] jpeg = GoldenImages.bytes("decode/444.jpg");
        int frame = indexOf(jpeg, 0xFF, 0xC0);
        ByteBuffer.wrap(jpeg).putInt(frame + 5, 0xFFFF_FFFF);

        isRefusedWithLittleMemory(jpeg, "pixels");
    }

    @Test
    void aJpegFileOfManyScansIsRefused() {
        byte[] jpeg = GoldenImages.bytes("decode/progressive.jpg");
        int scan = lastIndexOf(jpeg, 0xFF, 0xDA);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, scan);
        for (int i = 0; i < JpegFile.MAX_SCANS; i++) {
            out.write(jpeg, scan, jpeg.length - 2 - scan);
        }
        out.write(jpeg, jpeg.length - 2, 2);

        isRefusedWithLittleMemory(out.toByteArray(), "scans");
    }

    @Test
    void aJpegFileOfManySegmentsIsRefused() {
        byte[] jpeg = GoldenImages.bytes("decode/444.jpg");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        for (int i = 0; i <= JpegFile.MAX_SEGMENTS; i++) {
            out.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 2});
        }
        out.write(jpeg, 2, jpeg.length - 2);

        isRefusedWithLittleMemory(out.toByteArray(), "segments");
    }

    @Test
    void aJpegFileThatEndsInItsPictureIsRefused() {
        byte[] jpeg = GoldenImages.bytes("decode/444.jpg");
        byte[] cut = Arrays.copyOf(jpeg, jpeg.length / 2 + 200);
        assertThatThrownBy(() -> ImageFiles.read(cut)).hasMessageContaining("truncated");
        byte[] ended = Arrays.copyOf(cut, cut.length + 2);
        ended[cut.length] = (byte) 0xFF;
        ended[cut.length + 1] = (byte) 0xD9;

        assertThatThrownBy(() -> ImageFiles.read(ended))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void arithmeticallyCodedJpegFilesAreNamed() {
        byte[] jpeg = GoldenImages.bytes("decode/444.jpg");
        jpeg[indexOf(jpeg, 0xFF, 0xC0) + 1] = (byte) 0xC9;

        assertThatThrownBy(() -> ImageFiles.read(jpeg)).hasMessageContaining("arithmetically coded");
    }

    @Test
    void hugeWebpFilesAreRefusedBeforeMemoryIsTaken() {
        byte[] data = {0x2F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 0, 0, 0, 0};

        isRefusedWithLittleMemory(WebpFile.ofLossless(data).toBytes(), "pixels");
    }

    @Test
    void hugeLossyWebpFilesAreRefusedBeforeMemoryIsTaken() {
        byte[] webp = GoldenImages.bytes("decode/lossy_q20.webp");
        ByteBuffer.wrap(webp)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(26, (short) 0x3FFF)
                .putShort(28, (short) 0x3FFF);
        isRefusedWithLittleMemory(webp, "pixels");
        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putShort(26, (short) 0);
        isRefusedWithLittleMemory(webp, "pixels");
    }

    @Test
    void aLossyWebpPictureOfAnotherSizeThanItsHeaderIsRefused() {
        byte[] webp = GoldenImages.bytes("decode/lossy_alpha.webp");
        webp[24]++;
        assertThatThrownBy(() -> ImageFiles.read(webp))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("another size");
    }

    @Test
    void aWebpHeaderThatDisagreesWithItsPictureIsRefused() {
        byte[] webp = GoldenImages.bytes("text/latin_lossless.webp");
        webp[24]++;

        assertThatThrownBy(() -> ImageFiles.read(webp))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("another size");
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "4", "2147483647", "-1"})
    void aWebpFileOfAnotherSizeThanItSaysIsRefused(int size) {
        byte[] webp = GoldenImages.bytes("text/none.webp");
        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(4, size);

        assertThatThrownBy(() -> ImageFiles.read(webp)).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void aWebpFileOfManyChunksIsRefused() {
        byte[] webp = Arrays.copyOf(GoldenImages.bytes("text/none.webp"), 100_000);
        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).putInt(4, webp.length - 8);

        assertThatThrownBy(() -> ImageFiles.read(webp))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("chunks");
    }

    @Test
    void hugeGifFilesAreRefusedBeforeMemoryIsTaken() {
        byte[] gif = GoldenImages.bytes("decode/plain.gif");
        ByteBuffer.wrap(gif).putInt(6, -1);

        isRefusedWithLittleMemory(gif, "pixels");
    }

    @Test
    void aGifPictureLargerThanItsScreenIsRefused() {
        byte[] gif = GoldenImages.bytes("decode/plain.gif");
        ByteBuffer.wrap(gif).order(ByteOrder.LITTLE_ENDIAN).putShort(6, (short) 3);

        isRefusedWithLittleMemory(gif, "damaged");
    }

    @ParameterizedTest
    @CsvSource({
        "18,2147483647,pixels",
        "18,-5,pixels",
        "22,-2147483648,pixels",
        "18,8000,end early",
        "46,2000000000,palette",
        "10,2000000000,end early",
        "30,4,another image",
        "30,5,another image",
        "14,124,end early"
    })
    void bmpHeadersThatLieAreRefusedBeforeMemoryIsTaken(int at, int value, String reason) {
        byte[] bmp = GoldenImages.bytes("decode/rgb.bmp");
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);

        isRefusedWithLittleMemory(bmp, reason);
    }

    @Test
    void anUnknownCriticalPngChunkIsRefused() {
        byte[] png = PngPixels.encode(Pictures.of(4, 4, 1), List.of()).toBytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(png, 0, 33);
        putChunk(out, "DEEP", new byte[3]);
        out.write(png, 33, png.length - 33);

        assertThatThrownBy(() -> ImageFiles.read(out.toByteArray())).hasMessageContaining("DEEP");
    }

    private static int indexOf(byte[] bytes, int first, int second) {
        for (int i = 0; i + 1 < bytes.length; i++) {
            if ((bytes[i] & 0xFF) == first && (bytes[i + 1] & 0xFF) == second) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    private static int lastIndexOf(byte[] bytes, int first, int second) {
        for (int i = bytes.length - 2; i >= 0; i--) {
            if ((bytes[i] & 0xFF) == first && (bytes[i + 1] & 0xFF) == second) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }
}
