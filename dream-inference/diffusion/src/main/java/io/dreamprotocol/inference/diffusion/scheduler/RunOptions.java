package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one denoising run asks of a scheduler beyond the model's own configuration.
 *
 * <p>Only the number of steps is needed; an option that the scheduler's method does not know is ignored, unless stated
 * otherwise. Instances are immutable and may be shared between threads.
 */
public final class RunOptions {

    /** The largest number of steps of one run. */
    public static final int MAX_STEPS = 1_000;

    /** The largest number of samples that one run may hold. */
    public static final int MAX_BATCH = 4_096;

    private static final Churn NO_CHURN = new Churn(0, 0, Double.POSITIVE_INFINITY, 1);

    private final int steps;
    private final double @Nullable [] sigmas;
    private final @Nullable Double mu;
    private final double strength;
    private final int beginStep;
    private final int batch;
    private final @Nullable Double eta;
    private final Churn churn;
    private final int solverOrder;
    private final double trainedShare;

    /** The parameters of stochastic churning, section 4 of Karras and others 2022. */
    record Churn(double amount, double minSigma, double maxSigma, double noiseScale) {

        private static final double MAX_GAMMA = Math.sqrt(2) - 1;

        /** By which share the noise level is raised before a step. */
        double gamma(float sigma, int levels) {
            return minSigma <= sigma && sigma <= maxSigma ? Math.min(amount / levels, MAX_GAMMA) : 0;
        }

