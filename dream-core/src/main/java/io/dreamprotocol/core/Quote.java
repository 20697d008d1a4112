package io.dreamprotocol.core;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.JobRules;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a request means exactly, and what it costs: a job submitted for it never costs more, and is refused if a price rose meanwhile.
 *
 * @param request the complete request
 * @param ask the worker's price per megapixel-step
 * @param worker the cheapest worker that can do it, on whose price this rests; empty for a price of the caller's own
 * @param work what the work costs
 * @param royalties what the style models cost, each at the price that holds now
 * @param royaltyCost the sum of the royalties
 * @param protocolShare what the protocol takes on top of both
 * @param maximumFee what would be put in escrow: the sum of all unless more is allowed, but never nothing
 * @param waiting how long it may wait; empty for a price of the caller's own
 */
public record Quote(
        CanonicalRequest request,
        Amount ask,
        Optional<AccountId> worker,
        Amount work,
        List<RoyaltyTerm> royalties,
        Amount royaltyCost,
        Amount protocolShare,
        Amount maximumFee,
        Optional<Waiting> waiting) {
    /** Checks that every part is there. */
    public Quote {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(ask, "ask");
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(work, "work");
        royalties = List.copyOf(royalties);
        Objects.requireNonNull(royaltyCost, "royaltyCost");
        Objects.requireNonNull(protocolShare, "protocolShare");
        Objects.requireNonNull(maximumFee, "maximumFee");
        Objects.requireNonNull(waiting, "waiting");
    }

    /**
     * Prices a request at a price of the caller's own.
     *
     * @param request the complete request
     * @param ask the price per megapixel-step
     * @param royalties what it owes to style models
     * @param info the ledger's facts
     * @return the quote; work that costs less than the smallest unit costs that
     */
    public static Quote of(CanonicalRequest request, Amount ask, List<RoyaltyTerm> royalties, LedgerInfo info) {
        BigInteger work = request.work().costAt(ask).units();
        BigInteger royaltyCost = royalties.stream()
                .map(term -> term.costOf(request.work(), request.work().steps()))
                .reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger all = JobRules.cost(request.work(), request.work().steps(), ask, royalties, info);
        return new Quote(
                request,
                ask,
                Optional.empty(),
                new Amount(work),
                royalties,
                new Amount(royaltyCost),
                new Amount(all.subtract(work).subtract(royaltyCost)),
                new Amount(all.max(BigInteger.ONE)),
                Optional.empty());
    }

    Quote by(AccountId offering, Waiting expected) {
        return new Quote(
                request,
                ask,
                Optional.of(offering),
                work,
                royalties,
                royaltyCost,
                protocolShare,
                maximumFee,
                Optional.of(expected));
    }

    /**
     * Allows a job to cost more, so that dearer workers may do it if the cheapest does not. What is paid is the price of the one that
     * does it; the rest goes back.
     *
     * @param limit the most that the job may cost
     * @return the quote with that maximum fee
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if it costs more than that already
     */
    public Quote withMaximumFee(Amount limit) {
        if (limit.compareTo(maximumFee) < 0) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_AMOUNT,
                    "The job costs " + maximumFee + " smallest units, which is more than the " + limit + " allowed");
        }
        return new Quote(request, ask, worker, work, royalties, royaltyCost, protocolShare, limit, waiting);
    }

    /**
     * Returns the registered style models that the request uses.
     *
     * @return each with the share of its royalty
     */
    public List<StyleShare> styles() {
        return royalties.stream().map(RoyaltyTerm::use).toList();
    }
}
