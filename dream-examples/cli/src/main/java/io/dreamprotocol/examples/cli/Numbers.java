package io.dreamprotocol.examples.cli;

/** Decimal numbers as people write them. */
final class Numbers {
    private static final double EXACT = 1e15;

    private Numbers() {}

    /** Returns a finite number, without a point if it is whole. */
    static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < EXACT
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