        /** Raises a sample's noise level; the drawn noise is overwritten by the noisier sample. */
        void add(float[] sample, float[] drawn, float sigma, float raised) {
            float scale = (float) noiseScale;
            float deviation = Float32.sqrt(raised * raised - sigma * sigma);
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = sample[i] + drawn[i] * scale * deviation;
            }
        }
    }

    private RunOptions(
            int steps,
            double @Nullable [] sigmas,
            @Nullable Double mu,
            double strength,
            int beginStep,
            int batch,
            @Nullable Double eta,
            Churn churn,
            int solverOrder,
            double trainedShare) {
        this.steps = steps;
        this.sigmas = sigmas;
        this.mu = mu;
        this.strength = strength;
        this.beginStep = beginStep;
        this.batch = batch;
        this.eta = eta;
        this.churn = churn;
        this.solverOrder = solverOrder;
        this.trainedShare = trainedShare;
    }

    /**
     * Returns the options of a full run from pure noise.
     *
     * @param steps the number of steps, 1 to {@value #MAX_STEPS}
     * @return the options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_STEPS} if the number is out of range
     */
    public static RunOptions steps(int steps) {
        if (steps < 1 || steps > MAX_STEPS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "The number of steps is " + steps + "; choose one between 1 and " + MAX_STEPS + ".");
        }
        return new RunOptions(steps, null, null, 1, 0, 1, null, NO_CHURN, 4, 1);
    }

    /**
     * Returns options with the noise levels given instead of the scheduler's own.
     *
     * <p>Flow matching models such as Flux are given {@code 1, 1 - 1/n, ..., 1/n}, to which the scheduler then applies its
     * shift. Only the flow matching Euler method takes sigmas; the others refuse them.
     *
     * @param levels one level for each step, falling, each over 0, without the final 0
     * @return the changed options, whose number of steps is that of the levels
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if a level is not finite, not over 0 or not
     *     below the one before, or with {@link ErrorCode#INVALID_STEPS} if there are none or too many
     */
    public RunOptions withSigmas(double... levels) {
        RunOptions counted = steps(levels.length);
        for (int i = 0; i < levels.length; i++) {
            double upper = i == 0 ? Double.MAX_VALUE : levels[i - 1];
            if (!(levels[i] > 0 && levels[i] < upper)) {
                throw rejected("sigmas[" + i + "]", levels[i], "finite, over 0 and below the one before");
            }
        }
        return new RunOptions(
                counted.steps, levels.clone(), mu, strength, beginStep, batch, eta, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options with the shift of a flow matching schedule whose configuration asks for dynamic shifting; the shift
     * grows with the image's size.
     *
     * @param shift the natural logarithm of the shift, between -10 and 10
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withMu(double shift) {
        double checked = within("mu", shift, -10, 10);
        return new RunOptions(
                steps, sigmas, checked, strength, beginStep, batch, eta, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options of a run that starts from an image instead of pure noise: only the last {@code floor(steps *
     * strength)} steps are taken.
     *
     * @param share how much of the schedule is run, 0 to 1; 1 is a full run
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withStrength(double share) {
        double checked = within("strength", share, 0, 1);
        return new RunOptions(steps, sigmas, mu, checked, beginStep, batch, eta, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options of a run that leaves out the first steps, as a refiner does that goes on where another model
     * stopped. If a strength below 1 is set too, the later of both beginnings holds.
     *
     * @param step the first step to take, 0 to the number of steps
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_STEPS} if the value is out of range
     */
    public RunOptions withBeginStep(int step) {
        if (step < 0 || step > steps) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_STEPS,
                    "The first step is " + step + "; choose one between 0 and the number of steps, " + steps + ".");
        }
        return new RunOptions(steps, sigmas, mu, strength, step, batch, eta, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options with the number of samples that lie one after the other in the run's arrays. Dynamic thresholding
     * looks at each sample on its own.
     *
     * @param samples the number of samples, 1 to {@value #MAX_BATCH}
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withBatch(int samples) {
        int checked = (int) within("batch", samples, 1, MAX_BATCH);
        return new RunOptions(steps, sigmas, mu, strength, beginStep, checked, eta, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options with the amount of fresh noise of DDIM (default 0) or TCD (default 0.3).
     *
     * @param amount the paper's eta, 0 to 1; 0 is deterministic
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withEta(double amount) {
        double checked = within("eta", amount, 0, 1);
        return new RunOptions(steps, sigmas, mu, strength, beginStep, batch, checked, churn, solverOrder, trainedShare);
    }

    /**
     * Returns options with stochastic churning for the Euler methods (algorithm 2 of <a
     * href="https://arxiv.org/abs/2206.00364">Karras and others, 2206.00364</a>).
     *
     * @param amount the paper's S_churn, 0 to 1000; 0 is deterministic
     * @param minSigma the smallest noise level at which noise is added, at least 0
     * @param maxSigma the largest noise level at which noise is added, possibly infinite
     * @param noiseScale the paper's S_noise, 0 to 10, usually near 1
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if a value is out of range
     */
    public RunOptions withChurn(double amount, double minSigma, double maxSigma, double noiseScale) {
        Churn checked = new Churn(
                within("churn", amount, 0, 1000),
                within("minimum churn sigma", minSigma, 0, Double.POSITIVE_INFINITY),
                within("maximum churn sigma", maxSigma, 0, Double.POSITIVE_INFINITY),
                within("churn noise scale", noiseScale, 0, 10));
        return new RunOptions(steps, sigmas, mu, strength, beginStep, batch, eta, checked, solverOrder, trainedShare);
    }

    /**
     * Returns options with the order of the linear multistep method (LMS; default 4). The other methods read theirs from
     * the configuration.
     *
     * @param order the number of derivatives combined, 1 to 8
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withSolverOrder(int order) {
        int checked = (int) within("solver order", order, 1, 8);
        return new RunOptions(steps, sigmas, mu, strength, beginStep, batch, eta, churn, checked, trainedShare);
    }

    /**
     * Returns options of a run that starts from an image and takes all its steps all the same, as consistency models do: they
     * are spread over the last share of the timesteps that the model was distilled on. Only LCM and TCD know it; {@link
     * #withStrength} is what the other methods know.
     *
     * @param share how much of the distilled timesteps is used, above 0 to 1
     * @return the changed options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if the value is out of range
     */
    public RunOptions withTrainedShare(double share) {
        double checked = within("trained share", share, Double.MIN_VALUE, 1);
        return new RunOptions(steps, sigmas, mu, strength, beginStep, batch, eta, churn, solverOrder, checked);
    }

    /**
     * Returns the number of steps of the full schedule.
     *
     * @return the number of steps
     */
    public int steps() {
        return steps;
    }

    /** The first step of the run, before it is multiplied by the calls a step takes. */
    int firstStep() {
        int kept = Math.min((int) (steps * strength), steps);
        return Math.max(steps - kept, beginStep);
    }

    double @Nullable [] sigmas() {
        return sigmas;
    }

    @Nullable
    Double mu() {
        return mu;
    }

    int batch() {
        return batch;
    }

    double eta(double absent) {
        return eta == null ? absent : eta;
    }

    Churn churn() {
        return churn;
    }

    int solverOrder() {
        return solverOrder;
    }

    double trainedShare() {
        return trainedShare;
    }

    private static double within(String name, double value, double min, double max) {
        if (value >= min && value <= max) {
            return value;
        }
        throw rejected(name, value, "between " + min + " and " + max);
    }

    private static InvalidInputException rejected(String name, double value, String expected) {
        return new InvalidInputException(
                ErrorCode.INVALID_REQUEST,
                "The scheduler's " + name + " is " + value + "; it must be " + expected + ".");
    }

    @Override
    public String toString() {
        return "RunOptions[steps=" + steps + ", sigmas=" + Arrays.toString(sigmas) + ", mu=" + mu + ", strength="
                + strength + ", beginStep=" + beginStep + ", batch=" + batch + ", eta=" + eta + ", churn=" + churn
                + ", solverOrder=" + solverOrder + ", trainedShare="
                + trainedShare + "]";
    }
}
