package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.EventCursor;
import org.jspecify.annotations.Nullable;

/** The cursors of one ledger: the ledger's mark and an event's number, so that another ledger's cursor is noticed. */
final class Cursors {
    private static final int MARK_DIGITS = 8;

    private final String mark;

    Cursors(String ledgerId) {
        this.mark = ledgerId.substring(0, MARK_DIGITS) + ":";
    }

    EventCursor at(long place) {
        return new EventCursor(mark + place);
    }

    /** Returns the number of the event before a cursor. */
    long place(EventCursor cursor, long latest) {
        if (cursor.equals(EventCursor.START)) {
            return 0;
        }
        if (cursor.value().startsWith(mark)) {
            try {
                long place = Long.parseLong(cursor.value().substring(mark.length()));
                if (place >= 0 && place <= latest) {
                    return place;
                }
            } catch (NumberFormatException e) {
                throw foreign(e);
            }
        }
        throw foreign(null);
    }

    private static InvalidInputException foreign(@Nullable Exception cause) {
        String message = "The event cursor is not one of this ledger's; start from the beginning";
        return cause == null
                ? new InvalidInputException(ErrorCode.INVALID_REQUEST, message)
                : new InvalidInputException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}
