package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.BackendAddress;

/** Opens one kind of ledger; found by {@link java.util.ServiceLoader}. */
public interface LedgerProvider {
    /**
     * Returns the scheme of the addresses that this provider serves.
     *
     * @return the scheme, for example {@code embedded}
     */
    String scheme();

    /**
     * Opens the ledger at an address.
     *
     * @param address an address of this provider's scheme
     * @return the ledger
     */
    Ledger open(BackendAddress address);
}
