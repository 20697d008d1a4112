package io.dreamprotocol.core.money;

import java.util.Objects;

/**
 * An account's money on a ledger.
 *
 * @param available what can be spent or withdrawn
 * @param escrowed what lies in escrow for the account's own jobs
 */
public record Balance(Amount available, Amount escrowed) {
    /** Checks that every part is there. */
    public Balance {
        Objects.requireNonNull(available, "available");
        Objects.requireNonNull(escrowed, "escrowed");
    }
}
