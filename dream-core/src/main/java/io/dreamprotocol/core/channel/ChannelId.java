package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A payment channel's name on its ledger.
 *
 * @param value 1 to 80 letters, digits, dashes or colons
 */
public record ChannelId(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9:-]{1,80}");

    /**
     * Checks the form.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public ChannelId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "Not a channel's id: it has 1 to 80 letters, digits, dashes or colons");
        }
    }

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
