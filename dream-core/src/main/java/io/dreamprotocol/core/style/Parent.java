package io.dreamprotocol.core.style;

import java.util.Objects;

/**
 * A style model from which another was derived, with the share that it takes of everything the derived one earns.
 *
 * @param style the parent
 * @param parts how many of {@link Share#WHOLE} parts, 1 to {@link Share#WHOLE}
 */
public record Parent(StyleId style, int parts) {
    /**
     * Checks the range.
     *
     * @throws io.dreamprotocol.core.error.InvalidInputException with {@code invalid-shares}
     */
    public Parent {
        Objects.requireNonNull(style, "style");
        Share.check(
                parts >= 1 && parts <= Share.WHOLE,
                "A parent's share has 1 to " + Share.WHOLE + " parts of " + Share.WHOLE + ", not " + parts);
    }
}
