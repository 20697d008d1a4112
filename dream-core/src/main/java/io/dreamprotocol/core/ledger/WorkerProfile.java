package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.style.StyleKind;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a registered worker says of itself.
 *
 * @param kinds the kinds of style models that it fetches and runs
 * @param memory the memory for models, in bytes, not negative
 * @param endpoint where it can be reached directly, for relays; at most 200 characters
 */
public record WorkerProfile(Set<StyleKind> kinds, long memory, Optional<String> endpoint) {
    private static final int MAX_ENDPOINT = 200;

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public WorkerProfile {
        kinds = Set.copyOf(kinds);
        Objects.requireNonNull(endpoint, "endpoint");
        if (memory < 0 || endpoint.filter(text -> !isEndpoint(text)).isPresent()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A worker's memory is not negative, and its endpoint has at most " + MAX_ENDPOINT + " characters");
        }
    }

    private static boolean isEndpoint(String text) {
        return text.length() <= MAX_ENDPOINT
                && text.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
