package io.dreamprotocol.inference.hub;

import java.time.Duration;

/** Finds lines that never fall silent and still bring next to nothing. Not thread-safe. */
final class SlowLine {
    /** What must come within the time. */
    static final long LEAST_BYTES = 64 * 1024;

    private final long windowNanos;
    private long begin = System.nanoTime();
    private long bytes;

    SlowLine(Duration window) {
        this.windowNanos = window.toNanos();
    }

    /**
     * Takes note of what has come.
     *
     * @throws BrokenException if it was too little for too long
     */
    void received(int count) throws BrokenException {
        bytes += count;
        long now = System.nanoTime();
        if (now - begin > windowNanos) {
            if (bytes < LEAST_BYTES) {
                throw new BrokenException("the line brought only " + bytes + " bytes in "
                        + Duration.ofNanos(now - begin).toSeconds() + " seconds");
            }
            begin = now;
            bytes = 0;
        }
    }
}
