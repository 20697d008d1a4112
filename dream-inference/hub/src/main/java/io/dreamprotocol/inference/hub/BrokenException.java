package io.dreamprotocol.inference.hub;

import java.io.IOException;
import java.time.Duration;

/** An attempt failed in a way that another may not: a line cut, a server overloaded or out of order. */
final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    /** How long the server asks to wait, or zero. */
    private final Duration askedPause;

    /**
     * Creates the error.
     *
     * @param message what happened, to follow a colon
     * @param askedPause how long the server asks to wait, or zero
     */
    BrokenException(String message, Duration askedPause) {
        super(message);
        this.askedPause = askedPause;
    }

    BrokenException(String message) {
        this(message, Duration.ZERO);
    }

    Duration askedPause() {
        return askedPause;
    }
}
