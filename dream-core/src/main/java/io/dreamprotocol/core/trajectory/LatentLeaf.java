package io.dreamprotocol.core.trajectory;

import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What one step of a generation begins with: the latents, and what the scheduler remembers of the steps before. The next step
 * follows from it, the request and the model alone; noise that a step adds comes from the request's seed.
 *
 * <p>The canonical bytes, all numbers little-endian:
 *
 * <table>
 *   <caption>The encoding of a leaf</caption>
 *   <tr><th>bytes</th><th>content</th></tr>
 *   <tr><td>16</td><td>{@code dream-latents-v1} in ASCII</td></tr>
 *   <tr><td>4</td><td>pass, unsigned: 0 for the first run of a scheduler, 1 for that of a second pass</td></tr>
 *   <tr><td>4</td><td>call, unsigned: how many calls of the network the pass has behind it</td></tr>
 *   <tr><td>4 x 4</td><td>images, channels, height and width of the latents, unsigned</td></tr>
 *   <tr><td>4</td><td>the number of arrays in the history, unsigned</td></tr>
 *   <tr><td>4 x n</td><td>the latents as IEEE 754 binary32: image after image, channel after channel, row after row; every
 *       not-a-number as 7fc00000</td></tr>
 *   <tr><td>4 x n x history</td><td>the history, array after array, each as long as the latents</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe.
 */
public final class LatentLeaf {
    /** The most arrays of a history: 8. */
    public static final int MAX_HISTORY = 8;

    /** The most numbers of the latents: 2^24, more than an image of 8192 x 8192 pixels has in sixteen channels. */
    public static final int MAX_ELEMENTS = 1 << 24;

    private static final byte[] MAGIC = "dream-latents-v1".getBytes(StandardCharsets.US_ASCII);
    private static final int RANK = 4;
    private static final int HEADER = MAGIC.length + (3 + RANK) * Integer.BYTES;

    private final int pass;
    private final int call;
    private final int[] shape;
    private final float[] latents;
    private final float[][] history;

    private LatentLeaf(int pass, int call, int[] shape, float[] latents, float[][] history) {
        this.pass = pass;
        this.call = call;
        this.shape = shape;
        this.latents = latents;
        this.history = history;
        if (pass < 0 || call < 0) {
            throw new IllegalArgumentException("Passes and calls are counted from 0, not " + pass + ", " + call);
        }
        if (shape.length != RANK || elements(shape) != latents.length || latents.length > MAX_ELEMENTS) {
            throw new IllegalArgumentException("Latents of shape " + Arrays.toString(shape) + " have other than "
                    + latents.length + " elements, or too many");
        }
        if (history.length > MAX_HISTORY) {
            throw new IllegalArgumentException("A history has at most " + MAX_HISTORY + " arrays");
        }
        for (float[] array : history) {
            if (array.length != latents.length) {
                throw new IllegalArgumentException(
                        "A history's arrays have " + latents.length + " elements, not " + array.length);
            }
        }
    }

