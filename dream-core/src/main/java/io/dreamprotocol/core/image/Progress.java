package io.dreamprotocol.core.image;

import java.util.Objects;
import java.util.Optional;

/**
 * How far a generation has come.
 *
 * @param step the number of steps done, from 0 to {@code steps}
 * @param steps the number of steps in all
 * @param preview a look at the unfinished image, where the model can give one
 */
public record Progress(int step, int steps, Optional<LatentPreview> preview) {
    /** Checks the range. */
    public Progress {
        if (steps < 1 || step < 0 || step > steps) {
            throw new IllegalArgumentException("Progress out of range: " + step + " of " + steps);
        }
        Objects.requireNonNull(preview, "preview");
    }

    /**
     * Tells how far a generation has come, without a preview.
     *
     * @param step the number of steps done, from 0 to {@code steps}
     * @param steps the number of steps in all
     */
    public Progress(int step, int steps) {
        this(step, steps, Optional.empty());
    }
}
