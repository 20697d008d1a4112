package io.dreamprotocol.inference.hub;

/** Text from elsewhere, made fit for one line of a message: short, and without control characters. */
final class Shown {
    private static final int MAX = 120;

    private Shown() {}

    static String of(String text) {
        return of(text, MAX);
    }

    static String of(String text, int max) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(max)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > max ? shown + "..." : shown.toString();
    }

    /** A number of bytes as people read it. */
    static String bytes(long count) {
        if (count < 1000) {
            return count + " bytes";
        }
        String[] units = {"kB", "MB", "GB", "TB"};
        double value = count;
        int unit = -1;
        while (value >= 999.95 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return Math.round(value * 10) / 10.0 + " " + units[unit];
    }
}
