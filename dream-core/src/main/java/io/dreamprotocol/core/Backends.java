package io.dreamprotocol.core;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.ImageModelProvider;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerProvider;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.util.ArrayList;
import java.util.List;
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
     * Opens a blob store.
     *
     * @param address for example {@code embedded:./data}
     * @return the store
     * @throws NotFoundException with {@link ErrorCode#UNKNOWN_BACKEND} if no backend serves the scheme
     */
    public static BlobStore openBlobStore(String address) {
        BackendAddress parsed = BackendAddress.parse(address);
        return find(BlobStoreProvider.class, BlobStoreProvider::scheme, parsed).open(parsed);
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
