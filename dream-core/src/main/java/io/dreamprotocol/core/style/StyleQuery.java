package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import java.util.Objects;
import java.util.Optional;

/**
 * Which style models to list.
 *
 * @param words words that all occur in the name, description, trigger words or tags, by their beginning, whatever their case; at most
 *     {@link #MAX_WORDS} characters; empty for all
 * @param kind only this kind
 * @param architecture only models that are of or fit this family of networks
 * @param maximumPrice only models whose royalty per megapixel-step is at most this
 * @param owner only this account's models
 * @param order the order
 * @param limit the most models of a page, 1 to {@link #MAX_LIMIT}
 * @param after continues behind this model of the page before
 */
public record StyleQuery(
        String words,
        Optional<StyleKind> kind,
        Optional<String> architecture,
        Optional<Amount> maximumPrice,
        Optional<AccountId> owner,
        Order order,
        int limit,
        Optional<StyleId> after) {
    /** Every model, the oldest first. */
    public static final StyleQuery ALL = new StyleQuery(
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Order.OLDEST,
            StyleQuery.MAX_LIMIT,
            Optional.empty());

    /** The most characters of the words: 200. */
    public static final int MAX_WORDS = 200;

    /** The most models of a page: 100. */
    public static final int MAX_LIMIT = 100;

    /** In which order models are listed; among equals the oldest comes first. */
    public enum Order {
        /** The one registered first. */
        OLDEST,
        /** The one registered last. */
        NEWEST,
        /** The one that most different accounts paid for. */
        POPULAR,
        /** The one with the lowest royalty. */
        CHEAPEST
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST}
     */
    public StyleQuery {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(maximumPrice, "maximumPrice");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(after, "after");
        if (words.length() > MAX_WORDS || limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "A search has at most " + MAX_WORDS + " characters and a page 1 to " + MAX_LIMIT + " models");
        }
    }
}
