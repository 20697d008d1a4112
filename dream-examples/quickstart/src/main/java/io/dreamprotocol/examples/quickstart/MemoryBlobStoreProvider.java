package io.dreamprotocol.examples.quickstart;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.util.Set;

/** Opens the application's own store by the address {@code memory:}; {@code META-INF/services} names this class. */
public final class MemoryBlobStoreProvider implements BlobStoreProvider {
    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public MemoryBlobStoreProvider() {}

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public BlobStore open(BackendAddress address) {
        address.requireKnownOptions(Set.of());
        return new MemoryBlobStore();
    }
}
