package io.dreamprotocol.core.round;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * What a round is for, and what each kind of pledge is worth in the new model.
 *
 * @param title what shall come out, 1 to 100 characters without control characters
 * @param base the style model that is tuned further, which becomes the new one's parent
 * @param baseParts the parent's share of everything the new model earns, of {@link Share#WHOLE}
 * @param goal the least money that must come together, not zero
 * @param deadline until when, in whole milliseconds
 * @param organiser the parts of what the new model keeps that its organiser has, who also becomes its owner
 * @param money the parts that all pledges of money have together
 * @param images the parts that all pledges of images have together
 * @param compute the parts that all pledges of compute have together; the four add up to {@link Share#WHOLE}
 */
public record RoundTerms(
        String title,
        StyleId base,
        int baseParts,
        Amount goal,
        Instant deadline,
        int organiser,
        int money,
        int images,
        int compute) {
    private static final int MAX_TITLE = 100;

    /**
     * Checks the ranges, and cuts the deadline to whole milliseconds, which every ledger keeps exactly.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#INVALID_SHARES} or {@link
     *     ErrorCode#INVALID_AMOUNT}
     */
    public RoundTerms {
        Objects.requireNonNull(base, "base");
        deadline = deadline.truncatedTo(ChronoUnit.MILLIS);
        if (title.isBlank()
                || title.length() > MAX_TITLE
                || title.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(title)) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "A round's title has 1 to " + MAX_TITLE + " characters");
        }
        if (goal.isZero()) {
            throw new InvalidInputException(ErrorCode.INVALID_AMOUNT, "A round's goal must not be zero");
        }
        boolean inRange = baseParts >= 1 && baseParts <= Share.WHOLE && organiser >= 0 && images >= 0 && compute >= 0;
        if (!inRange || money < 1 || (long) organiser + money + images + compute != Share.WHOLE) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SHARES,
                    "The organiser's, the money's, the images' and the compute's parts add up to " + Share.WHOLE
                            + ", with something for the money; the base has 1 to " + Share.WHOLE + " parts");
        }
    }
}
