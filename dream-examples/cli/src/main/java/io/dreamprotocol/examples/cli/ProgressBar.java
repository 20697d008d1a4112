package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.image.LatentPreview;
import io.dreamprotocol.core.image.Progress;

/** Says in the terminal's status line how far the work is. */
final class ProgressBar implements AutoCloseable {
    private static final int CELLS = 30;

    private final Terminal terminal;
    private final boolean quiet;
    private final boolean preview;
    private int previewLines;

    /**
     * Creates a bar that shows nothing yet.
     *
     * @param terminal where
     * @param quiet whether to show nothing at all
     * @param preview whether to show the unfinished image too
     */
    ProgressBar(Terminal terminal, boolean quiet, boolean preview) {
        this.terminal = terminal;
        this.quiet = quiet;
        this.preview = preview;
    }

    /** Says what is waited for before the steps begin. */
    void wait(String what) {
        if (!quiet) {
            terminal.status(what);
        }
    }

    /** Says how far the steps of one image are. */
    void step(String label, Progress progress) {
        if (preview && progress.step() < progress.steps()) {
            progress.preview().ifPresent(this::show);
        }
        if (!quiet) {
            int full = CELLS * progress.step() / progress.steps();
            terminal.status(label + " [" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + progress.step() + "/"
                    + progress.steps());
        }
    }

    /** Draws the unfinished image over the last one. */
    private void show(LatentPreview unfinished) {
        String drawn = TerminalPicture.draw(unfinished.decoded(), terminal.abilities());
        erasePreview();
        terminal.errorRaw(drawn);
        previewLines = (int) drawn.lines().count();
    }

    private void erasePreview() {
        terminal.clearStatus();
        if (previewLines > 0) {
            terminal.errorRaw("\u001b[" + previewLines + "A\u001b[J");
            previewLines = 0;
        }
    }

    /** Takes the line and the unfinished image away. */
    @Override
    public void close() {
        erasePreview();
    }
}
