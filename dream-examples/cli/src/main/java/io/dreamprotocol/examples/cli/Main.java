package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Cancellation;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The {@code dream} command as a process. */
public final class Main {
    /** How long an interrupted run may take to settle its affairs, in seconds. */
    private static final long SETTLING_SECONDS = 10;

    private Main() {}

    /**
     * Runs the command and ends the process.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Cancellation interrupt = new Cancellation();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> settle(interrupt, ended), "dream-interrupt"));
        Context context = new Context(
                Terminal.ofProcess(System.getenv()),
                System.getenv(),
                Path.of("").toAbsolutePath(),
                interrupt);
        int status;
        try {
            status = new Dream(context).run(args);
        } finally {
            ended.countDown();
        }
        System.exit(status);
    }

    /** Stops the run when the process is told to end, and lets it finish what must not be left half-done. */
    private static void settle(Cancellation interrupt, CountDownLatch ended) {
        interrupt.cancel();
        try {
            if (!ended.await(SETTLING_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
