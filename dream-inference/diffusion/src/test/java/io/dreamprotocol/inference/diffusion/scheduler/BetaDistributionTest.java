package io.dreamprotocol.inference.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BetaDistributionTest {

    /** With both shapes one half the distribution is the arcsine law, whose quantile is known in closed form. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999})
    void agreesWithTheArcsineLaw(double probability) {
        double sine = Math.sin(Math.PI * probability / 2);

        assertThat(BetaDistribution.quantile(probability, 0.5, 0.5)).isCloseTo(sine * sine, within(1e-12));
    }

    /** With shapes n and 1 the distribution is a power law. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.2, 0.5, 0.8, 0.99})
    void agreesWithAPowerLaw(double probability) {
        assertThat(BetaDistribution.quantile(probability, 3, 1)).isCloseTo(Math.cbrt(probability), within(1e-12));
        assertThat(BetaDistribution.quantile(probability, 1, 3))
                .isCloseTo(1 - Math.cbrt(1 - probability), within(1e-12));
    }

    @Test
    void theEndsAreExact() {
        assertThat(BetaDistribution.quantile(0, 0.6, 0.6)).isZero();
        assertThat(BetaDistribution.quantile(1, 0.6, 0.6)).isEqualTo(1);
    }
}
