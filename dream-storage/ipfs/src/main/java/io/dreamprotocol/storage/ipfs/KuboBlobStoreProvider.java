package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Set;

/**
 * Opens the blob store in a Kubo node: {@code ipfs:http://127.0.0.1:5001}.
 *
 * <p>The option {@code search} is the number of seconds that the node searches the network for a block that it does not have, 30
 * if it is left out and 0 for not at all.
 */
public final class KuboBlobStoreProvider implements BlobStoreProvider {
    private static final String SEARCH = "search";

    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public KuboBlobStoreProvider() {}

    @Override
    public String scheme() {
        return "ipfs";
    }

    /**
     * Opens the store of a node, without connecting to it yet.
     *
     * @param address {@code ipfs:} and the address of the node's RPC API
     * @return the store
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if there is no such address, or an unknown option
     */
    @Override
    public BlobStore open(BackendAddress address) {
        address.requireKnownOptions(Set.of(SEARCH));
        KuboSettings settings;
        try {
            settings = KuboSettings.of(new URI(address.location()));
        } catch (URISyntaxException e) {
            throw IpfsErrors.configuration(
                    "The address ipfs: needs a node's RPC API, for example ipfs:http://127.0.0.1:5001");
        }
        return new KuboBlobStore(address.option(SEARCH)
                .map(KuboBlobStoreProvider::seconds)
                .map(settings::withSearchTimeout)
                .orElse(settings));
    }

    private static Duration seconds(String value) {
        if (!value.matches("\\d{1,5}")) {
            throw IpfsErrors.configuration("The option search of ipfs: is a number of seconds, not '" + value + "'");
        }
        return Duration.ofSeconds(Integer.parseInt(value));
    }
}
