package io.dreamprotocol.core;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The address of a store with others behind it: {@code tiers:} and the addresses of all of them with commas between, the one on this
 * machine first.
 *
 * @param near the store on this machine
 * @param far those behind it, in the order in which they are asked
 */
record TierAddresses(BackendAddress near, List<BackendAddress> far) {
    /** The most addresses of one list. */
    static final int MAX_TIERS = 32;

    private static final String PREFIX = "tiers:";

    /** A comma belongs to an address, such as that of a folder, unless a scheme follows. */
    private static final Pattern SEPARATOR = Pattern.compile(",(?=[a-z][a-z0-9+-]+:)");

    static boolean matches(String text) {
        return text.startsWith(PREFIX);
    }

    static TierAddresses parse(String text) {
        String[] parts = SEPARATOR.split(text.substring(PREFIX.length()), -1);
        if (parts.length < 2 || parts.length > MAX_TIERS) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The address tiers: needs 2 to " + MAX_TIERS
                            + " addresses with commas between, for example tiers:embedded:./data,ipfs:http://127.0.0.1:5001");
        }
        List<BackendAddress> addresses = new ArrayList<>();
        for (String part : parts) {
            addresses.add(BackendAddress.parse(part));
        }
        return new TierAddresses(addresses.getFirst(), List.copyOf(addresses.subList(1, addresses.size())));
    }
}
