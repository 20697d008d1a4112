package io.dreamprotocol.examples.cli;

import java.util.Locale;

/** Numbers of bytes as people write them. */
final class ByteSizes {
    private static final long STEP = 1000;
    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

    private ByteSizes() {}

    /** Returns a number of bytes with three digits at most, such as {@code 1.72 GB}. */
    static String text(long bytes) {
        if (bytes < STEP) {
            return bytes + " bytes";
        }
        double value = bytes;
        int unit = -1;
        do {
            value /= STEP;
            unit++;
        } while (value >= STEP - 0.5 && unit < UNITS.length - 1);
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
    }
}
