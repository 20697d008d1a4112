package io.dreamprotocol.core.contributor;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.RgbImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Weighs contributors by how much their training images resemble what the model makes: for each sample image the nearest training
 * images by the cosine of their embeddings.
 *
 * <p>This is the nearest-neighbour baseline of data attribution, and it measures resemblance, not cause. An image may have
 * taught the model much and resemble none of its samples; another may resemble a sample that would be the same without it.
 * Embeddings that were not tuned for the task lack accuracy when they are measured against slower methods (Wang et al.,
 * "Evaluating Data Attribution for Text-to-Image Models", arXiv 2306.09345; "Fast Data Attribution for Text-to-Image Models",
 * arXiv 2511.10721); methods that look at the training itself, such as TRAK (Park et al., arXiv 2303.14186), need the model's
 * gradients. Whoever chooses the samples steers the result. So it is an option for data sets whose contributors agree on it, and
 * the samples should be published with the list.
 *
 * <p>Each sample gives away {@value #PARTS} parts: of its k nearest images each gets in proportion to its cosine, negative ones
 * nothing; every part is rounded down, and what is left goes to the nearest. The same vectors always give the same weights. The
 * search is exact: among n images of d numbers a sample takes n x d multiplications. Thread-safe.
 */
public final class SimilarityAttribution {
    /** What one sample gives away: a million parts. */
    public static final int PARTS = 1_000_000;

    /** The most numbers of a vector: 4,096. */
    public static final int MAX_DIMENSIONS = 4096;

    /** The most training images: one million. */
    public static final int MAX_IMAGES = 1_000_000;

    /** The most neighbours of a sample: 1,000. */
    public static final int MAX_NEIGHBOURS = 1000;

    private final List<TrainingImage> images;
    private final int dimensions;

    private SimilarityAttribution(List<TrainingImage> images, int dimensions) {
        this.images = List.copyOf(images);
        this.dimensions = dimensions;
    }

    private static final class TrainingImage {
        private final AccountId account;
        private final float[] direction;

        TrainingImage(AccountId account, float[] direction) {
            this.account = account;
            this.direction = direction;
        }
    }

    /**
     * One of the training images nearest to a sample.
     *
     * @param index its place in the order in which they were added, from 0
     * @param account its contributor
     * @param cosine how near, -1 to 1
     */
    public record Neighbour(int index, AccountId account, double cosine) {}

    /** Collects the training images. Not thread-safe. */
    public static final class Builder {
        private final List<TrainingImage> images = new ArrayList<>();
        private int dimensions;

        private Builder() {}

        /**
         * Adds a training image.
         *
         * @param account its contributor
         * @param embedding its vector, of as many numbers as the first one's; copied
         * @return this builder
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS} if the vector has another length, has a
         *     number that is not finite, or is all zeros
         */
        public Builder add(AccountId account, float[] embedding) {
            if (images.isEmpty()) {
                dimensions = embedding.length;
            }
            if (images.size() == MAX_IMAGES) {
                throw wrong("Influence is weighed over at most " + MAX_IMAGES + " training images");
            }
            images.add(new TrainingImage(account, direction(embedding, dimensions)));
            return this;
        }

        /**
         * Adds a training image.
         *
         * @param account its contributor
         * @param image the image
         * @param embedder gives its vector
         * @return this builder
         * @throws InvalidInputException as {@link #add(AccountId, float[])} does
         */
        public Builder add(AccountId account, RgbImage image, ImageEmbedder embedder) {
            return add(account, embedder.embed(image));
        }

        /**
         * Ends the collection.
         *
         * @return what weighs by these images
         * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS} if there are none
         */
        public SimilarityAttribution build() {
            if (images.isEmpty()) {
                throw wrong("There are no training images to weigh by");
            }
            return new SimilarityAttribution(images, dimensions);
        }
    }

    /**
     * Starts with no training images.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Finds the training images nearest to a sample.
     *
     * @param sample the sample's vector
     * @param count how many, 1 to {@value #MAX_NEIGHBOURS}
     * @return the nearest first, and of equals the one added first; all of them if there are fewer
     * @throws InvalidInputException as {@link Builder#add(AccountId, float[])} does
     */
    public List<Neighbour> nearest(float[] sample, int count) {
        if (count < 1 || count > MAX_NEIGHBOURS) {
            throw wrong("A sample has 1 to " + MAX_NEIGHBOURS + " neighbours, not " + count);
        }
        float[] direction = direction(sample, dimensions);
        Comparator<Neighbour> nearestFirst =
                Comparator.comparingDouble(Neighbour::cosine).reversed().thenComparingInt(Neighbour::index);
        PriorityQueue<Neighbour> nearest = new PriorityQueue<>(count + 1, nearestFirst.reversed());
        for (int i = 0; i < images.size(); i++) {
            TrainingImage image = images.get(i);
            nearest.add(new Neighbour(i, image.account, cosine(direction, image.direction)));
            if (nearest.size() > count) {
                nearest.remove();
            }
        }
        return nearest.stream().sorted(nearestFirst).toList();
    }

    /**
     * Weighs the contributors by some samples.
     *
     * @param samples the samples' vectors
     * @param count how many neighbours share a sample, 1 to {@value #MAX_NEIGHBOURS}
     * @return the weights, which add up to {@value #PARTS} for each sample that resembles any training image; contributors
     *     without any are not in it
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONTRIBUTIONS} if no sample resembles any image; also as
     *     {@link #nearest} does
     */
    public ContributionList weigh(List<float[]> samples, int count) {
        Map<AccountId, Long> weights = new HashMap<>();
        for (float[] sample : samples) {
            share(nearest(sample, count)).forEach((account, parts) -> weights.merge(account, parts, Math::addExact));
        }
        ContributionList.Builder builder = ContributionList.builder();
        weights.forEach(builder::add);
        return builder.build();
    }

    /** Shares one sample's parts among its neighbours; nobody gets a share of nothing. */
    private static Map<AccountId, Long> share(List<Neighbour> neighbours) {
        double sum = 0;
        for (Neighbour neighbour : neighbours) {
            sum += Math.max(0, neighbour.cosine());
        }
        Map<AccountId, Long> shares = new TreeMap<>();
        if (!(sum > 0)) {
            return shares;
        }
        long left = PARTS;
        for (Neighbour neighbour : neighbours) {
            long parts = Math.min(left, (long) Math.floor(PARTS * (Math.max(0, neighbour.cosine()) / sum)));
            shares.merge(neighbour.account(), parts, Long::sum);
            left -= parts;
        }
        shares.merge(neighbours.getFirst().account(), left, Long::sum);
        shares.values().removeIf(parts -> parts == 0);
        return shares;
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return Math.clamp(sum, -1.0, 1.0);
    }

    private static float[] direction(float[] vector, int dimensions) {
        if (vector.length != dimensions || dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw wrong("An embedding has as many numbers as the first one, 1 to " + MAX_DIMENSIONS + ", not "
                    + vector.length);
        }
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        if (!(squares > 0) || squares == Double.POSITIVE_INFINITY) {
            throw wrong("An embedding has finite numbers that are not all zero");
        }
        double length = Math.sqrt(squares);
        float[] direction = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            direction[i] = (float) (vector[i] / length);
        }
        return direction;
    }

    private static InvalidInputException wrong(String message) {
        return new InvalidInputException(ErrorCode.INVALID_CONTRIBUTIONS, message);
    }
}
