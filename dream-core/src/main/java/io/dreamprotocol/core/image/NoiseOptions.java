package io.dreamprotocol.core.image;

import java.util.Objects;

/**
 * Where a request's noise comes from.
 *
 * @param source whose random numbers
 * @param subseed the seed of a second noise, not negative
 * @param subseedStrength how far to turn from the first noise to the second, 0 to 1
 * @param etaSeedDelta what is added to the seed for the noise that schedulers draw in their steps ("ENSD"), 0 to 2^31-1
 */
public record NoiseOptions(Source source, long subseed, double subseedStrength, int etaSeedDelta) {
    /** The noise of torch's CPU generator, and nothing else. */
    public static final NoiseOptions DEFAULT = new NoiseOptions(Source.TORCH_CPU, 0, 0, 0);

    /**
     * Checks the ranges.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-request}
     */
    public NoiseOptions {
        Objects.requireNonNull(source, "source");
        RequestOptions.check(subseed >= 0, "A subseed is not negative");
        RequestOptions.check(subseedStrength >= 0 && subseedStrength <= 1, "A subseed's strength lies between 0 and 1");
        RequestOptions.check(etaSeedDelta >= 0, "An eta noise seed delta is not negative");
    }

    /**
     * Changes whose random numbers are taken.
     *
     * @param generator whose
     * @return the changed options
     */
    public NoiseOptions withSource(Source generator) {
        return new NoiseOptions(generator, subseed, subseedStrength, etaSeedDelta);
    }

    /**
     * Turns from the first noise to a second one.
     *
     * @param seed the second noise's seed
     * @param strength how far to turn
     * @return the changed options
     */
    public NoiseOptions withVariation(long seed, double strength) {
        return new NoiseOptions(source, seed, strength, etaSeedDelta);
    }

    /**
     * Changes what is added to the seed for the noise of steps.
     *
     * @param delta what is added
     * @return the changed options
     */
    public NoiseOptions withEtaSeedDelta(int delta) {
        return new NoiseOptions(source, subseed, subseedStrength, delta);
    }

    /** Whose random numbers. */
    public enum Source {
        /** torch's CPU generator, a Mersenne Twister. */
        TORCH_CPU("torch-cpu"),
        /** torch's CUDA generator, Philox 4x32-10. */
        TORCH_CUDA("torch-cuda"),
        /** NumPy's legacy generator, a Mersenne Twister with the polar method. */
        NUMPY("numpy");

        private final String id;

        Source(String id) {
            this.id = id;
        }

        /**
         * Returns the name that requests and receipts carry.
         *
         * @return the name
         */
        public String id() {
            return id;
        }
    }
}
