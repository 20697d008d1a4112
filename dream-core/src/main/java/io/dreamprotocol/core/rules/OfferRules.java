package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

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
            throw Refusals.notPermitted("Account " + by.abbreviated() + " cannot announce the offer of another worker, "
                    + offer.worker().abbreviated());
        }
        if (offer.models().size() > WorkExchange.MAX_MODELS) {
            throw Refusals.invalid("An offer has at most " + WorkExchange.MAX_MODELS + " models, not "
                    + offer.models().size());
        }
        if (!offer.expires().isAfter(now)) {
            throw Refusals.invalid(
                    "The offer ended at " + offer.expires() + ", and it is " + now + "; set this machine's clock");
        }
        if (offer.expires().isAfter(now.plus(WorkExchange.MAX_OFFER_TIME))) {
            throw Refusals.invalid("An offer stands at most " + WorkExchange.MAX_OFFER_TIME.toMinutes()
                    + " minutes; announce it again before it ends");
        }
    }

    /**
     * Checks that it is a worker's turn to claim a job: for each turn, the next cheapest of those that offer its model may claim it too.
     *
     * @param job the open job
     * @param worker who wants it
     * @param ask its price
     * @param offers the offers that stand, the cheapest first
     * @param now the ledger's time
     * @throws DreamException {@code not-permitted} before its turn, or if it asks for more than it offered
     */
    static void requireTurn(Job job, AccountId worker, Amount ask, List<WorkerOffer> offers, Instant now) {
        int cheaper = 0;
        boolean offered = false;
        for (WorkerOffer offer : offers) {
            if (offer.worker().equals(worker)) {
                offered = true;
                if (ask.compareTo(offer.ask()) > 0) {
                    throw Refusals.notPermitted("This worker offered its work for " + offer.ask()
                            + " smallest units a megapixel-step and cannot ask for more; announce another offer");
                }
            }
            cheaper += !offered && offersModel(offer, job) ? 1 : 0;
        }
        Instant turn = job.since().plus(WorkExchange.TURN.multipliedBy(Math.min(cheaper, WorkExchange.MAX_TURNS)));
        if (now.isBefore(turn)) {
            throw Refusals.notPermitted("Cheaper workers have the first claim on job " + job.id() + " until " + turn);
        }
    }

    private static boolean offersModel(WorkerOffer offer, Job job) {
        return !job.abandonedBy().contains(offer.worker())
                && offer.hasModel(job.submission().model());
    }
}
