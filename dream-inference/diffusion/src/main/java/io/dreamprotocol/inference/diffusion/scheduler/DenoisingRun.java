package io.dreamprotocol.inference.diffusion.scheduler;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.inference.diffusion.noise.NoiseSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The state of one image's (or batch's) way from noise to a sample.
 *
 * <p>A run lists the timesteps at which the network is called; there may be more of them than steps. For each index from
 * {@link #beginIndex} to {@link #length} the caller scales the sample, calls the network at {@link #timestep}, and hands
 * the output to {@link #step}:
 *
 * <pre>{@code
 * for (int i = run.beginIndex(); i < run.length(); i++) {
 *     run.scaleModelInput(sample, i, input);
 *     float[] output = network.run(input, run.timestep(i));
 *     run.step(output, i, sample, noise, sample);
 * }
 * }</pre>
 *
 * <p>Arrays hold the elements of a batch of latents one after the other; their shape does not matter. Arithmetic is in
 * float32 where diffusers' is. A run has state, belongs to one thread, and is used once.
 */
public abstract class DenoisingRun {

    private final double[] timesteps;
    private final float[] sigmas;
    private final float initNoiseSigma;
    private final int order;
    private final int beginIndex;
    private final int batch;
    private int nextIndex;
    private int size = -1;

    DenoisingRun(double[] timesteps, float[] sigmas, float initNoiseSigma, int order, RunOptions options) {
        requireFinite(sigmas);
        this.batch = options.batch();
        this.timesteps = timesteps;
        this.sigmas = sigmas;
        this.initNoiseSigma = initNoiseSigma;
        this.order = order;
        this.beginIndex = Math.min(options.firstStep() * order, timesteps.length);
        this.nextIndex = beginIndex;
    }

    private static void requireFinite(float[] sigmas) {
        for (float sigma : sigmas) {
            if (!Float.isFinite(sigma)) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The scheduler configuration gives a noise level of " + sigma
                                + "; check its betas and sigma range.");
            }
        }
    }

    /** Timesteps as they are listed, from whole numbers. */
    static double[] listed(int[] timesteps) {
        double[] listed = new double[timesteps.length];
        for (int i = 0; i < listed.length; i++) {
            listed[i] = timesteps[i];
        }
        return listed;
    }

    /**
     * Returns the number of timesteps, which is the number of network calls of a full run.
     *
     * @return the number of timesteps, at least 1
     */
    public final int length() {
        return timesteps.length;
    }

    /**
     * Returns the timestep at which the network is called.
     *
     * @param index the index of the call, from 0
     * @return the timestep; whole numbers for the methods that round it, otherwise a float32 value with a fraction
     * @throws IndexOutOfBoundsException if there is no such call
     */
    public final double timestep(int index) {
        return timesteps[index];
    }

    /**
     * Returns all timesteps, from the noisiest on.
     *
     * @return a new array of {@link #length} timesteps
     */
    public final double[] timesteps() {
        return timesteps.clone();
    }

    /**
     * Returns the noise levels: standard deviation of the noise over that of the signal, or the share of noise for flow
     * matching.
     *
     * @return a new array with a level for each timestep and at least one more; empty for the methods that do not work on levels (DDPM, DDIM,
     *     PNDM, LCM, TCD)
     */
    public final float[] sigmas() {
        return sigmas.clone();
    }

    /**
     * Returns the factor by which standard normal noise is multiplied to make the first sample.
     *
     * @return the factor
     */
    public final float initNoiseSigma() {
        return initNoiseSigma;
    }

    /**
     * Returns the number of network calls of one step, except the last step, which always takes one.
     *
     * @return 1, or 2 for the methods of second order that call the network twice
     */
    public final int order() {
        return order;
    }

    /**
     * Returns the index of the first call of this run: 0 unless the options ask for a later beginning.
     *
     * @return the first index, or {@link #length} if nothing is left to do
     */
    public final int beginIndex() {
        return beginIndex;
    }

    /**
     * Scales a sample to what the network expects.
     *
     * @param sample the sample at this index
     * @param index the index of the call
     * @param out receives the network's input; may be the sample's own array
     * @throws IllegalArgumentException if the arrays differ in length
     * @throws IndexOutOfBoundsException if there is no such call
     */
    public final void scaleModelInput(float[] sample, int index, float[] out) {
        Objects.checkIndex(index, timesteps.length);
        requireLength(sample.length, out);
        scale(sample, index, out);
    }

    /**
     * Takes the step that the network's output at this index allows.
     *
     * @param modelOutput the network's prediction, after guidance
     * @param index the index of the call; the calls must come one after the other from {@link #beginIndex}
     * @param sample the sample before it was scaled
     * @param noise where fresh noise is drawn, if the method needs any: one draw of the sample's size a time
     * @param out receives the next sample; may be the array of the sample or of the prediction
     * @throws IllegalArgumentException if the arrays differ in length or cannot be divided by the number of samples
     * @throws IllegalStateException if this is not the next call of this run
     */
    public final void step(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out) {
        if (index != nextIndex || index >= timesteps.length) {
            throw new IllegalStateException("The next call of this run is " + nextIndex + " of " + timesteps.length
                    + ", not " + index + "; start another run for another sample.");
        }
        requireLength(sample.length, modelOutput);
        requireLength(sample.length, out);
        Objects.requireNonNull(noise, "noise");
        requireSameSize(sample.length);
        advance(modelOutput, index, sample, noise, out);
        nextIndex++;
    }

    /**
     * Returns what the next call needs besides the sample: the outputs or samples of calls before that the method goes back to.
     *
     * @return copies, each of the sample's size, in an order of the method's own; empty for methods that remember nothing,
     *     before the first call and after the last
     */
    public final List<float[]> history() {
        List<float[]> copies = new ArrayList<>();
        if (nextIndex < timesteps.length) {
            memory().forEach(array -> copies.add(array.clone()));
        }
        return copies;
    }

    /**
     * Goes on in the middle of a run that was made elsewhere, so that its next call is the one at an index. How much noise the
     * calls before drew follows from the run's options alone, so it is drawn here again and given up.
     *
     * @param index the index of the next call, from {@link #beginIndex} to {@link #length}
     * @param size the number of elements of a sample
     * @param history what {@link #history} gave before that call
     * @param noise the noise of the run, from where it was when the run began
     * @throws IllegalArgumentException if no such run has this history at this index
     * @throws IllegalStateException if this run has begun
     */
    public final void resume(int index, int size, List<float[]> history, NoiseSource noise) {
        if (index < beginIndex || index > timesteps.length || size < 1) {
            throw new IllegalArgumentException("This run's calls go from " + beginIndex + " to " + timesteps.length
                    + ", not to " + index + " with " + size + " elements.");
        }
        if (nextIndex != beginIndex) {
            throw new IllegalStateException("A run that has begun cannot go on elsewhere; start another.");
        }
        while (nextIndex < index) {
            step(new float[size], nextIndex, new float[size], noise, new float[size]);
        }
        List<float[]> memory = index < timesteps.length ? memory() : List.of();
        boolean fits = memory.size() == history.size() && history.stream().allMatch(array -> array.length == size);
        if (!fits) {
            throw new IllegalArgumentException("The history has " + history.size() + " arrays; this run remembers "
                    + memory.size() + " of " + size + " elements there.");
        }
        for (int i = 0; i < memory.size(); i++) {
            System.arraycopy(history.get(i), 0, memory.get(i), 0, size);
        }
    }

    /** The arrays themselves that the next call reads, in an order that depends on nothing but its index. */
    List<float[]> memory() {
        return List.of();
    }

    /** The index of the next call. */
    final int nextIndex() {
        return nextIndex;
    }

    /**
     * Adds to a clean sample the noise that a sample at this index has.
     *
     * @param original the clean sample
     * @param noise standard normal noise
     * @param index the index of the call that the noisy sample is meant for
     * @param out receives the noisy sample; may be one of the other arrays
     * @throws IllegalArgumentException if the arrays differ in length
     * @throws IndexOutOfBoundsException if there is no such call
     */
    public final void addNoise(float[] original, float[] noise, int index, float[] out) {
        Objects.checkIndex(index, timesteps.length);
        requireLength(original.length, noise);
        requireLength(original.length, out);
        mix(original, noise, index, out);
    }

    void scale(float[] sample, int index, float[] out) {
        System.arraycopy(sample, 0, out, 0, sample.length);
    }

    abstract void advance(float[] modelOutput, int index, float[] sample, NoiseSource noise, float[] out);

    abstract void mix(float[] original, float[] noise, int index, float[] out);

    /** The noise level at an index, without the copy that {@link #sigmas()} makes. */
    final float sigma(int index) {
        return sigmas[index];
    }

    /** The number of samples in the arrays. */
    final int batch() {
        return batch;
    }

    /** Writes {@code signal * original + deviation * noise}. */
    static void mix(float signal, float[] original, float deviation, float[] noise, float[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = signal * original[i] + deviation * noise[i];
        }
    }

    private void requireSameSize(int length) {
        if (size == -1 && length % batch == 0) {
            size = length;
        }
        if (size != length) {
            throw new IllegalArgumentException("The arrays of this run's steps have " + length
                    + " elements; they must keep their length and hold " + batch + " equal samples.");
        }
    }

    private static void requireLength(int length, float[] array) {
        if (array.length != length) {
            throw new IllegalArgumentException("The arrays of a step must have equal lengths, but they have " + length
                    + " and " + array.length + ".");
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[timesteps=" + Arrays.toString(timesteps) + ", beginIndex=" + beginIndex
                + "]";
    }
}
