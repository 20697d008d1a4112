package io.dreamprotocol.inference.diffusion.weights;

import io.dreamprotocol.inference.diffusion.network.Shape;

/**
 * Where a file holds a tensor.
 *
 * @param name the tensor's name
 * @param type the elements' format, little-endian
 * @param shape the dimensions, none of them open; the elements are in row-major order
 * @param begin the first byte, counted from the begin of the file's data
 * @param end the byte after the last
 */
public record StoredTensor(String name, WeightType type, Shape shape, long begin, long end) {

    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    public long elements() {
        return (end - begin) / type.bytes();
    }
}
