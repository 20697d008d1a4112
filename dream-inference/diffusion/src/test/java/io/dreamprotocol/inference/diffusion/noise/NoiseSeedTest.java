package io.dreamprotocol.inference.diffusion.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseSeedTest {
    private static final int CHANNELS = 4;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;

    @ParameterizedTest
    @EnumSource
    void aPlainSeedGivesTheKindsOwnNoise(NoiseKind kind) {
        NoiseSource plain = kind.source(7);
        NoiseSource seeded = NoiseSeed.of(7).source(kind, CHANNELS, HEIGHT, WIDTH);
        assertThat(draw(seeded)).isEqualTo(draw(plain));
        assertThat(draw(seeded)).isEqualTo(draw(plain));
    }

    @Test
    void strengthOneGivesTheSubseedsNoiseAndThenGoesOnWithTheSeed() {
        NoiseSource mixed = NoiseSeed.of(7).withSubseed(8, 1).source(NoiseKind.CPU, CHANNELS, HEIGHT, WIDTH);
        assertThat(draw(mixed)).isEqualTo(draw(NoiseKind.CPU.source(8)));
        NoiseSource plain = NoiseKind.CPU.source(7);
        draw(plain);
        assertThat(draw(mixed)).isEqualTo(draw(plain));
    }

    @Test
    void aSubseedTurnsEveryColumnTowardsItsOwn() {
        double share = 0.3;
        float[] from = draw(NoiseKind.CPU.source(7));
        float[] to = draw(NoiseKind.CPU.source(8));
        float[] mixed = draw(NoiseSeed.of(7).withSubseed(8, share).source(NoiseKind.CPU, CHANNELS, HEIGHT, WIDTH));
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int x = 0; x < WIDTH; x++) {
                double[] a = unit(column(from, channel, x));
                double[] b = unit(column(to, channel, x));
                double angle = Math.acos(dot(a, b));
                for (int y = 0; y < HEIGHT; y++) {
                    int i = (channel * HEIGHT + y) * WIDTH + x;
                    double expected = (Math.sin((1 - share) * angle) * from[i] + Math.sin(share * angle) * to[i])
                            / Math.sin(angle);
                    assertThat((double) mixed[i]).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    @Test
    void aQuarterTurnHalvesIntoEighths() {
        float[] image = {1, 0};
        SphericalInterpolation.mix(image, new float[] {0, 1}, 0.5, 2, 1);
        assertThat(image).containsExactly(new float[] {0.7071068f, 0.7071068f}, within(1e-6f));
    }

    @Test
    void aSubseedEqualToTheSeedChangesNothing() {
        NoiseSource mixed = NoiseSeed.of(7).withSubseed(7, 0.25).source(NoiseKind.GPU, CHANNELS, HEIGHT, WIDTH);
        assertThat(draw(mixed)).containsExactly(draw(NoiseKind.GPU.source(7)), within(1e-6f));
    }

    @Test
    void theDeltaReseedsAllButTheFirstDraw() {
        NoiseSource source =
                NoiseSeed.of(7).withEtaNoiseSeedDelta(31337).source(NoiseKind.CPU, CHANNELS, HEIGHT, WIDTH);
        NoiseSource later = NoiseKind.CPU.source(7 + 31337);
        assertThat(draw(source)).isEqualTo(draw(NoiseKind.CPU.source(7)));
        assertThat(draw(source)).isEqualTo(draw(later));
        assertThat(draw(source)).isEqualTo(draw(later));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aStrengthOutsideZeroToOneIsRefused(double strength) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NoiseSeed.of(7).withSubseed(8, strength))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void mixingNeedsTheWholeImage() {
        NoiseSource mixed = NoiseSeed.of(7).withSubseed(8, 0.5).source(NoiseKind.CPU, CHANNELS, HEIGHT, WIDTH);
        assertThatIllegalArgumentException().isThrownBy(() -> mixed.fill(new float[16]));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4294967296L})
    void numpyHasOnlySeedsOf32Bits(long seed) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NoiseKind.NUMPY.source(seed))
                .withMessageContaining("0 to 4294967295");
    }

    private static float[] draw(NoiseSource source) {
        float[] values = new float[CHANNELS * HEIGHT * WIDTH];
        source.fill(values);
        return values;
    }

    private static double[] column(float[] image, int channel, int x) {
        double[] values = new double[HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            values[y] = image[(channel * HEIGHT + y) * WIDTH + x];
        }
        return values;
    }

    private static double[] unit(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        double[] scaled = vector.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] /= length;
        }
        return scaled;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
