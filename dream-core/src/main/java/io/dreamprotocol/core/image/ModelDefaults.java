package io.dreamprotocol.core.image;

import java.util.Objects;

/**
 * The settings of a request that leaves them open.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param steps the number of denoising steps
 * @param guidanceScale the scale of classifier-free guidance; 1 switches it off
 * @param scheduler the canonical name of the scheduler
 */
public record ModelDefaults(int width, int height, int steps, double guidanceScale, String scheduler) {
    /** Checks the parts. */
    public ModelDefaults {
        Objects.requireNonNull(scheduler, "scheduler");
    }
}
