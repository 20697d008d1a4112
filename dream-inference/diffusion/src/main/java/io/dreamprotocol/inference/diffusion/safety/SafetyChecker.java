package io.dreamprotocol.inference.diffusion.safety;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;

/** Judges pictures. Thread-safe. */
@FunctionalInterface
public interface SafetyChecker extends AutoCloseable {
    /**
     * Tells whether a picture shows what should not be given out.
     *
     * @param picture the finished picture
     * @param cancellation stops the work
     * @return true if it does
     * @throws DreamException {@code cancelled} or {@code deadline-exceeded} when stopped; {@code engine-failed} when the checker
     *     cannot judge
     */
    boolean isUnsafe(RgbImage picture, Cancellation cancellation);

    /** Frees what the checker holds; calling it twice does nothing more. */
    @Override
    default void close() {}
}
