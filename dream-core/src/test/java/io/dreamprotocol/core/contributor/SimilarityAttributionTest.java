package io.dreamprotocol.core.contributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.style.Contribution;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimilarityAttributionTest {
    private static final AccountId ANN = new AccountId("evm:aa");
    private static final AccountId BOB = new AccountId("evm:bb");
    private static final AccountId EVE = new AccountId("evm:ee");

    private static SimilarityAttribution three() {
        return SimilarityAttribution.builder()
                .add(ANN, new float[] {1, 0})
                .add(BOB, new float[] {3, 3})
                .add(EVE, new float[] {-2, 0})
                .build();
    }

    @Test
    void theNearestComesFirst() {
        List<SimilarityAttribution.Neighbour> nearest = three().nearest(new float[] {5, 0}, 2);

        assertThat(nearest).extracting(SimilarityAttribution.Neighbour::account).containsExactly(ANN, BOB);
        assertThat(nearest.getFirst().cosine()).isEqualTo(1);
        assertThat(nearest.getLast().cosine()).isEqualTo(Math.sqrt(0.5), within(1e-6));
        assertThat(three().nearest(new float[] {5, 0}, 1000)).hasSize(3);
    }

    @Test
    void aSampleIsSharedByCosineAndNobodyGetsLessThanNothing() {
        ContributionList list = three().weigh(List.of(new float[] {5, 0}), 3);

        long bob = (long) (1_000_000 * Math.sqrt(0.5) / (1 + Math.sqrt(0.5)));
        assertThat(list.find(BOB).orElseThrow().weight()).isBetween(bob - 1, bob + 1);
        assertThat(list.totalWeight()).isEqualTo(1_000_000);
        assertThat(list.find(EVE)).isEmpty();
    }

    @Test
    void everySampleCountsTheSame() {
        ContributionList list = three().weigh(List.of(new float[] {1, 0}, new float[] {-900, 0}), 1);

        assertThat(list.find(ANN)).contains(new Contribution(ANN, 1_000_000));
        assertThat(list.find(EVE)).contains(new Contribution(EVE, 1_000_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverTheVectorsTheSharesAddUp(long seed) {
        Random random = new Random(seed);
        SimilarityAttribution.Builder builder = SimilarityAttribution.builder();
        for (int i = 0; i < 500; i++) {
            builder.add(new AccountId("evm:" + random.nextInt(20)), vector(random));
        }
        List<float[]> samples = Stream.generate(() -> vector(random)).limit(50).toList();

        SimilarityAttribution attribution = builder.build();
        ContributionList list = attribution.weigh(samples, 10);

        assertThat(list.totalWeight()).isEqualTo(50L * SimilarityAttribution.PARTS);
        assertThat(attribution.weigh(samples, 10).root(Optional.empty())).isEqualTo(list.root(Optional.empty()));
    }

    private static float[] vector(Random random) {
        float[] vector = new float[16];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    @Test
    void imagesAreEmbeddedByWhatTheCallerGives() {
        RgbImage image = RgbImage.of(1, 1, new byte[] {(byte) 200, 0, 0});
        SimilarityAttribution attribution = SimilarityAttribution.builder()
                .add(ANN, image, of -> new float[] {of.width(), of.height()})
                .build();

        assertThat(attribution.nearest(new float[] {2, 2}, 1).getFirst().cosine())
                .isEqualTo(1, within(1e-6));
    }

    @Test
    void vectorsThatNobodyCanCompareAreRefused() {
        assertWrong(new float[] {1});
        assertWrong(new float[] {1, 2, 3});
        assertWrong(new float[] {0, 0});
        assertWrong(new float[] {Float.NaN, 0});
        assertWrong(new float[] {Float.POSITIVE_INFINITY, 0});
        assertThatThrownBy(() -> SimilarityAttribution.builder().add(ANN, new float[0]))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> SimilarityAttribution.builder().add(ANN, new float[4097]))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> SimilarityAttribution.builder().build()).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> three().nearest(new float[] {1, 0}, 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> three().nearest(new float[] {1, 0}, 1001)).isInstanceOf(InvalidInputException.class);
    }

    private static void assertWrong(float[] vector) {
        assertThatThrownBy(() -> three().nearest(vector, 1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> SimilarityAttribution.builder()
                        .add(ANN, new float[] {1, 0})
                        .add(ANN, vector))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void samplesThatResembleNothingWeighNobody() {
        SimilarityAttribution one =
                SimilarityAttribution.builder().add(ANN, new float[] {1, 0}).build();
        assertThatThrownBy(() -> one.weigh(List.of(new float[] {-1, 0}), 1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> one.weigh(List.of(), 1)).isInstanceOf(InvalidInputException.class);
    }
}
