package io.dreamprotocol.core.image;

/**
 * How far a generation has come.
 *
 * @param step the number of steps done, from 0 to {@code steps}
 * @param steps the number of steps in all
 */
public record Progress(int step, int steps) {
    /** Checks the range. */
    public Progress {
        if (steps < 1 || step < 0 || step > steps) {
            throw new IllegalArgumentException("Progress out of range: " + step + " of " + steps);
        }
    }
}
