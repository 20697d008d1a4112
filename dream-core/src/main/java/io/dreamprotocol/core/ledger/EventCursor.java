package io.dreamprotocol.core.ledger;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A place in a ledger's stream of events, which a program may keep across restarts. Opaque: only the ledger that gave it out
 * reads it.
 *
 * @param value 1 to 64 letters, digits, colons or dashes
 */
public record EventCursor(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9:-]{1,64}");

    /** The place before the first event. */
    public static final EventCursor START = new EventCursor("0");

    /** Checks the form. */
    public EventCursor {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("Not an event cursor");
        }
    }
}
