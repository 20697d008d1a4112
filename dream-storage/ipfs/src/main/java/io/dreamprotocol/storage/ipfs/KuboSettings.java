package io.dreamprotocol.storage.ipfs;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * Where a Kubo node listens and how long to wait for it.
 *
 * @param api the address of its RPC API, for example {@code http://127.0.0.1:5001}
 * @param connectTimeout the longest to wait for a connection
 * @param silenceTimeout the longest to wait for the next bytes in either direction
 * @param callTimeout the longest that a small call takes altogether: a block, a pin, a name
 * @param transferTimeout the longest that a large call takes altogether: adding a file, a CAR, garbage collection
 * @param searchTimeout the longest that the node searches the network for one block; zero if it shall not search at all
 */
public record KuboSettings(
        URI api,
        Duration connectTimeout,
        Duration silenceTimeout,
        Duration callTimeout,
        Duration transferTimeout,
        Duration searchTimeout) {
    /**
     * Checks the settings.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION} if the address is not one of http or https with
     *     a host alone, or has credentials, which would show in messages
     */
    public KuboSettings {
        requireWebAddress(api);
        for (Duration timeout : new Duration[] {connectTimeout, silenceTimeout, callTimeout, transferTimeout}) {
            if (timeout.toMillis() <= 0) {
                throw new IllegalArgumentException("A timeout has at least a millisecond, not " + timeout);
            }
        }
        if (searchTimeout.isNegative()) {
            throw new IllegalArgumentException("A search takes no negative time: " + searchTimeout);
        }
    }

    /**
     * Returns the settings for a node with the usual timeouts: 5 seconds to connect, 60 of silence, 2 minutes for a small call,
     * 12 hours for a large one, 30 seconds to search for a block.
     *
     * @param api the address of its RPC API
     * @return the settings
     */
    public static KuboSettings of(URI api) {
        return new KuboSettings(
                api,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofMinutes(2),
                Duration.ofHours(12),
                Duration.ofSeconds(30));
    }

    /**
     * Returns the same settings with another limit for searches.
     *
     * @param timeout the longest that the node searches the network for one block; zero for not at all
     * @return the settings
     */
    public KuboSettings withSearchTimeout(Duration timeout) {
        return new KuboSettings(api, connectTimeout, silenceTimeout, callTimeout, transferTimeout, timeout);
    }

    static void requireWebAddress(URI address) {
        String scheme = Objects.requireNonNullElse(address.getScheme(), "").toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        if (!web || address.getHost() == null || HttpUrl.parse(address.toString()) == null) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Not a web address: '" + address + "'; expected for example http://127.0.0.1:5001");
        }
        if (address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The address of " + address.getHost() + " has a user, a query or a fragment; leave them out");
        }
    }
}
