package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.time.Instant;
import java.util.Comparator;

/** The rules of workers' offers, as pure functions. */
public final class OfferRules {
    /** The order in which offers are listed: the cheapest first, and among equals by account, so that all ledgers agree. */
    public static final Comparator<WorkerOffer> CHEAPEST_FIRST =
            Comparator.comparing(WorkerOffer::ask).thenComparing(WorkerOffer::worker);

    private OfferRules() {}

    /**
     * Checks an offer that is announced.
     *
     * @param offer the offer
     * @param by who announces it
     * @param now the ledger's time
     * @throws DreamException {@code not-permitted} for another's offer, {@code invalid-request} if it has too many models, has
     *     ended already or stands too long
     */
    public static void check(WorkerOffer offer, AccountId by, Instant now) {
        if (!offer.worker().equals(by)) {
            throw JobRules.notPermitted("Account " + by.abbreviated() + " cannot announce the offer of another worker, "
                    + offer.worker().abbreviated());
        }
        if (offer.models().size() > WorkExchange.MAX_MODELS) {
            throw invalid("An offer has at most " + WorkExchange.MAX_MODELS + " models, not "
                    + offer.models().size());
        }
        if (!offer.expires().isAfter(now)) {
            throw invalid(
                    "The offer ended at " + offer.expires() + ", and it is " + now + "; set this machine's clock");
        }
        if (offer.expires().isAfter(now.plus(WorkExchange.MAX_OFFER_TIME))) {
            throw invalid("An offer stands at most " + WorkExchange.MAX_OFFER_TIME.toMinutes()
                    + " minutes; announce it again before it ends");
        }
    }

    private static InvalidInputException invalid(String message) {
        return new InvalidInputException(ErrorCode.INVALID_REQUEST, message);
    }
}
