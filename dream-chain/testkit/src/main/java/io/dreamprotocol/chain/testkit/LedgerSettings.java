package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * What a test asks of a fresh ledger.
 *
 * @param protocolParts the protocol's share, of {@link io.dreamprotocol.core.style.Share#WHOLE} parts
 * @param minimumStake what a worker must have at stake
 */
public record LedgerSettings(int protocolParts, Amount minimumStake) {
    /** Nothing for the protocol, and workers without stake. */
    public static final LedgerSettings PLAIN = new LedgerSettings(0, Amount.ZERO);

    /** Checks that every part is there. */
    public LedgerSettings {
        Objects.requireNonNull(minimumStake, "minimumStake");
    }
}
