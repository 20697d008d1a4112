package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Why a worker gave a job back.
 *
 * @param code the error's stable code
 * @param reason one line for people, at most 500 characters
 * @param permanent true if no other worker could do it either, because the request itself is wrong
 */
public record JobFailure(ErrorCode code, String reason, boolean permanent) {
    /** The most characters of a reason. */
    public static final int MAX_REASON = 500;

    /** Cuts a reason that is too long and makes it one line. */
    public JobFailure {
        Objects.requireNonNull(code, "code");
        reason = reason.replaceAll("\\p{Cntrl}+", " ");
        if (reason.length() > MAX_REASON) {
            reason = reason.substring(0, MAX_REASON - 3) + "...";
        }
        // Half a surrogate pair, of the cut or of the caller, could not be stored; this makes it a question mark.
        reason = new String(reason.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
