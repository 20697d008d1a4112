package io.dreamprotocol.core.storage;

import io.dreamprotocol.core.BackendAddress;
import java.util.List;

/** Opens one kind of place behind a store; found by {@link java.util.ServiceLoader}. */
public interface StorageTierProvider {
    /**
     * Returns the scheme of the addresses that this provider serves.
     *
     * @return the scheme, for example {@code gateway}
     */
    String scheme();

    /**
     * Opens the places at addresses of one kind together, so that they can be asked at a time.
     *
     * @param addresses addresses of this provider's scheme, at least one, in the order of preference
     * @return the tier
     */
    StorageTier open(List<BackendAddress> addresses);
}
