package io.dreamprotocol.core.money;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigInteger;

/**
 * How much work a job is: pixels in each step (the image's for every prediction of the network), and steps.
 *
 * <p>Prices are quoted per megapixel-step. A fee is {@code floor(price * pixelsPerStep * steps / 10^6)} in exact integers, on
 * every backend alike.
 *
 * @param pixelsPerStep {@code width * height * predictions}, 1 to 2^40
 * @param steps the number of denoising steps, 1 to 2^16
 */
public record Work(long pixelsPerStep, int steps) {
    private static final long MAX_PIXELS_PER_STEP = 1L << 40;
    private static final int MAX_STEPS = 1 << 16;
    private static final BigInteger MEGA = BigInteger.valueOf(1_000_000);

    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public Work {
        if (pixelsPerStep < 1 || pixelsPerStep > MAX_PIXELS_PER_STEP || steps < 1 || steps > MAX_STEPS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A job's work is out of range: " + pixelsPerStep + " pixels in each of " + steps + " steps");
        }
    }

    /**
     * Returns the work of an image.
     *
     * @param width the width in pixels
     * @param height the height in pixels
     * @param steps the number of steps
     * @param predictions how many predictions of the network a step takes: 1, or 2 with classifier-free guidance, and one more for
     *     each further part of the prompt
     * @return the work
     */
    public static Work of(int width, int height, int steps, int predictions) {
        return new Work((long) width * height * predictions, steps);
    }

    /**
     * Returns what all of this work costs.
     *
     * @param pricePerMegapixelStep the price of 10^6 pixels of one step
     * @return the cost, rounded down
     */
    public Amount costAt(Amount pricePerMegapixelStep) {
        return costAt(pricePerMegapixelStep, steps);
    }

    /**
     * Returns what the first steps of this work cost.
     *
     * @param pricePerMegapixelStep the price of 10^6 pixels of one step
     * @param stepsDone how many steps, 0 to {@link #steps}
     * @return the cost, rounded down
     */
    public Amount costAt(Amount pricePerMegapixelStep, int stepsDone) {
        return new Amount(unboundedCostAt(pricePerMegapixelStep, stepsDone));
    }

    /**
     * Returns the same cost where it may be larger than any amount.
     *
     * @param pricePerMegapixelStep the price of 10^6 pixels of one step
     * @param stepsDone how many steps, 0 to {@link #steps}
     * @return the cost, rounded down
     */
    public BigInteger unboundedCostAt(Amount pricePerMegapixelStep, int stepsDone) {
        if (stepsDone < 0 || stepsDone > steps) {
            throw new IllegalArgumentException("Steps done out of range: " + stepsDone + " of " + steps);
        }
        return pricePerMegapixelStep
                .units()
                .multiply(BigInteger.valueOf(pixelsPerStep))
                .multiply(BigInteger.valueOf(stepsDone))
                .divide(MEGA);
    }
}
