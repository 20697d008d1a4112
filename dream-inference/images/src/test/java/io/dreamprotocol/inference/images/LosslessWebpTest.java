package io.dreamprotocol.inference.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.image.RgbImage;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LosslessWebpTest {
    private static RgbImage decode(byte[] data, int width, int height) {
        return Pixels.ofArgb(width, height, LosslessWebpDecoder.decode(data, width, height), false)
                .upright(1)
                .image();
    }

    /** Kinds of values that bring out every part of the encoder. */
    private static int value(int kind, int i, int width, Random random) {
        return switch (kind) {
            case 0 -> random.nextInt(256);
            case 1 -> random.nextInt(3);
            case 2 -> (int) Math.round(random.nextGaussian() * 9) + 100;
            case 3 -> i % 21;
            // Frequencies that halve from value to value want codes longer than there are.
            case 4 -> 3 * Integer.numberOfTrailingZeros(random.nextInt() | 1 << 30);
            case 5 -> i / 3 % width * 255 / width;
            default -> 77;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void picturesOfEveryKindComeBack(int kind) {
        Random random = new Random(kind);
        for (int round = 0; round < 25; round++) {
            int width = 1 + random.nextInt(round == 0 ? 300 : 40);
            int height = 1 + random.nextInt(round == 0 ? 200 : 40);
            byte[] rgb = new byte[3 * width * height];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) value(kind, i, width, random);
            }
            RgbImage image = RgbImage.of(width, height, rgb);

            assertThat(decode(LosslessWebpEncoder.encode(image), width, height)).isEqualTo(image);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] data = LosslessWebpEncoder.encode(Pictures.of(30, 20, 1));
        for (int length = 5; length < data.length; length++) {
            byte[] cut = Arrays.copyOf(data, length);
            assertThatThrownBy(() -> decode(cut, 30, 20)).isInstanceOf(CorruptDataException.class);
        }
    }

    /** Writes a header and lets a test go on from there. */
    private static BitWriter begin() {
        BitWriter out = new BitWriter();
        out.write(LosslessWebpDecoder.SIGNATURE, 8);
        out.write(3, 14);
        out.write(3, 14);
        out.write(0, 4);
        return out;
    }

    private static void isRefused(BitWriter bits, String reason) {
        // More bits than any test needs, so that none ends early.
        for (int i = 0; i < 100; i++) {
            bits.write(0, 32);
        }
        byte[] data = bits.toBytes();
        assertThatThrownBy(() -> decode(data, 4, 4))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(reason);
    }

    /** Writes the code for green and lengths, and for all else codes of one symbol. */
    private static void writeCodes(int[] greens, BitWriter out) {
        PrefixCodeWriter.of(greens).writeLengths(out);
        for (int i = 0; i < 4; i++) {
            PrefixCodeWriter.of(new int[256]).writeLengths(out);
        }
    }

    @Test
    void aTransformThatIsThereTwiceIsRefused() {
        BitWriter out = begin();
        for (int i = 0; i < 2; i++) {
            out.write(1, 1);
            out.write(LosslessWebpDecoder.SUBTRACT_GREEN, 2);
        }
        isRefused(out, "twice");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 12, 15})
    void aColourCacheOfWrongSizeIsRefused(int bits) {
        BitWriter out = begin();
        out.write(0, 1);
        out.write(1, 1);
        out.write(bits, 4);
        isRefused(out, "cache");
    }

    @Test
    void aPrefixCodeThatIsNotCompleteIsRefused() {
        BitWriter out = begin();
        out.write(0, 3);
        // A normal code with the lengths 2 for two of the codes for lengths, and none for the others.
        out.write(0, 1);
        out.write(0, 4);
        out.write(2 | 2 << 3, 12);
        isRefused(out, "not complete");
    }

    @Test
    void aPrefixCodeOfTooManyLengthsIsRefused() {
        BitWriter out = begin();
        out.write(0, 3);
        out.write(0, 1);
        out.write(0, 4);
        out.write(1 | 1 << 3, 12);
        // At most 2 + 16,383 of 280 lengths.
        out.write(1, 1);
        out.write(6, 3);
        out.write(16_383, 14);
        isRefused(out, "too many lengths");
    }

    @Test
    void aCopyOfPixelsBeforeTheFirstIsRefused() {
        BitWriter out = begin();
        out.write(0, 3);
        int[] greens = new int[280];
        greens[256] = 1;
        writeCodes(greens, out);
        isRefused(out, "not there");
    }

    @Test
    void anUnknownVersionIsRefused() {
        BitWriter out = new BitWriter();
        out.write(LosslessWebpDecoder.SIGNATURE, 8);
        out.write(3 | 3 << 14, 28);
        out.write(1 << 1, 4);
        isRefused(out, "version");
    }

    @Test
    void anUnknownPredictorIsRefused() {
        BitWriter out = begin();
        out.write(1, 1);
        out.write(LosslessWebpDecoder.PREDICTOR, 2);
        out.write(0, 3);
        out.write(0, 1);
        int[] greens = new int[256];
        greens[14] = 1;
        writeCodes(greens, out);
        isRefused(out, "predictor");
    }
}
