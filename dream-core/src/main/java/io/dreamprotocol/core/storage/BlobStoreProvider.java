package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.BackendAddress;

/** Opens one kind of blob store; found by {@link java.util.ServiceLoader}. */
public interface BlobStoreProvider {
    /**
     * Returns the scheme of the addresses that this provider serves.
     *
     * @return the scheme, for example {@code embedded}
     */
    String scheme();

    /**
     * Opens the store at an address.
     *
     * @param address an address of this provider's scheme
     * @return the store
     */
    BlobStore open(BackendAddress address);
}
