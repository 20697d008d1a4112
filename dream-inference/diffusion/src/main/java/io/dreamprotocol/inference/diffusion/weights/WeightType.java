package io.dreamprotocol.inference.diffusion.weights;

import java.util.Arrays;
import java.util.Optional;

/** The number format of a stored tensor, under the name that safetensors has for it. */
public enum WeightType {
    /** IEEE 754 double precision. */
    F64(8, true),
    /** IEEE 754 single precision. */
    F32(4, true),
    /** IEEE 754 half precision. */
    F16(2, true),
    /** The upper half of single precision. */
    BF16(2, true),
    /** Signed 64-bit integers. */
    I64(8, false),
    /** Signed 32-bit integers. */
    I32(4, false),
    /** Signed 16-bit integers. */
    I16(2, false),
    /** Signed 8-bit integers. */
    I8(1, false),
    /** Unsigned 64-bit integers. */
    U64(8, false),
    /** Unsigned 32-bit integers. */
    U32(4, false),
    /** Unsigned 16-bit integers. */
    U16(2, false),
    /** Unsigned 8-bit integers. */
    U8(1, false),
    /** Truth values, one byte each. */
    BOOL(1, false);

    private final int bytes;
    private final boolean real;

    WeightType(int bytes, boolean real) {
        this.bytes = bytes;
        this.real = real;
    }

    /** Returns the type of a name, exactly as safetensors writes it. */
    static Optional<WeightType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /**
     * Returns the size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Tells whether elements are floating-point numbers.
     *
     * @return false for integers and truth values
     */
    public boolean isReal() {
        return real;
    }
}
