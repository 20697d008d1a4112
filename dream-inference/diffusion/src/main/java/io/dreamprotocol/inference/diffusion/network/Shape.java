package io.dreamprotocol.inference.diffusion.network;

import java.util.Arrays;

/**
 * The dimensions of a tensor, outermost first; {@value #DYNAMIC} stands for one that may have any size.
 *
 * <p>Immutable.
 */
public final class Shape {
    /** The size of a dimension that the network leaves open. */
    public static final long DYNAMIC = -1;

    private final long[] dimensions;

    private Shape(long[] dimensions) {
        this.dimensions = dimensions;
    }

    /**
     * Returns the shape of these dimensions.
     *
     * @param dimensions sizes from the outermost to the innermost; none for a scalar
     * @return the shape
     * @throws IllegalArgumentException if a dimension is below {@value #DYNAMIC}
     */
    public static Shape of(long... dimensions) {
        for (long dimension : dimensions) {
            if (dimension < DYNAMIC) {
                throw new IllegalArgumentException("dimension " + dimension + " in " + Arrays.toString(dimensions));
            }
        }
        return new Shape(dimensions.clone());
    }

    /**
     * Returns the number of dimensions.
     *
     * @return zero for a scalar
     */
    public int rank() {
        return dimensions.length;
    }

    /**
     * Returns the size of one dimension.
     *
     * @param index from 0, the outermost
     * @return the size, or {@value #DYNAMIC}
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long dimension(int index) {
        return dimensions[index];
    }

    /**
     * Returns the sizes from the outermost to the innermost.
     *
     * @return a fresh array
     */
    public long[] toArray() {
        return dimensions.clone();
    }

    /**
     * Returns the number of elements that a tensor of this shape has.
     *
     * @return the product of the dimensions; one for a scalar
     * @throws IllegalArgumentException if a dimension is open, or the product is above {@link Integer#MAX_VALUE}
     */
    public int elements() {
        long product = 1;
        for (long dimension : dimensions) {
            if (dimension == DYNAMIC) {
                throw new IllegalArgumentException("a tensor needs every dimension, not " + this);
            }
            product *= dimension;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a tensor of shape " + this + " has too many elements");
            }
        }
        return (int) product;
    }

    /**
     * Tells whether a tensor of another shape may be used where this shape is declared.
     *
     * @param other the tensor's shape
     * @return true if the ranks are equal and so are all dimensions that are open in neither
     */
    public boolean accepts(Shape other) {
        if (other.rank() != rank()) {
            return false;
        }
        for (int i = 0; i < dimensions.length; i++) {
            if (dimensions[i] != DYNAMIC && other.dimensions[i] != DYNAMIC && dimensions[i] != other.dimensions[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /** Returns the dimensions in brackets, with {@code ?} for open ones: {@code [?, 4, 64, 64]}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < dimensions.length; i++) {
            text.append(i == 0 ? "" : ", ");
            if (dimensions[i] == DYNAMIC) {
                text.append('?');
            } else {
                text.append(dimensions[i]);
            }
        }
        return text.append(']').toString();
    }
}
