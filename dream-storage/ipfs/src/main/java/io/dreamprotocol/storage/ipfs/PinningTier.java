package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.storage.BlockSource;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.storage.StorageTier;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Has pinning services keep what is stored. They fetch it by themselves, from a tier that is part of the network. */
final class PinningTier implements StorageTier {
    private final List<PinningService> services;

    PinningTier(List<PinningService> services) {
        this.services = services;
    }

    /** Gives nothing: services are read through gateways. */
    @Override
    public Optional<byte[]> block(Cid cid) {
        return Optional.empty();
    }

    /** Asks each service that does not have it, or is not fetching it already. */
    @Override
    public void publish(Cid root, BlockSource from, LongConsumer sent) {
        for (PinningService service : services) {
            boolean asked = service.find(root).stream().anyMatch(pin -> pin.status() != PinningService.Status.FAILED);
            if (!asked) {
                service.pin(root, "");
            }
        }
    }

    @Override
    public void withdraw(Cid root) {
        for (PinningService service : services) {
            service.find(root).forEach(pin -> service.unpin(pin.id()));
        }
    }

    @Override
    public void close() {
        services.forEach(PinningService::close);
    }
}
