package io.dreamprotocol.core.ledger;

import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one write of one account, so that sending it twice does what sending it once does.
 *
 * <p>A ledger that sees an account's key again answers with the first result if the operation is the same, and refuses another
 * operation under it ({@code idempotency-conflict}).
 *
 * @param value 1 to 64 letters, digits or {@code . _ : -}
 */
public record IdempotencyKey(String value) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /** Checks the form. */
    public IdempotencyKey {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("An idempotency key has 1 to 64 letters, digits or . _ : -");
        }
    }

    /**
     * Creates a key that was never used.
     *
     * @return a random key
     */
    public static IdempotencyKey random() {
        return new IdempotencyKey(UUID.randomUUID().toString());
    }
}
