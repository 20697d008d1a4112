package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Cancellation;
import java.nio.file.Path;

/** The {@code dream} command as a process. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the process.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Cancellation interrupt = new Cancellation();
        Signals signals = new Signals(interrupt);
        Context context = new Context(
                Terminal.ofProcess(System.getenv()),
                System.getenv(),
                Path.of("").toAbsolutePath(),
                interrupt,
                signals::take);
        int status = ExitStatus.UNEXPECTED;
        try {
            status = new Dream(context).run(args);
        } finally {
            signals.end(status);
        }
    }
}
