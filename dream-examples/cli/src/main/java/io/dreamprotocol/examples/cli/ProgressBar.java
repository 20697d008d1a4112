package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Progress;

/** Says in the terminal's status line how far the work is. */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 30;

    private final Terminal terminal;
    private final boolean quiet;

    ProgressBar(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /** Says what is waited for before the steps begin. */
    void wait(String what) {
        if (!quiet) {
            terminal.status(what);
        }
    }

    /** Says how far the steps of one image are. */
    void step(String label, Progress progress) {
        if (!quiet) {
            int full = CELLS * progress.step() / progress.steps();
            terminal.status(label + " [" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + progress.step() + "/"
                    + progress.steps());
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        terminal.clearStatus();
    }
}
