package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleId;
import java.util.Objects;

/**
 * A registered style model that a job uses, and how much of its royalty is owed: all for a model that the image is made with, and for
 * a change of its weights the weight, from 0 to 1, negative ones without their sign.
 *
 * @param style the model
 * @param parts how many of {@link Share#WHOLE} parts, 1 to {@link Share#WHOLE}
 */
public record StyleShare(StyleId style, int parts) {
    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_SHARES}
     */
    public StyleShare {
        Objects.requireNonNull(style, "style");
        if (parts < 1 || parts > Share.WHOLE) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_SHARES,
                    "A job uses 1 to " + Share.WHOLE + " parts of a style model, not " + parts);
        }
    }

    /**
     * Returns the share of a model that is used with a weight.
     *
     * @param style the model
     * @param weight the weight, finite; the larger one where it differs between networks
     * @return the share: the weight's size, at most 1, rounded up to whole parts, and at least one part
     */
    public static StyleShare ofWeight(StyleId style, double weight) {
        double size = Math.min(1, Math.abs(weight));
        return new StyleShare(style, Math.max(1, (int) Math.ceil(size * Share.WHOLE)));
    }
}
