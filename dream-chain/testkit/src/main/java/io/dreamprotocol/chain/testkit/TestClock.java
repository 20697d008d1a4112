package io.dreamprotocol.chain.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until it is told otherwise. Thread-safe. */
public final class TestClock implements InstantSource {
    private final AtomicReference<Instant> time;

    /**
     * Creates a clock.
     *
     * @param start the time that it shows at first
     */
    public TestClock(Instant start) {
        time = new AtomicReference<>(start);
    }

    @Override
    public Instant instant() {
        return time.get();
    }

    /**
     * Moves the clock.
     *
     * @param by how far; negative to step back
     */
    public void advance(Duration by) {
        time.updateAndGet(now -> now.plus(by));
    }
}
