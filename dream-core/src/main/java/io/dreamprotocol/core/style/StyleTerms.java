package io.dreamprotocol.core.style;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a style model's owner asks for its use. The owner may change them; a job keeps the terms under which it was submitted, and a
 * licence those under which it was bought.
 *
 * @param price the royalty per megapixel-step of a job in which the model has full weight
 * @param licencePrice what a worker pays for the key of a sealed model; nothing to do with open ones
 * @param licenceTime how long such a licence lasts, in whole milliseconds, at least one second; for ever if empty
 * @param derivePrice what another creator pays to register a model derived from this one; empty if the owner allows none
 */
public record StyleTerms(
        Amount price, Amount licencePrice, Optional<Duration> licenceTime, Optional<Amount> derivePrice) {
    /** The longest limited licence: ten years of 365 days. */
    public static final Duration MAX_LICENCE_TIME = Duration.ofDays(3650);

    private static final Duration MIN_LICENCE_TIME = Duration.ofSeconds(1);

    /**
     * Checks the ranges, and cuts the time to whole milliseconds, which every ledger keeps exactly.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public StyleTerms {
        Objects.requireNonNull(price, "price");
        Objects.requireNonNull(licencePrice, "licencePrice");
        Objects.requireNonNull(derivePrice, "derivePrice");
        licenceTime.ifPresent(StyleTerms::requireLicenceTime);
        licenceTime = licenceTime.map(time -> Duration.ofMillis(time.toMillis()));
    }

    /**
     * Checks how long a limited licence lasts.
     *
     * @param time how long
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} unless it is between a second and {@link #MAX_LICENCE_TIME}
     */
    public static void requireLicenceTime(Duration time) {
        if (time.compareTo(MIN_LICENCE_TIME) < 0 || time.compareTo(MAX_LICENCE_TIME) > 0) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A licence lasts between a second and " + MAX_LICENCE_TIME.toDays() + " days, or for ever");
        }
    }

    /**
     * Returns the terms of an open model: a royalty, and no derived models.
     *
     * @param price the royalty per megapixel-step
     * @return the terms
     */
    public static StyleTerms royalty(Amount price) {
        return new StyleTerms(price, Amount.ZERO, Optional.empty(), Optional.empty());
    }
}
