package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.Progress;

/** A line on the standard error that says how far the work is; nothing where that is no terminal. Not thread-safe. */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 30;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final boolean shown;
    private boolean drawn;

    ProgressBar(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.shown = !quiet && terminal.abilities().errIsTerminal();
    }

    /** Says what is waited for before the steps begin. */
    void wait(String what) {
        draw(what);
    }

    /** Says how far the steps of one image are. */
    void step(String label, Progress progress) {
        if (!shown) {
            return;
        }
        int full = CELLS * progress.step() / progress.steps();
        draw(label + " [" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + progress.step() + "/"
                + progress.steps());
    }

    private void draw(String text) {
        if (shown) {
            terminal.errorRaw(
                    CLEAR + PrintableText.oneLine(text, terminal.abilities().columns() - 1));
            drawn = true;
        }
    }

    /** Takes the line away. */
    @Override
    public void close() {
        if (drawn) {
            terminal.errorRaw(CLEAR);
            drawn = false;
        }
    }
}
