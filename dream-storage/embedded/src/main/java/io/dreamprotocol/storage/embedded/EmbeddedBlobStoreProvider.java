package io.dreamprotocol.storage.embedded;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.storage.BlobStoreProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens the blob store in a data folder: {@code embedded:DIR} keeps its blobs below {@code DIR/blobs}.
 *
 * <p>The option {@code quota} is the most bytes that the blobs may have, as a number with {@code KB}, {@code MB}, {@code GB} or
 * {@code TB} behind it, which are powers of 1,000: {@code embedded:./data?quota=20GB}. Without it there is no limit but the disk.
 */
public final class EmbeddedBlobStoreProvider implements BlobStoreProvider {
    private static final String QUOTA = "quota";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(KB|MB|GB|TB)");
    private static final List<String> UNITS = List.of("", "KB", "MB", "GB", "TB");

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
        address.requireKnownOptions(Set.of(QUOTA));
        if (address.location().isEmpty()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The address embedded: needs a folder, for example embedded:./data");
        }
        long quota = address.option(QUOTA).map(EmbeddedBlobStoreProvider::bytes).orElse(Long.MAX_VALUE);
        try {
            return FileBlobStore.open(Path.of(address.location()).resolve("blobs"), quota);
        } catch (InvalidPathException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a folder's name: '" + address.location() + "'", e);
        }
    }

    private static long bytes(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a quota: '" + size + "'; expected for example 20GB");
        }
        long bytes = Long.parseLong(matcher.group(1));
        for (int i = UNITS.indexOf(matcher.group(2)); i > 0; i--) {
            bytes *= 1_000;
        }
        return bytes;
    }
}
