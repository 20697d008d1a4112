package io.dreamprotocol.examples.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as people read them. Apart from other texts, because formatting times loads much that a quick command does not need. */
final class Times {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Times() {}

    /** Returns a time in this machine's time zone. */
    static String text(Instant instant) {
        return FORM.format(instant.atZone(ZoneId.systemDefault()));
    }
}
