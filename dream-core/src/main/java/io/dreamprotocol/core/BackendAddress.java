package io.dreamprotocol.core;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where a backend is, as one line of configuration: {@code scheme:location?option=value&option=value}.
 *
 * <p>Examples: {@code embedded:./data}, {@code onnx:dream-mini?provider=cuda}, {@code evm:http://localhost:8545}. Option
 * values are percent-encoded where they hold {@code & % +}; the location is taken as it is, up to the first {@code ?}.
 *
 * @param scheme which backend, in lower case
 * @param location what the backend understands: a folder, a name, a URL
 * @param options the options, in the given order
 */
public record BackendAddress(String scheme, String location, Map<String, String> options) {
    /** Copies the options. */
    public BackendAddress {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(location, "location");
        options = Map.copyOf(options);
    }

    /**
     * Reads an address.
     *
     * @param text the line
     * @return the address
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION}
     */
    public static BackendAddress parse(String text) {
        int colon = text.indexOf(':');
        // One letter before the colon is a Windows drive, not a scheme.
        if (colon < 2 || !text.substring(0, colon).matches("[a-z][a-z0-9+-]*")) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Not a backend's address: '" + text + "'; expected scheme:location, for example embedded:./data");
        }
        int question = text.indexOf('?', colon);
        String location = question < 0 ? text.substring(colon + 1) : text.substring(colon + 1, question);
        Map<String, String> options = new LinkedHashMap<>();
        if (question >= 0) {
            for (String pair : text.substring(question + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new InvalidInputException(
                            ErrorCode.INVALID_CONFIGURATION, "Not an option of a backend's address: '" + pair + "'");
                }
                options.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
            }
        }
        return new BackendAddress(text.substring(0, colon), location, options);
    }

    private static String decode(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_CONFIGURATION, "Not a percent-encoded option value: '" + value + "'", e);
        }
    }

    /**
     * Returns one option.
     *
     * @param name the option's name
     * @return its value, if it was given
     */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /**
     * Checks that no option is given that the backend does not know, so that a misspelt one is not ignored.
     *
     * @param known the names of the backend's options
     * @throws InvalidInputException with {@link ErrorCode#INVALID_CONFIGURATION}
     */
    public void requireKnownOptions(Set<String> known) {
        for (String name : options.keySet()) {
            if (!known.contains(name)) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The backend '" + scheme + "' has no option '" + name + "'; it knows "
                                + String.join(", ", known));
            }
        }
    }
}
