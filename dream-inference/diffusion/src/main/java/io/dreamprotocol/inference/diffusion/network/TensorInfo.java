package io.dreamprotocol.inference.diffusion.network;

import java.util.Objects;

/**
 * What a network declares about one of its inputs or outputs.
 *
 * @param type the elements' format
 * @param shape the dimensions, open ones included
 */
public record TensorInfo(ElementType type, Shape shape) {

    /** Refuses absent values. */
    public TensorInfo {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(shape, "shape");
    }

    /** Returns the form in which messages name it: {@code float32 [?, 4, 64, 64]}. */
    @Override
    public String toString() {
        return type.id() + " " + shape;
    }
}
