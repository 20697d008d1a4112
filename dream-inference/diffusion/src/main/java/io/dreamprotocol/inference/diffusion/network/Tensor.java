package io.dreamprotocol.inference.diffusion.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A dense block of numbers in row-major order, in memory that an engine can use without a copy.
 *
 * <p>The shape and the element type are fixed, the numbers are not: a pipeline fills the same tensor again for every
 * step. Numbers go in and out as {@code float} whatever the element type is, so that a caller need not know whether a
 * network was exported with single or half precision, or with an integer timestep. A tensor belongs to one thread at a
 * time.
 */
public final class Tensor {
    private final ElementType type;
    private final Shape shape;
    private final int elements;
    private final ByteBuffer data;

    private Tensor(ElementType type, Shape shape, ByteBuffer data) {
        this.type = type;
        this.shape = shape;
        this.elements = shape.elements();
        this.data = data;
    }

    /**
     * Creates a tensor of zeros.
     *
     * @param type the elements' format
     * @param dimensions sizes from the outermost to the innermost; none for a scalar
     * @return the tensor
     * @throws IllegalArgumentException if a dimension is negative or the tensor would be larger than 2 GiB
     */
    public static Tensor zeros(ElementType type, long... dimensions) {
        Shape shape = Shape.of(dimensions);
        long bytes = (long) shape.elements() * type.bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a tensor of " + bytes + " bytes is too large");
        }
        return new Tensor(type, shape, ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder()));
    }

    /**
     * Creates a single-precision tensor with these numbers.
     *
     * @param values the numbers in row-major order; copied
     * @param dimensions sizes from the outermost to the innermost
     * @return the tensor
     * @throws IllegalArgumentException if the dimensions do not multiply to the number of values
     */
    public static Tensor of(float[] values, long... dimensions) {
        Tensor tensor = zeros(ElementType.FLOAT32, dimensions);
        if (tensor.elements != values.length) {
            throw new IllegalArgumentException(values.length + " values for shape " + tensor.shape);
        }
        tensor.put(0, values, 0, values.length);
        return tensor;
    }

    /**
     * Creates a tensor over memory that already holds its numbers.
     *
     * @param type the elements' format
     * @param shape the dimensions, none of them open
     * @param data a direct buffer in native byte order whose remaining bytes are the numbers; shared, not copied
     * @return the tensor
     * @throws IllegalArgumentException if the buffer is not direct, not in native order, or of another size
     */
    public static Tensor wrap(ElementType type, Shape shape, ByteBuffer data) {
        Objects.requireNonNull(type, "type");
        if (!data.isDirect() || data.order() != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("a tensor needs a direct buffer in native byte order");
        }
        if ((long) shape.elements() * type.bytes() != data.remaining()) {
            throw new IllegalArgumentException(data.remaining() + " bytes for a tensor of " + type.id() + " " + shape);
        }
        return new Tensor(type, shape, data.slice().order(ByteOrder.nativeOrder()));
    }

    /**
     * Returns the elements' format.
     *
     * @return the type
     */
    public ElementType type() {
        return type;
    }

    /**
     * Returns the dimensions, none of them open.
     *
     * @return the shape
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    public int elements() {
        return elements;
    }

    /**
     * Returns the numbers' memory: direct, in native byte order, from the first element to the last.
     *
     * @return a view that shares this tensor's memory and has a position of its own
     */
    public ByteBuffer bytes() {
        return data.duplicate().order(ByteOrder.nativeOrder());
    }

    /**
     * Overwrites a run of elements. Half precision rounds to the nearest even number; integers drop the
     * fraction; all but zero is true.
     *
     * @param index the first element to overwrite
     * @param source where the numbers come from
     * @param from the first number to take
     * @param count how many to take
     * @throws IndexOutOfBoundsException if either range is out of bounds
     */
    public void put(int index, float[] source, int from, int count) {
        Objects.checkFromIndexSize(index, count, elements);
        Objects.checkFromIndexSize(from, count, source.length);
        switch (type) {
            case FLOAT32 -> data.asFloatBuffer().put(index, source, from, count);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    data.putShort((index + i) * Short.BYTES, Float.floatToFloat16(source[from + i]));
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    data.putInt((index + i) * Integer.BYTES, (int) source[from + i]);
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    data.putLong((index + i) * Long.BYTES, (long) source[from + i]);
                }
            }
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    data.put(index + i, truth(source[from + i]));
                }
            }
        }
    }

    /**
     * Overwrites every element with one number.
     *
     * @param value the number; integers drop the fraction
     */
    public void fill(double value) {
        for (int i = 0; i < elements; i++) {
            switch (type) {
                case FLOAT32 -> data.putFloat(i * Float.BYTES, (float) value);
                case FLOAT16 -> data.putShort(i * Short.BYTES, Float.floatToFloat16((float) value));
                case INT32 -> data.putInt(i * Integer.BYTES, (int) value);
                case INT64 -> data.putLong(i * Long.BYTES, (long) value);
                case BOOL -> data.put(i, truth(value));
            }
        }
    }

    /**
     * Overwrites a run of elements with whole numbers, exactly where the type is an integer.
     *
     * @param index the first element to overwrite
     * @param source the numbers
     * @throws IndexOutOfBoundsException if they do not fit
     */
    public void put(int index, int[] source) {
        Objects.checkFromIndexSize(index, source.length, elements);
        for (int i = 0; i < source.length; i++) {
            int value = source[i];
            switch (type) {
                case FLOAT32 -> data.putFloat((index + i) * Float.BYTES, value);
                case FLOAT16 -> data.putShort((index + i) * Short.BYTES, Float.floatToFloat16(value));
                case INT32 -> data.putInt((index + i) * Integer.BYTES, value);
                case INT64 -> data.putLong((index + i) * Long.BYTES, value);
                case BOOL -> data.put(index + i, truth(value));
            }
        }
    }

    /**
     * Reads a run of elements.
     *
     * @param index the first element to read
     * @param target where the numbers go
     * @param at the first place to write
     * @param count how many to read
     * @throws IndexOutOfBoundsException if either range is out of bounds
     */
    public void get(int index, float[] target, int at, int count) {
        Objects.checkFromIndexSize(index, count, elements);
        Objects.checkFromIndexSize(at, count, target.length);
        switch (type) {
            case FLOAT32 -> data.asFloatBuffer().get(index, target, at, count);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.float16ToFloat(data.getShort((index + i) * Short.BYTES));
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = data.getInt((index + i) * Integer.BYTES);
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = data.getLong((index + i) * Long.BYTES);
                }
            }
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = data.get(index + i) == 0 ? 0 : 1;
                }
            }
        }
    }

    private static byte truth(double value) {
        return (byte) (value == 0 ? 0 : 1);
    }

    /**
     * Returns all numbers in row-major order.
     *
     * @return a fresh array
     */
    public float[] toFloats() {
        float[] values = new float[elements];
        get(0, values, 0, elements);
        return values;
    }
}
