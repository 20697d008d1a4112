package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.StorageTierProvider;
import java.util.List;
import java.util.Set;

/** Opens trustless gateways as one tier that asks all of them at a time: {@code gateway:https://trustless-gateway.link}. */
public final class GatewayTierProvider implements StorageTierProvider {
    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public GatewayTierProvider() {}

    @Override
    public String scheme() {
        return "gateway";
    }

    /**
     * Opens the gateways, without connecting to them yet.
     *
     * @param addresses each {@code gateway:} and a gateway's address
     * @return the tier
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if one is no such address, or has an option
     */
    @Override
    public StorageTier open(List<BackendAddress> addresses) {
        addresses.forEach(address -> address.requireKnownOptions(Set.of()));
        return new GatewayBlobSource(GatewaySettings.of(
                addresses.stream().map(IpfsErrors::webAddress).toList()));
    }
}
