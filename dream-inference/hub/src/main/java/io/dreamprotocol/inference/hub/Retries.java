package io.dreamprotocol.inference.hub;

import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.error.UnavailableException;
import io.dreamprotocol.core.image.Cancellation;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Decides after each failed attempt at one thing whether and when there is another: five in a row without progress, each after
 * about twice the pause before. Only requests that change nothing are repeated.
 */
final class Retries {
    /** Attempts in a row without progress. */
    static final int ATTEMPTS = 5;

    /** Attempts in all, whatever the progress. */
    static final int MAX_ATTEMPTS = 100;

    /** What must have come since the last failure to count as progress. */
    static final long PROGRESS_BYTES = 1 << 20;

    /** The longest that a server may make us wait. */
    static final Duration LONGEST_ASKED_PAUSE = Duration.ofMinutes(2);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    private final HubSettings settings;
    private final Target target;
    private final Cancellation cancellation;
    private int inARow;
    private int all;
    private long bytes;

    Retries(HubSettings settings, Target target, Cancellation cancellation) {
        this.settings = settings;
        this.target = target;
        this.cancellation = cancellation;
    }

    /** Takes note of what has come. */
    void received(int count) {
        bytes += count;
        if (bytes >= PROGRESS_BYTES) {
            bytes = 0;
            inARow = 0;
        }
    }

    /**
     * Waits for the next attempt.
     *
     * @throws UnavailableException if there is none
     * @throws StoppedException if the work was cancelled
     */
    void failed(IOException failure) {
        cancellation.throwIfStopped();
        if (Thread.currentThread().isInterrupted()) {
            throw HubErrors.interrupted(failure);
        }
        if (isUntrusted(failure)) {
            throw HubErrors.untrusted(settings, target, failure);
        }
        bytes = 0;
        inARow++;
        all++;
        if (inARow >= ATTEMPTS || all >= MAX_ATTEMPTS) {
            throw HubErrors.unavailable(settings, target, failure);
        }
        Duration pause = ownPause();
        if (failure instanceof BrokenException broken) {
            if (broken.askedPause().compareTo(LONGEST_ASKED_PAUSE) > 0) {
                throw HubErrors.askedToWait(settings, target, broken);
            }
            pause = broken.askedPause().compareTo(pause) > 0 ? broken.askedPause() : pause;
        }
        settings.surroundings().pause(pause, cancellation);
        cancellation.throwIfStopped();
    }

    /** Between half and all of the pause of this turn, so that clients that failed together do not come back together. */
    private Duration ownPause() {
        Duration longest = FIRST_PAUSE.multipliedBy(1L << (inARow - 1));
        long millis = Math.min(longest.toMillis(), LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    }

    private static boolean isUntrusted(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }
}
