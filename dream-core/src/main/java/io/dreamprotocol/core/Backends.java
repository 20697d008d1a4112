package io.dreamprotocol.core;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.UnsupportedException;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerProvider;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import io.dreamprotocol.core.storage.BlockStore;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.StorageTierProvider;
import io.dreamprotocol.core.storage.TieredBlobStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;

/**
 * Opens backends by their address, among those that {@link ServiceLoader} finds on the class path.
 *
 * <p>An application that wants a backend of its own either registers a provider, or constructs it and passes it to {@link
 * DreamClient} and {@link Worker} itself.
 */
public final class Backends {
    private Backends() {}

    /**
     * Opens a ledger.
     *
     * @param address for example {@code embedded:./data}
     * @return the ledger
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_BACKEND} if no backend serves the scheme
     */
    public static Ledger openLedger(String address) {
        BackendAddress parsed = BackendAddress.parse(address);
        return find(LedgerProvider.class, LedgerProvider::scheme, parsed).open(parsed);
    }

    /**
     * Opens a blob store, or one on this machine with others behind it.
     *
     * @param address for example {@code embedded:./data}, or {@code tiers:} and several addresses with commas between, as in {@code
     *     tiers:embedded:./data,ipfs:http://127.0.0.1:5001,gateway:https://trustless-gateway.link}: the first is a cache for the others,
     *     and what is stored there is brought to those that take it
     * @return the store, a {@link TieredBlobStore} in the second case
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_BACKEND} if no backend serves the scheme
     * @throws UnsupportedException with {@link ErrorCode#UNSUPPORTED} if the first of several cannot be a cache, or another cannot stand
     *     behind it
     */
    public static BlobStore openBlobStore(String address) {
        if (TierAddresses.matches(address)) {
            return openTiers(TierAddresses.parse(address));
        }
        return open(BackendAddress.parse(address));
    }

    private static BlobStore open(BackendAddress address) {
        for (StorageTierProvider provider : ServiceLoader.load(StorageTierProvider.class)) {
            if (provider.scheme().equals(address.scheme())) {
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "'" + address.scheme()
                                + ":' is no store by itself; put it behind one, as in tiers:embedded:./data,"
                                + address.scheme() + ":" + address.location());
            }
        }
        return find(BlobStoreProvider.class, BlobStoreProvider::scheme, address).open(address);
    }

    private static BlobStore openTiers(TierAddresses addresses) {
        BlobStore near = open(addresses.near());
        List<StorageTier> far = new ArrayList<>();
        try {
            if (!(near instanceof BlockStore cache)) {
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED,
                        "The store '" + addresses.near().scheme()
                                + ":' cannot be the first of several; begin with embedded:DIR");
            }
            Map<String, List<BackendAddress>> together = new LinkedHashMap<>();
            addresses
                    .far()
                    .forEach(address -> together.computeIfAbsent(address.scheme(), scheme -> new ArrayList<>())
                            .add(address));
            together.values().forEach(same -> openTier(same, far));
            return new TieredBlobStore(cache, far);
        } catch (RuntimeException | Error e) {
            far.forEach(StorageTier::close);
            near.close();
            throw e;
        }
    }

    private static void openTier(List<BackendAddress> same, List<StorageTier> far) {
        String scheme = same.getFirst().scheme();
        for (StorageTierProvider provider : ServiceLoader.load(StorageTierProvider.class)) {
            if (provider.scheme().equals(scheme)) {
                far.add(provider.open(same));
                return;
            }
        }
        for (BackendAddress address : same) {
            BlobStore store = open(address);
            if (!(store instanceof StorageTier tier)) {
                store.close();
                throw new UnsupportedException(
                        ErrorCode.UNSUPPORTED, "The store '" + scheme + ":' cannot stand behind another");
            }
            far.add(tier);
        }
    }

    /**
     * Opens an image model.
     *
     * @param address for example {@code onnx:dream-mini} or {@code onnx:./models/sd15?provider=cuda}
     * @return the model
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_BACKEND} if no backend serves the scheme
     */
    public static ImageModel openImageModel(String address) {
        BackendAddress parsed = BackendAddress.parse(address);
        return find(ImageModelProvider.class, ImageModelProvider::scheme, parsed)
                .open(parsed);
    }

    private static <T> T find(Class<T> type, Function<T, String> scheme, BackendAddress address) {
        List<String> schemes = new ArrayList<>();
        for (T provider : ServiceLoader.load(type)) {
            if (scheme.apply(provider).equals(address.scheme())) {
                return provider;
            }
            schemes.add(scheme.apply(provider));
        }
        String known = schemes.isEmpty() ? "there is none" : "there is " + String.join(", ", schemes);
        throw new NotFoundException(
                ErrorCode.UNKNOWN_BACKEND,
                "No " + type.getSimpleName().replace("Provider", "") + " backend on the class path serves '"
                        + address.scheme() + ":' (" + known + "); add its artifact to the dependencies");
    }
}
