package io.dreamprotocol.examples.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Says in the terminal's status line how many bytes are done, and ends the work when the user interrupts it. */
final class ByteProgress implements LongConsumer, AutoCloseable {
    private static final int CELLS = 20;
    private static final long INTERVAL_NANOS = 100_000_000;

    private final Context context;
    private final String label;
    private final long total;
    private long shown = System.nanoTime() - INTERVAL_NANOS;
    private long counted;

    /**
     * Creates a bar.
     *
     * @param context where it is shown, and what ends the work
     * @param label what is done
     * @param total how many bytes there are, 0 if nobody knows
     */
    ByteProgress(Context context, String label, long total) {
        this.context = context;
        this.label = label;
        this.total = total;
    }

    @Override
    public void accept(long bytes) {
        context.interrupt().throwIfStopped();
        long now = System.nanoTime();
        if (now - shown >= INTERVAL_NANOS) {
            shown = now;
            context.terminal().status(label + " " + text(bytes));
        }
    }

    private String text(long bytes) {
        if (total <= 0 || bytes > total) {
            return ByteSizes.text(bytes);
        }
        int full = (int) (CELLS * bytes / total);
        return "[" + "#".repeat(full) + ".".repeat(CELLS - full) + "] " + ByteSizes.text(bytes) + " of "
                + ByteSizes.text(total);
    }

    /** Counts more bytes, on top of those counted before. */
    void add(long bytes) {
        counted += bytes;
        accept(counted);
    }

    /** Returns how many bytes were counted. */
    long counted() {
        return counted;
    }

    /** Returns a stream that tells how much of it was read. */
    InputStream watch(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int count = super.read(target, offset, length);
                if (count > 0) {
                    add(count);
                }
                return count;
            }
        };
    }

    /** Takes the line away. */
    @Override
    public void close() {
        context.terminal().clearStatus();
    }
}