    /**
     * Creates a leaf.
     *
     * @param pass which run of a scheduler, from 0
     * @param call how many calls of the network that run has behind it
     * @param shape images, channels, height and width
     * @param latents the latents, image after image, channel after channel, row after row
     * @param history what the scheduler remembers, in the order of its own; arrays as long as the latents
     * @return the leaf, with copies of the arrays
     */
    public static LatentLeaf of(int pass, int call, int[] shape, float[] latents, List<float[]> history) {
        float[][] copies = new float[history.size()][];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = history.get(i).clone();
        }
        return new LatentLeaf(pass, call, shape.clone(), latents.clone(), copies);
    }

    /** The number of elements, or -1 for a shape that no latents have. */
    private static long elements(int[] shape) {
        long elements = 1;
        for (int dimension : shape) {
            if (dimension < 1 || dimension > MAX_ELEMENTS || elements > MAX_ELEMENTS) {
                return -1;
            }
            elements *= dimension;
        }
        return elements;
    }

    /**
     * Returns which run of a scheduler the leaf belongs to.
     *
     * @return 0 for the first, 1 for that of a second pass
     */
    public int pass() {
        return pass;
    }

    /**
     * Returns how many calls of the network its pass has behind it.
     *
     * @return 0 for the latents that the pass begins with
     */
    public int call() {
        return call;
    }

    /**
     * Returns the dimensions of the latents.
     *
     * @return a fresh array: images, channels, height, width
     */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * Returns the latents.
     *
     * @return a fresh array, image after image, channel after channel, row after row
     */
    public float[] latents() {
        return latents.clone();
    }

    /**
     * Returns what the scheduler remembers of the steps before.
     *
     * @return fresh arrays in the order of the scheduler's own; empty for methods that remember nothing, and after the last step
     */
    public List<float[]> history() {
        List<float[]> copies = new ArrayList<>();
        for (float[] array : history) {
            copies.add(array.clone());
        }
        return copies;
    }

    /**
     * Returns the canonical bytes.
     *
     * @return a fresh array
     */
    public byte[] encode() {
        int numbers = latents.length * (1 + history.length);
        ByteBuffer buffer = ByteBuffer.allocate(HEADER + numbers * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(MAGIC).putInt(pass).putInt(call);
        for (int dimension : shape) {
            buffer.putInt(dimension);
        }
        buffer.putInt(history.length);
        put(latents, buffer);
        for (float[] array : history) {
            put(array, buffer);
        }
        return buffer.array();
    }

    private static void put(float[] values, ByteBuffer buffer) {
        for (float value : values) {
            buffer.putInt(Float.floatToIntBits(value));
        }
    }

    /**
     * Reads canonical bytes.
     *
     * @param encoded the bytes
     * @return the leaf
     * @throws CorruptDataException with {@link ErrorCode#MALFORMED_DATA} if they are not the canonical bytes of any leaf
     */
    public static LatentLeaf decode(byte[] encoded) {
        if (encoded.length < HEADER || !Arrays.equals(encoded, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw malformed();
        }
        ByteBuffer buffer =
                ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
        int pass = buffer.getInt();
        int call = buffer.getInt();
        int[] shape = new int[RANK];
        for (int i = 0; i < RANK; i++) {
            shape[i] = buffer.getInt();
        }
        int arrays = buffer.getInt();
        long elements = elements(shape);
        if (pass < 0
                || call < 0
                || elements < 1
                || elements > MAX_ELEMENTS
                || arrays < 0
                || arrays > MAX_HISTORY
                || buffer.remaining() != elements * (1 + arrays) * Float.BYTES) {
            throw malformed();
        }
        float[] latents = take((int) elements, buffer);
        float[][] history = new float[arrays][];
        for (int i = 0; i < arrays; i++) {
            history[i] = take((int) elements, buffer);
        }
        return new LatentLeaf(pass, call, shape, latents, history);
    }

    private static float[] take(int count, ByteBuffer buffer) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int bits = buffer.getInt();
            values[i] = Float.intBitsToFloat(bits);
            if (Float.floatToIntBits(values[i]) != bits) {
                throw malformed();
            }
        }
        return values;
    }

    private static CorruptDataException malformed() {
        return new CorruptDataException(
                ErrorCode.MALFORMED_DATA, "These are not the latents of a step as a receipt commits to them");
    }

    /** Leaves are equal if their canonical bytes are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LatentLeaf leaf
                && pass == leaf.pass
                && call == leaf.call
                && Arrays.equals(shape, leaf.shape)
                && Arrays.equals(latents, leaf.latents)
                && Arrays.deepEquals(history, leaf.history);
    }

    @Override
    public int hashCode() {
        return Objects.hash(pass, call, Arrays.hashCode(latents));
    }

    @Override
    public String toString() {
        return "LatentLeaf[pass=" + pass + ", call=" + call + ", shape=" + Arrays.toString(shape) + ", history="
                + history.length + ", sha256=" + Bytes.sha256(encode()).toHex() + "]";
    }
}
