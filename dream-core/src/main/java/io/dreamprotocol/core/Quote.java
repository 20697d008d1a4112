package io.dreamprotocol.core;

import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * What a request means exactly, and the most that it would cost.
 *
 * @param request the complete request
 * @param maximumFee what would be put in escrow; never zero
 */
public record Quote(CanonicalRequest request, Amount maximumFee) {
    /** Checks that every part is there. */
    public Quote {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(maximumFee, "maximumFee");
    }

    /**
     * Prices a request.
     *
     * @param request the complete request
     * @param ask the price per megapixel-step
     * @return the quote; work that costs less than the smallest unit costs that
     */
    public static Quote of(CanonicalRequest request, Amount ask) {
        Amount cost = request.work().costAt(ask);
        return new Quote(request, cost.isZero() ? Amount.of(1) : cost);
    }
}
