package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.storage.StorageTier;
import io.dreamprotocol.core.storage.StorageTierProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Opens services of the IPFS Pinning Service API as a tier that has them pin what is stored: {@code pinning:https://api.example/psa}.
 *
 * <p>An address never has the token. The option {@code token-file} names a file with it, {@code token-env} an environment variable;
 * without them it is in the variable {@code DREAM_PINNING_TOKEN}.
 */
public final class PinningTierProvider implements StorageTierProvider {
    /** The environment variable with the token, unless an address names another: {@code DREAM_PINNING_TOKEN}. */
    public static final String VARIABLE = "DREAM_PINNING_TOKEN";

    private static final String TOKEN_FILE = "token-file";
    private static final String TOKEN_ENV = "token-env";
    private static final int MAX_TOKEN_BYTES = 8_192;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Creates the provider; {@link java.util.ServiceLoader} calls this. */
    public PinningTierProvider() {}

    @Override
    public String scheme() {
        return "pinning";
    }

    /**
     * Opens the services, without connecting to them yet.
     *
     * @param addresses each {@code pinning:} and a service's address
     * @return the tier
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if one is no such address, or no token is found
     */
    @Override
    public StorageTier open(List<BackendAddress> addresses) {
        return new PinningTier(
                addresses.stream().map(PinningTierProvider::service).toList());
    }

    private static PinningService service(BackendAddress address) {
        address.requireKnownOptions(Set.of(TOKEN_FILE, TOKEN_ENV));
        return new PinningService(IpfsErrors.webAddress(address), token(address), TIMEOUT);
    }

    private static String token(BackendAddress address) {
        Optional<String> file = address.option(TOKEN_FILE);
        if (file.isPresent()) {
            return read(file.get());
        }
        String variable = address.option(TOKEN_ENV).orElse(VARIABLE);
        String token = System.getenv(variable);
        if (token == null || token.isBlank()) {
            throw IpfsErrors.configuration(
                    "A pinning service needs a token: set " + variable + ", or add ?token-file=FILE to its address");
        }
        return token.strip();
    }

    private static String read(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(MAX_TOKEN_BYTES + 1);
            if (bytes.length > MAX_TOKEN_BYTES) {
                throw IpfsErrors.configuration(
                        "The token file " + file + " has more than " + MAX_TOKEN_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException | InvalidPathException e) {
            throw IpfsErrors.configuration("Cannot read the token file " + file + "; check its name and permissions");
        }
    }
}
