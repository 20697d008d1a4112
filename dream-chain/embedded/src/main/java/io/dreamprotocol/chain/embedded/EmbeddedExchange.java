package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobRules;
import io.dreamprotocol.core.ledger.OfferRules;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.List;

/** Hands out the work of an embedded ledger, from the same file. */
final class EmbeddedExchange implements WorkExchange {
    /** The largest stored offer: one mebibyte. */
    static final int MAX_OFFER_BYTES = 1 << 20;

    private final LedgerSession session;

    EmbeddedExchange(LedgerSession session) {
        this.session = session;
    }

    @Override
    public void announce(Signer worker, WorkerOffer offer) {
        boolean unused = session.write((tables, now) -> {
            OfferRules.check(offer, worker.account(), now);
            byte[] body = OfferForm.encode(offer);
            if (body.length > MAX_OFFER_BYTES) {
                throw new InvalidInputException(
                        ErrorCode.INVALID_REQUEST,
                        "The offer takes " + body.length + " bytes, more than " + MAX_OFFER_BYTES
                                + "; offer fewer models");
            }
            tables.setOffer(offer, body, now);
            return true;
        });
    }

    @Override
    public void retire(Signer worker) {
        AccountId account = worker.account();
        boolean unused = session.write((tables, now) -> {
            tables.removeOffer(account);
            return true;
        });
    }

    @Override
    public List<WorkerOffer> offers() {
        return session.read((tables, now) ->
                tables.offers(now).stream().sorted(OfferRules.CHEAPEST_FIRST).toList());
    }

    @Override
    public Job claim(Signer worker, JobId job, Amount ask, Duration lease, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                job,
                key,
                List.of("claim", job.value(), ask.toString(), lease.toString()),
                (open, now) -> JobRules.claim(open, worker.account(), ask, lease, now));
    }

    @Override
    public Job heartbeat(Signer worker, JobId job, int stepsDone, Duration lease) {
        return session.write((tables, now) -> session.change(
                job, now, (held, time) -> JobRules.heartbeat(held, worker.account(), stepsDone, lease, time)));
    }

    @Override
    public Job abandon(Signer worker, JobId job, JobFailure failure, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                job,
                key,
                List.of("abandon", job.value(), JobForm.encode(failure)),
                (held, now) -> JobRules.abandon(held, worker.account(), failure, now));
    }
}
