package io.dreamprotocol.core.image;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.StoppedException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop work, made once by its caller or by a deadline. Thread-safe.
 *
 * <p>Whoever does the work asks {@link #throwIfStopped} between its parts, and registers {@link #onStop} to interrupt a
 * part that takes long.
 */
public final class Cancellation {
    private final Set<Runnable> actions = new LinkedHashSet<>();
    private @Nullable ErrorCode reason;

    /** Creates a cancellation that was not asked for yet. */
    public Cancellation() {}

    /** Asks the work to stop, because its caller no longer wants it. */
    public void cancel() {
        stop(ErrorCode.CANCELLED);
    }

    /**
     * Stops the work when a time has passed, unless it was stopped or the returned timer closed before.
     *
     * @param time the time from now
     * @return closes the timer
     */
    public Registration stopAfter(Duration time) {
        Thread timer = Thread.ofVirtual().name("dream-deadline").start(() -> {
            try {
                Thread.sleep(time);
                stop(ErrorCode.DEADLINE_EXCEEDED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return timer::interrupt;
    }

    /**
     * Tells whether the work should stop.
     *
     * @return true once asked
     */
    public synchronized boolean isStopped() {
        return reason != null;
    }

    /**
     * Throws if the work should stop.
     *
     * @throws StoppedException with {@link ErrorCode#CANCELLED} or {@link ErrorCode#DEADLINE_EXCEEDED}
     */
    public void throwIfStopped() {
        ErrorCode stopped;
        synchronized (this) {
            stopped = reason;
        }
        if (stopped == ErrorCode.DEADLINE_EXCEEDED) {
            throw new StoppedException(
                    stopped, "The work was not done within its deadline; allow more time or ask for less");
        }
        if (stopped != null) {
            throw new StoppedException(stopped, "The work was cancelled");
        }
    }

    /**
     * Registers what to do when the work should stop; runs it at once if that was asked already.
     *
     * @param action quick and without errors; called at most once, on the thread that asks
     * @return removes the action
     */
    public Registration onStop(Runnable action) {
        synchronized (this) {
            if (reason == null) {
                actions.add(action);
                return () -> remove(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void remove(Runnable action) {
        actions.remove(action);
    }

    private void stop(ErrorCode why) {
        Set<Runnable> pending;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            pending = new LinkedHashSet<>(actions);
            actions.clear();
        }
        pending.forEach(Runnable::run);
    }

    /** Something registered, until it is closed. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        /** Takes the registration back; closing twice does nothing more. */
        @Override
        void close();
    }
}
