package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.style.StyleId;
import java.util.Objects;

/**
 * That an account paid for a job with a style model, which is noted once.
 *
 * @param style the model
 * @param payer the account
 */
public record StylePayer(StyleId style, AccountId payer) {
    /** Checks that every part is there. */
    public StylePayer {
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(payer, "payer");
    }
}
