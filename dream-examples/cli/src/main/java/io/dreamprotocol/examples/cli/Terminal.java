package io.dreamprotocol.examples.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the command writes: results to the standard output, everything else to the standard error, and what the two can show.
 *
 * <p>A reader that went away ({@code dream jobs | head}) ends the output without a word; any other failure to write is told once
 * by {@link #failure}. Thread-safe for what goes to the standard error.
 */
final class Terminal {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int DEFAULT_ROWS = 24;
    private static final int FLUSH_AT = 1 << 16;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final OutputStream out;
    private final OutputStream err;
    private final Charset charset;
    private final Abilities abilities;
    private final Optional<InputStream> in;
    private final StringBuilder pending = new StringBuilder();
    private boolean readerGone;
    private boolean statusShown;
    private @Nullable IOException failure;

    Terminal(OutputStream out, OutputStream err, Charset charset, Abilities abilities) {
        this(out, err, charset, abilities, Optional.empty());
    }

    /**
     * Creates a terminal at which somebody can be asked.
     *
     * @param in what people type; nothing if nobody is there
     */
    Terminal(OutputStream out, OutputStream err, Charset charset, Abilities abilities, Optional<InputStream> in) {
        this.out = Objects.requireNonNull(out, "out");
        this.err = Objects.requireNonNull(err, "err");
        this.charset = Objects.requireNonNull(charset, "charset");
        this.abilities = Objects.requireNonNull(abilities, "abilities");
        this.in = Objects.requireNonNull(in, "in");
    }

    /** Returns the process's own standard output and error. */
    static Terminal ofProcess(Map<String, String> environment) {
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                System.out.charset(),
                Abilities.ofProcess(environment),
                Abilities.inIsTerminal() ? Optional.of(System.in) : Optional.empty());
    }

    Abilities abilities() {
        return abilities;
    }

    /** Writes a line of results, with everything in it made harmless. */
    void line(String text) {
        raw(PrintableText.oneLine(text) + "\n");
    }

    /** Writes text that may hold line breaks and colours to the results; it must not come from outside. */
    void raw(String text) {
        pending.append(text);
        if (pending.length() >= FLUSH_AT) {
            flush();
        }
    }

    /** Writes bytes to the results. */
    void bytes(byte[] bytes, int length) {
        flush();
        write(bytes, length);
    }

    void flush() {
        if (!pending.isEmpty()) {
            byte[] bytes = pending.toString().getBytes(charset);
            pending.setLength(0);
            write(bytes, bytes.length);
        }
    }

    private void write(byte[] bytes, int length) {
        if (readerGone || failure != null) {
            return;
        }
        try {
            out.write(bytes, 0, length);
            out.flush();
        } catch (IOException e) {
            if (isReaderGone(e)) {
                readerGone = true;
            } else {
                failure = e;
            }
        }
    }

    private static boolean isReaderGone(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("broken pipe") || message.contains("pipe is being closed");
    }

    /** Tells whether nobody reads the results any more. */
    boolean isReaderGone() {
        return readerGone;
    }

    /** Returns why results could not be written, if that happened. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Writes a line for people, with everything in it made harmless. */
    synchronized void error(String text) {
        clearStatus();
        errorRaw(PrintableText.oneLine(text) + "\n");
    }

    /**
     * Asks whoever is at the terminal.
     *
     * @param question the question, with a blank behind it
     * @return the line that was typed; empty if nobody can be asked
     */
    Optional<String> ask(String question) {
        if (in.isEmpty() || !abilities.errIsTerminal()) {
            return Optional.empty();
        }
        clearStatus();
        errorRaw(PrintableText.oneLine(question));
        try {
            String line = new BufferedReader(new InputStreamReader(in.get(), charset)).readLine();
            return Optional.of(line == null ? "" : line);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Shows what is going on in a line that the next one replaces; nothing where the standard error is no terminal. */
    synchronized void status(String text) {
        if (abilities.errIsTerminal()) {
            errorRaw(CLEAR_LINE + PrintableText.oneLine(text, abilities.columns() - 1));
            statusShown = true;
        }
    }

    /** Takes the status line away. */
    synchronized void clearStatus() {
        if (statusShown) {
            errorRaw(CLEAR_LINE);
            statusShown = false;
        }
    }

    /** Writes text that may hold line breaks and colours to the standard error; it must not come from outside. */
    synchronized void errorRaw(String text) {
        try {
            err.write(text.getBytes(charset));
            err.flush();
        } catch (IOException e) {
            // There is no third place to tell it.
            return;
        }
    }

    /**
     * What the standard output and error can show.
     *
     * @param outIsTerminal whether people read the results directly
     * @param errIsTerminal whether people read the standard error directly, on a terminal that can clear a line
     * @param columns the width in characters
     * @param rows the height in characters
     * @param trueColour whether any colour can be shown
     * @param colour whether colours are wanted at all
     */
    record Abilities(
            boolean outIsTerminal, boolean errIsTerminal, int columns, int rows, boolean trueColour, boolean colour) {
        /** No terminal: a file, a pipe, a test. */
        static final Abilities NONE = new Abilities(false, false, DEFAULT_COLUMNS, DEFAULT_ROWS, false, false);

        /** The launcher asks the system, because Java cannot, and passes {@code 012,24x80}: which descriptors, rows, columns. */
        static final String PROPERTY = "dream.terminal";

        /** Tells whether people type what the process reads. */
        static boolean inIsTerminal() {
            return System.getProperty(PROPERTY, "").startsWith("0");
        }

        static Abilities ofProcess(Map<String, String> environment) {
            return of(System.getProperty(PROPERTY, ""), environment);
        }

        static Abilities of(String property, Map<String, String> environment) {
            int comma = property.indexOf(',');
            String descriptors = comma < 0 ? property : property.substring(0, comma);
            String size = comma < 0 ? "" : property.substring(comma + 1);
            int cross = size.indexOf('x');
            int rows = cross < 0 ? DEFAULT_ROWS : positive(size.substring(0, cross), DEFAULT_ROWS);
            int columns = cross < 0 ? DEFAULT_COLUMNS : positive(size.substring(cross + 1), DEFAULT_COLUMNS);
            String noColour = environment.getOrDefault("NO_COLOR", "");
            String term = environment.getOrDefault("TERM", "");
            boolean obeys = !term.isEmpty() && !term.equals("dumb");
            boolean colour = noColour.isEmpty() && obeys;
            return new Abilities(
                    descriptors.indexOf('1') >= 0,
                    descriptors.indexOf('2') >= 0 && obeys,
                    columns,
                    rows,
                    colour && hasTrueColour(term, environment),
                    colour);
        }

        private static int positive(String text, int absent) {
            try {
                int value = Integer.parseInt(text);
                return value > 0 && value <= 10_000 ? value : absent;
            } catch (NumberFormatException e) {
                return absent;
            }
        }

        private static boolean hasTrueColour(String term, Map<String, String> environment) {
            String colorterm = environment.getOrDefault("COLORTERM", "");
            if (colorterm.equals("truecolor") || colorterm.equals("24bit")) {
                return true;
            }
            if (environment.containsKey("WT_SESSION")) {
                return true;
            }
            return term.endsWith("-direct")
                    || term.endsWith("-truecolor")
                    || term.startsWith("xterm-kitty")
                    || term.startsWith("xterm-ghostty")
                    || term.startsWith("alacritty")
                    || term.startsWith("wezterm")
                    || term.startsWith("foot")
                    || term.startsWith("contour");
        }
    }
}
