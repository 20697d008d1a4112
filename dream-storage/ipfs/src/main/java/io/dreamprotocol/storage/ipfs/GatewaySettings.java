package io.dreamprotocol.storage.ipfs;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Which gateways to read from and how long to wait for them.
 *
 * @param gateways their addresses, in the order of preference, for example {@code https://trustless-gateway.link}
 * @param connectTimeout the longest to wait for a connection
 * @param silenceTimeout the longest to wait for the next bytes
 * @param blockTimeout the longest that one block takes altogether from one gateway
 * @param transferTimeout the longest that many blocks in one answer take altogether
 * @param patience how long one gateway that has served well is left alone with a block before the others are asked too
 */
public record GatewaySettings(
        List<URI> gateways,
        Duration connectTimeout,
        Duration silenceTimeout,
        Duration blockTimeout,
        Duration transferTimeout,
        Duration patience) {
    /** The most gateways. */
    public static final int MAX_GATEWAYS = 16;

    /**
     * Checks the settings.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-configuration} if an address is not one of
     *     http or https, or has credentials, which would show in messages, or there are none or too many
     */
    public GatewaySettings {
        gateways = List.copyOf(gateways);
        if (gateways.isEmpty() || gateways.size() > MAX_GATEWAYS) {
            throw IpfsErrors.configuration(
                    "There are " + gateways.size() + " gateways; give 1 to " + MAX_GATEWAYS + " of them");
        }
        gateways.forEach(KuboSettings::requireWebAddress);
        for (Duration timeout :
                new Duration[] {connectTimeout, silenceTimeout, blockTimeout, transferTimeout, patience}) {
            if (timeout.toMillis() <= 0) {
                throw new IllegalArgumentException("A timeout has at least a millisecond, not " + timeout);
            }
        }
    }

    /**
     * Returns the settings for gateways with the usual timeouts: 5 seconds to connect, 15 of silence, 60 for a block, 12 hours for
     * many, and 2 seconds of patience.
     *
     * @param gateways their addresses
     * @return the settings
     */
    public static GatewaySettings of(List<URI> gateways) {
        return new GatewaySettings(
                gateways,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofHours(12),
                Duration.ofSeconds(2));
    }
}
