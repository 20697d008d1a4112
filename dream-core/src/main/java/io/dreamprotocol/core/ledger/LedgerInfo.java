package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Share;
import java.time.Duration;
import java.util.Objects;

/**
 * What distinguishes one ledger from another.
 *
 * @param id names the ledger for ever, for example {@code embedded:4f2c...}; signatures and vouchers are bound to it
 * @param currency the coin's short name
 * @param decimals how many decimal digits a coin has
 * @param settlementWindow how long after a result only the requester may settle; then anyone may
 * @param protocolParts the protocol's share of a job's work and royalties, of {@link Share#WHOLE} parts, on top of both
 * @param minimumStake what a worker must have at stake to claim jobs; if nothing, workers need not register
 */
public record LedgerInfo(
        String id, String currency, int decimals, Duration settlementWindow, int protocolParts, Amount minimumStake) {
    /** The account that holds the protocol's shares. Nobody can sign for it. */
    public static final AccountId TREASURY = new AccountId("protocol:treasury");

    /** Checks that every part is there. */
    public LedgerInfo {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(currency, "currency");
        Objects.requireNonNull(settlementWindow, "settlementWindow");
        Objects.requireNonNull(minimumStake, "minimumStake");
        if (protocolParts < 0 || protocolParts > Share.WHOLE) {
            throw new IllegalArgumentException("The protocol's share is out of range: " + protocolParts);
        }
        if (decimals < 0 || decimals > 36) {
            throw new IllegalArgumentException("Decimals out of range: " + decimals);
        }
    }
}
