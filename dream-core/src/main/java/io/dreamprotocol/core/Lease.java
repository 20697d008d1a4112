package io.dreamprotocol.core;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.RgbImage;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.storage.Cid;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A worker's hold on a job: a thread of its own renews it by heartbeats that carry the steps done, and stops the work when it
 * is lost.
 */
final class Lease {
    /** Progress is reported at most this often, because each report is a write to the ledger. */
    private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);

    /** Without progress a heartbeat goes out this often, so that a job that was taken back stops soon. */
    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(2);

    private final WorkExchange exchange;
    private final Signer worker;
    private final Job job;
    private final Duration time;
    private final Cancellation work;
    private final Thread thread;
    private final Function<RgbImage, Cid> previews;
    private Optional<RgbImage> preview = Optional.empty();
    private int stepsDone;
    private int stepsReported;
    private boolean closed;
    private @Nullable DreamException loss;

    private Lease(
            WorkExchange exchange,
            Signer worker,
            Job job,
            Duration time,
            Cancellation work,
            Function<RgbImage, Cid> previews) {
        this.exchange = exchange;
        this.worker = worker;
        this.job = job;
        this.time = time;
        this.work = work;
        this.previews = previews;
        this.thread = Thread.ofVirtual().name("dream-lease").unstarted(this::renew);
    }

    static Lease hold(
            WorkExchange exchange,
            Signer worker,
            Job job,
            Duration time,
            Cancellation work,
            Function<RgbImage, Cid> previews) {
        Lease lease = new Lease(exchange, worker, job, time, work, previews);
        lease.thread.start();
        return lease;
    }

    /** Notes the steps done and how the image looks; the next heartbeat carries them. */
    synchronized void report(int steps, Optional<RgbImage> look) {
        preview = look;
        stepsDone = Math.max(stepsDone, steps);
        notifyAll();
    }

    /** Returns why the job was lost, if it was. */
    synchronized Optional<DreamException> loss() {
        return Optional.ofNullable(loss);
    }

    private void renew() {
        long renewAt = System.nanoTime() + IDLE_INTERVAL.toNanos();
        try {
            while (true) {
                Thread.sleep(REPORT_INTERVAL);
                int steps;
                Optional<RgbImage> look;
                synchronized (this) {
                    while (!closed && stepsDone == stepsReported && System.nanoTime() < renewAt) {
                        wait(Math.max(1, (renewAt - System.nanoTime()) / 1_000_000));
                    }
                    if (closed) {
                        return;
                    }
                    steps = stepsDone;
                    look = preview;
                    preview = Optional.empty();
                }
                if (!beat(steps, look)) {
                    return;
                }
                renewAt = System.nanoTime() + IDLE_INTERVAL.toNanos();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends one heartbeat; tells whether the job is still held as far as is known. */
    private boolean beat(int steps, Optional<RgbImage> look) {
        try {
            exchange.heartbeat(worker, job.id(), steps, look.map(previews), time);
            synchronized (this) {
                stepsReported = steps;
            }
            return true;
        } catch (DreamException e) {
            if (e.isRetryable()) {
                // The ledger is busy or away; the lease has time left, and the next heartbeat may go through.
                return true;
            }
            synchronized (this) {
                if (closed) {
                    return false;
                }
                loss = e;
            }
            work.cancel();
            return false;
        }
    }

    /** Ends the heartbeats and waits for one under way; calling it twice does nothing more. */
    void end() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
