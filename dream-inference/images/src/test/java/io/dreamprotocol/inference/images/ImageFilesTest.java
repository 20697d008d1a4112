package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.StorageException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.RgbImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    private static final String TEXT = "猫 and café 😀\nNegative prompt: none\nSteps: 20, Sampler: Euler a, Seed: 1";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(ImageFormat.class)
    void aPictureAndItsParametersComeBack(ImageFormat format) {
        RgbImage image = Pictures.of(40, 30, 1);

        byte[] file = ImageFiles.write(format, image, Optional.of(TEXT));

        assertThat(ImageFiles.parameters(file)).hasValue(TEXT);
        DecodedImage decoded = ImageFiles.read(file);
        assertThat(decoded.alpha()).isEmpty();
        if (format == ImageFormat.JPEG) {
            assertThat(decoded.image()).hasToString("RgbImage[40x30]");
        } else {
            assertThat(decoded.image()).isEqualTo(image);
        }
        assertThat(ImageFiles.write(format, image, Optional.of(TEXT))).isEqualTo(file);
        assertThat(ImageFiles.parameters(ImageFiles.write(format, image, Optional.empty())))
                .isEmpty();
    }

    @Test
    void aBetterQualityMakesALargerJpegFileThatIsCloserToThePicture() {
        RgbImage image = Resampling.LANCZOS.resize(Pictures.of(20, 20, 2), 80, 60);
        int size = 0;
        long error = Long.MAX_VALUE;
        for (int quality : new int[] {10, 50, 80, 100}) {
            byte[] file = ImageFiles.writeJpeg(image, Optional.empty(), quality);
            long difference = difference(image, ImageFiles.read(file).image());
            assertThat(file.length).isGreaterThan(size);
            assertThat(difference).isLessThan(error);
            size = file.length;
            error = difference;
        }
        assertThat(ImageFiles.write(ImageFormat.JPEG, image, Optional.empty()))
                .isEqualTo(ImageFiles.writeJpeg(image, Optional.empty(), 80));
    }

    private static long difference(RgbImage one, RgbImage other) {
        byte[] a = one.toArray();
        byte[] b = other.toArray();
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            int step = (a[i] & 0xFF) - (b[i] & 0xFF);
            sum += (long) step * step;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 101})
    void aJpegQualityOutOfRangeIsRefused(int quality) {
        assertThatThrownBy(() -> ImageFiles.writeJpeg(Pictures.of(4, 4, 1), Optional.empty(), quality))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("between 1 and 100");
    }

    @Test
    void newParametersReplaceTheOldOnesAndThePictureStays() {
        for (ImageFormat format : new ImageFormat[] {ImageFormat.JPEG, ImageFormat.WEBP}) {
            byte[] file = ImageFiles.write(format, Pictures.of(20, 10, 4), Optional.of("old"));

            byte[] changed = ImageFiles.withParameters(file, TEXT);

            assertThat(ImageFiles.parameters(changed)).hasValue(TEXT);
            assertThat(ImageFiles.read(changed)).isEqualTo(ImageFiles.read(file));
            assertThat(ImageFiles.withParameters(changed, "old")).isEqualTo(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"decode/orientation6.jpg", "decode/orientation3.jpg", "decode/orientation8.webp"})
    void newParametersKeepThePictureUpright(String name) {
        byte[] file = GoldenImages.bytes(name);

        byte[] changed = ImageFiles.withParameters(file, TEXT);

        assertThat(ImageFiles.parameters(changed)).hasValue(TEXT);
        assertThat(ImageFiles.read(changed)).isEqualTo(ImageFiles.read(file));
    }

    @Test
    void parametersThatDoNotFitIntoAJpegFileAreRefused() {
        int most = (65_533 - 6 - 60) / 2;
        byte[] file = ImageFiles.write(ImageFormat.JPEG, Pictures.of(4, 4, 1), Optional.of("x".repeat(most)));
        assertThat(ImageFiles.parameters(file)).hasValue("x".repeat(most));

        assertThatThrownBy(() -> ImageFiles.withParameters(file, "x".repeat(most + 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("write PNG or WebP");
        RgbImage image = Pictures.of(4, 4, 1);
        assertThat(ImageFiles.parameters(ImageFiles.write(ImageFormat.WEBP, image, Optional.of("x".repeat(most + 1)))))
                .hasValue("x".repeat(most + 1));
        assertThatThrownBy(() -> ImageFiles.write(ImageFormat.WEBP, image, Optional.of("x".repeat(2 << 20))))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThatThrownBy(() ->
                        ImageFiles.write(ImageFormat.WEBP, Pictures.of(4, 4, 1), Optional.of("half \uD83D of one")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("surrogate");
    }

    @Test
    void parametersAreNotPutIntoOtherFormats() {
        byte[] png = ImageFiles.write(ImageFormat.PNG, Pictures.of(4, 4, 1), Optional.empty());

        assertThatThrownBy(() -> ImageFiles.withParameters(png, TEXT))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("JPEG and WebP");
    }

    @Test
    void picturesTooWideForAFormatAreRefused() {
        RgbImage wide = Pictures.of(65_501, 1, 1);
        for (ImageFormat format : new ImageFormat[] {ImageFormat.JPEG, ImageFormat.WEBP}) {
            assertThatThrownBy(() -> ImageFiles.write(format, wide, Optional.empty()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("write PNG");
        }
        RgbImage widest = Pictures.of(16_384, 2, 1);
        assertThat(ImageFiles.read(ImageFiles.write(ImageFormat.WEBP, widest, Optional.empty()))
                        .image())
                .isEqualTo(widest);
    }

    @ParameterizedTest
    @CsvSource({
        "a.png,PNG",
        "a.b.JPG,JPEG",
        "/some folder/a.jpeg,JPEG",
        "a.WebP,WEBP",
        ".webp,WEBP",
        "a.gif,",
        "png,",
        "a.png.txt,",
        "'',"
    })
    void theFormatFollowsFromTheName(String name, ImageFormat expected) {
        assertThat(ImageFormat.ofName(name)).isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "'II*\0....................',TIFF",
        "'\0\0\0 ftypavif............',HEIF or AVIF",
        "'\0\0\0\u0018ftypheic............',HEIF or AVIF",
        "'8BPS....................',Photoshop",
        "'\0\0\0\fJXL \r\n\u0087\n............',JPEG XL",
        "'\0\0\1\0................',icon",
        "'<?xml version=\"1.0\"?> <!-- drawn --> <svg xmlns=\"\"/>',SVG",
    })
    void imagesOfOtherKindsAreNamed(String start, String name) {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> ImageFiles.read(bytes))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("PNG");
        assertThatThrownBy(() -> ImageFiles.parameters(bytes)).isInstanceOf(UnsupportedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'',empty",
        "'PK\u0003\u0004.............',ZIP archive",
        "'%PDF-1.7...',PDF",
        "'\u001F\u008B\b............',GZIP",
        "'\0\0\0\u0018ftypisom............',video",
        "'{\"prompt\": \"a cat\"}',text",
        "'b\0\0\0\0\0\0\0{\"__metadata__\"',safetensors",
        "'\u0080\u0004\u0095.........',unknown",
        "'BM',text",
    })
    void filesThatAreNoImagesAreNamed(String start, String name) {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> ImageFiles.read(bytes))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("PNG, JPEG, WebP, GIF or BMP");
    }

    @Test
    void lossyWebpMayCarryATextAndTransparency() {
        byte[] lossy = GoldenImages.bytes("text/latin_lossy.webp");
        assertThat(ImageFiles.read(lossy).alpha()).isEmpty();
        assertThat(ImageFiles.parameters(lossy)).isPresent();

        byte[] alpha = GoldenImages.bytes("decode/lossy_alpha.webp");
        byte[] named = ImageFiles.withParameters(alpha, TEXT);
        assertThat(ImageFiles.parameters(named)).hasValue(TEXT);
        assertThat(ImageFiles.read(named)).isEqualTo(ImageFiles.read(alpha));
    }

    @Test
    void animatedWebpIsRefused() {
        byte[] webp = GoldenImages.bytes("text/latin_lossy.webp");
        byte[] animated = Arrays.copyOf(webp, webp.length + 14);
        ByteBuffer out = ByteBuffer.wrap(animated).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(4, animated.length - 8);
        out.position(webp.length);
        out.put("ANIM".getBytes(StandardCharsets.US_ASCII)).putInt(6);

        assertThatThrownBy(() -> ImageFiles.read(animated))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("animated WebP");
    }

    @Test
    void aFileIsReadByItsPath() throws IOException {
        Path file = Files.write(
                folder.resolve("a.webp"), ImageFiles.write(ImageFormat.WEBP, Pictures.of(5, 6, 1), Optional.of(TEXT)));

        assertThat(ImageFiles.read(file).image()).isEqualTo(Pictures.of(5, 6, 1));
        assertThat(ImageFiles.load(file)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void missingUnreadableAndHugeFilesAreNamed() throws IOException {
        Path missing = folder.resolve("missing.png");
        assertThatThrownBy(() -> ImageFiles.read(missing))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("missing.png");
        assertThatThrownBy(() -> ImageFiles.read(folder)).isInstanceOf(StorageException.class);
        Path huge = folder.resolve("huge.png");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(ImageFiles.MAX_BYTES + 1L);
        }
        assertThatThrownBy(() -> ImageFiles.read(huge))
                .isInstanceOf(DreamException.class)
                .extracting(e -> ((DreamException) e).code())
                .isEqualTo(ErrorCode.IMAGE_MALFORMED);
    }
}
