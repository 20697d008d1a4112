package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values were computed with PyTorch 2.15 and NumPy 2.4 on an AVX-512 machine. */
final class Float32Test {

    /** In the first four the last digit differs from that of the correctly rounded logarithm. */
    @ParameterizedTest
    @CsvSource({
        "2.9912565, 1.0956936",
        "6.2712297, 1.8359725",
        "17.44816, 2.8592343",
        "0.4112193, -0.8886286",
        "14.614647, 2.6820242",
        "8.507450111210346e-4, -7.069398",
        "1, 0"
    })
    void logarithmsAreNumPys(float x, float expected) {
        assertThat(Float32.rationalLog(x)).isEqualTo(expected);
    }

    /** The first and the last noise level of Stable Diffusion; correct rounding would give 0.029167533 for the first. */
    @ParameterizedTest
    @CsvSource({"8.507450111210346e-4, 0.029167535", "213.58791, 14.614647", "17.44816, 4.177099", "2, 1.4142135"})
    void rootsArePyTorchs(float x, float expected) {
        assertThat(Float32.sqrt(x)).isEqualTo(expected);
    }

    @Test
    void rootsAreWithinOneUnitOfTheLastPlace() {
        for (float x = 1e-30f; x < 1e30f; x *= 1.37f) {
            float exact = (float) Math.sqrt(x);
            assertThat(Math.abs(Float32.sqrt(x) - exact)).as("root of %s", x).isLessThanOrEqualTo(Math.ulp(exact));
        }
    }

    @Test
    void rootsOfSpecialValuesAreThoseOfTheStandard() {
        assertThat(Float32.sqrt(0)).isZero();
        assertThat(Float32.sqrt(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Float32.sqrt(-1)).isNaN();
        assertThat(Float32.sqrt(Float.NaN)).isNaN();
    }

    @Test
    void evenlySpacedNumbersIncludeBothEnds() {
        assertThat(Float32.linspace(0, 1, 5)).containsExactly(0, 0.25f, 0.5f, 0.75f, 1);
        assertThat(Float32.linspace(3, 9, 1)).containsExactly(3);
    }
}
