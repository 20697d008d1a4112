package io.dreamprotocol.core.ledger;

import java.time.Duration;
import java.util.Objects;

/**
 * What distinguishes one ledger from another.
 *
 * @param id names the ledger for ever, for example {@code embedded:4f2c...}; signatures and vouchers are bound to it
 * @param currency the coin's short name
 * @param decimals how many decimal digits a coin has
 * @param settlementWindow how long after a result only the requester may settle; then anyone may
 */
public record LedgerInfo(String id, String currency, int decimals, Duration settlementWindow) {
    /** Checks that every part is there. */
    public LedgerInfo {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(currency, "currency");
        Objects.requireNonNull(settlementWindow, "settlementWindow");
        if (decimals < 0 || decimals > 36) {
            throw new IllegalArgumentException("Decimals out of range: " + decimals);
        }
    }
}
