package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Opens the blob store in a data folder: {@code embedded:DIR} keeps its blobs below {@code DIR/blobs}. There are no options.
 */
public final class EmbeddedBlobStoreProvider implements BlobStoreProvider {
    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public EmbeddedBlobStoreProvider() {}

    @Override
    public String scheme() {
        return "embedded";
    }

    /**
     * Opens the store of a data folder, which need not exist yet.
     *
     * @param address {@code embedded:DIR}
     * @return the store
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if there is no folder in the address, or an
     *     option
     */
    @Override
    public BlobStore open(BackendAddress address) {
        address.requireKnownOptions(Set.of());
        if (address.location().isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The address embedded: needs a folder, for example embedded:./data");
        }
        try {
            return FileBlobStore.open(Path.of(address.location()).resolve("blobs"));
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a folder's name: '" + address.location() + "'", e);
        }
    }
}
