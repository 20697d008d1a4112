package io.dreamprotocol.inference.diffusion.network;

/** The number format of a tensor's elements. */
public enum ElementType {
    /** IEEE 754 single precision. */
    FLOAT32("float32", Float.BYTES),
    /** IEEE 754 half precision. */
    FLOAT16("float16", Short.BYTES),
    /** Signed 32-bit integers. */
    INT32("int32", Integer.BYTES),
    /** Signed 64-bit integers. */
    INT64("int64", Long.BYTES),
    /** Truth values: zero is false, one is true. */
    BOOL("bool", Byte.BYTES);

    private final String id;
    private final int bytes;

    ElementType(String id, int bytes) {
        this.id = id;
        this.bytes = bytes;
    }

    /**
     * Returns the format's usual name in lower case, such as {@code float32}.
     *
     * @return the name
     */
    public String id() {
        return id;
    }

    /**
     * Returns the size of one element.
     *
     * @return bytes per element
     */
    public int bytes() {
        return bytes;
    }
}
