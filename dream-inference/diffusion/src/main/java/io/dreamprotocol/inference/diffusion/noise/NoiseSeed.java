package io.dreamprotocol.inference.diffusion.noise;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;

/**
 * The seed of one image with AUTOMATIC1111's variations of it: a subseed mixed into the first noise, and another seed for
 * the noise of later steps.
 *
 * @param seed the main seed
 * @param subseed the seed of the noise that is mixed in
 * @param subseedStrength how much of it, from 0 (nothing) to 1 (only the subseed's noise)
 * @param etaNoiseSeedDelta "ENSD": if not 0, all noise after the first draw comes from a new generator with the seed
 *     {@code seed + etaNoiseSeedDelta}
 */
public record NoiseSeed(long seed, long subseed, double subseedStrength, long etaNoiseSeedDelta) {

    /**
     * Creates the seed.
     *
     * @throws InvalidInputException if the strength is not a number from 0 to 1
     */
    public NoiseSeed {
        if (!(subseedStrength >= 0 && subseedStrength <= 1)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "Subseed strength is " + subseedStrength + ": give a number from 0 to 1");
        }
    }

    /**
     * Returns a plain seed without variations.
     *
     * @param seed the main seed
     * @return the seed
     */
    public static NoiseSeed of(long seed) {
        return new NoiseSeed(seed, 0, 0, 0);
    }

    /**
     * Returns this seed with a variation mixed in.
     *
     * @param seed the subseed
     * @param strength how much of it, from 0 to 1
     * @return the new seed
     * @throws InvalidInputException if the strength is not a number from 0 to 1
     */
    public NoiseSeed withSubseed(long seed, double strength) {
        return new NoiseSeed(this.seed, seed, strength, etaNoiseSeedDelta);
    }

    /**
     * Returns this seed with another offset for the noise of later steps.
     *
     * @param delta the offset, 0 to go on with the same generator
     * @return the new seed
     */
    public NoiseSeed withEtaNoiseSeedDelta(long delta) {
        return new NoiseSeed(seed, subseed, subseedStrength, delta);
    }

    /**
     * Returns the noise of one image: first its initial noise, then whatever the scheduler asks for.
     *
     * @param kind where the numbers come from
     * @param channels the channels of one latent image
     * @param height its height in latent pixels
     * @param width its width in latent pixels
     * @return a new source whose first draw must be of {@code channels * height * width} numbers (batch of one, channels
     *     first); it throws {@link IllegalArgumentException} otherwise if a subseed is mixed in
     * @throws InvalidInputException if the kind has no such seed
     */
    public NoiseSource source(NoiseKind kind, int channels, int height, int width) {
        return source(kind, channels, height, width, 0, 1);
    }

    /**
     * Returns the noise of one image that begins with a picture, for whose latents noise is drawn as well.
     *
     * @param kind where the numbers come from
     * @param channels the channels of one latent image
     * @param height its height in latent pixels
     * @param width its width in latent pixels
     * @param before how many draws come before the noise that is added to the picture, into which a subseed is mixed
     * @param beginning how many draws come before the scheduler asks for noise, whose seed the offset changes
     * @return a new source, as {@link #source(NoiseKind, int, int, int)} returns it for no draw before and one at the beginning
     * @throws InvalidInputException if the kind has no such seed
     * @throws IllegalArgumentException if there are not more draws at the beginning than before the noise
     */
    public NoiseSource source(NoiseKind kind, int channels, int height, int width, int before, int beginning) {
        if (before < 0 || beginning <= before) {
            throw new IllegalArgumentException(before + " draws of " + beginning + " come before the noise");
        }
        NoiseSource main = kind.source(seed);
        if (subseedStrength == 0 && etaNoiseSeedDelta == 0) {
            return main;
        }
        NoiseSource later = etaNoiseSeedDelta == 0 ? main : kind.source(seed + etaNoiseSeedDelta);
        if (subseedStrength == 0) {
            return new InOrder(main, main, later, before, beginning);
        }
        NoiseSource other = kind.source(subseed);
        return new InOrder(
                main,
                out -> {
                    if (out.length != channels * height * width) {
                        throw new IllegalArgumentException("the first draw has " + out.length + " numbers, not "
                                + channels + "x" + height + "x" + width);
                    }
                    main.fill(out);
                    float[] mixedIn = new float[out.length];
                    other.fill(mixedIn);
                    SphericalInterpolation.mix(out, mixedIn, subseedStrength, height, width);
                },
                later,
                before,
                beginning);
    }

    /** One source for the draws of the beginning, another for one of them, and a third for what follows. */
    private static final class InOrder implements NoiseSource {
        private final NoiseSource main;
        private final NoiseSource mixed;
        private final NoiseSource later;
        private final int before;
        private final int beginning;
        private int drawn;

        private InOrder(NoiseSource main, NoiseSource mixed, NoiseSource later, int before, int beginning) {
            this.main = main;
            this.mixed = mixed;
            this.later = later;
            this.before = before;
            this.beginning = beginning;
        }

        @Override
        public void fill(float[] out) {
            if (drawn >= beginning) {
                later.fill(out);
            } else {
                NoiseSource now = drawn == before ? mixed : main;
                drawn++;
                now.fill(out);
            }
        }
    }
}
