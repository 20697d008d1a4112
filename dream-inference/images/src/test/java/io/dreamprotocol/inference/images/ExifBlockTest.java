package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExifBlockTest {
    /** What piexif 1.1.3 writes for the comment {@code hi é}. */
    private static final byte[] BY_PIEXIF = HexFormat.of()
            .parseHex("4d4d002a000000080001876900040000" + "00010000001a00000000000192860007"
                    + "0000001000000028554e49434f444500" + "00680069002000e9");

    private static void isRefused(byte[] block, String reason) {
        assertThatThrownBy(() -> ExifBlock.read(block).comment())
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(reason);
    }

    private static byte[] changed(int at, int value) {
        return ByteBuffer.wrap(BY_PIEXIF.clone()).putInt(at, value).array();
    }

    @Test
    void writesWhatPiexifWritesAndReadsIt() {
        assertThat(ExifBlock.write("hi é", 1)).isEqualTo(BY_PIEXIF);
        assertThat(ExifBlock.read(BY_PIEXIF).comment()).hasValue("hi é");
        assertThat(ExifBlock.read(BY_PIEXIF).orientation()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
    void keepsTheOrientation(int orientation) {
        ExifBlock block = ExifBlock.read(ExifBlock.write("text", orientation));

        assertThat(block.orientation()).isEqualTo(orientation);
        assertThat(block.comment()).hasValue("text");
    }

    @Test
    void anOrientationOutOfRangeCountsAsUpright() {
        byte[] block = ExifBlock.write("text", 6);
        for (int value : new int[] {0, 9, 0xFFFF}) {
            ByteBuffer.wrap(block).putShort(18, (short) value);
            assertThat(ExifBlock.read(block).orientation()).isEqualTo(1);
        }
    }

    @Test
    void everyTruncationIsRefusedOrHasNoComment() {
        for (int length = 0; length < BY_PIEXIF.length; length++) {
            byte[] cut = Arrays.copyOf(BY_PIEXIF, length);
            assertThatThrownBy(() -> ExifBlock.read(cut).comment()).isInstanceOf(CorruptDataException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,0x4d4d002b,TIFF",
        "0,0x4e4e002a,byte order",
        "4,0,offset",
        "4,7,offset",
        "4,0x7fffffff,offset",
        "4,-1,offset",
        "4,55,outside",
        "18,-1,offset",
        "18,0x7ffffff0,offset",
        "32,-1,longer",
        "32,0x7fffffff,longer",
        "32,25,longer",
        "36,-1,offset",
        "36,0,offset"
    })
    void numbersThatLieAreRefused(int at, String value, String reason) {
        isRefused(changed(at, Long.decode(value).intValue()), reason);
    }

    @Test
    void directoriesOfHugeCountsAreRefused() {
        isRefused(ByteBuffer.wrap(BY_PIEXIF.clone()).putShort(8, (short) -1).array(), "more entries than fit");
        isRefused(ByteBuffer.wrap(BY_PIEXIF.clone()).putShort(26, (short) 3).array(), "more entries than fit");
        byte[] many = Arrays.copyOf(BY_PIEXIF, 20_000);
        isRefused(ByteBuffer.wrap(many).putShort(8, (short) 1_001).array(), "more entries than fit");
    }

    @Test
    void aDirectoryThatLeadsToItselfIsLookedAtOnce() {
        assertThat(ExifBlock.read(changed(18, 8)).comment()).isEmpty();
        // And so is one whose successor is itself.
        assertThat(ExifBlock.read(changed(22, 8)).comment()).hasValue("hi é");
    }

    @Test
    void aValueOfUnknownTypeIsRefused() {
        isRefused(ByteBuffer.wrap(BY_PIEXIF.clone()).putShort(30, (short) 14).array(), "unknown type");
        isRefused(ByteBuffer.wrap(BY_PIEXIF.clone()).putShort(30, (short) 0).array(), "unknown type");
    }

    @Test
    void aHugeTextIsRefused() {
        byte[] block = ExifBlock.write("x".repeat(ExifBlock.MAX_COMMENT / 2), 1);

        isRefused(block, "too long");
    }

    @Test
    void randomBytesAreRefusedOrRead() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] block = BY_PIEXIF.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                block[random.nextInt(block.length)] = (byte) random.nextInt(256);
            }
            try {
                ExifBlock exif = ExifBlock.read(block);
                assertThat(exif.orientation()).isBetween(1, 8);
                exif.comment();
            } catch (CorruptDataException e) {
                assertThat(e).hasMessageContaining("Exif");
            }
        }
    }
}
