package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.JobRules;
import io.dreamprotocol.core.rules.OfferRules;
import io.dreamprotocol.core.rules.WorkerRules;
import io.dreamprotocol.core.storage.Cid;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
    public WorkerRecord register(Signer worker, WorkerProfile profile, Amount stake, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                key,
                ResultForm.WORKER,
                List.of("register-worker", WorkerForm.encode(profile), stake.toString()),
                (view, now) -> WorkerRules.register(worker.account(), profile, stake, view));
    }

    @Override
    public WorkerRecord leave(Signer worker, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                key,
                ResultForm.WORKER,
                List.of("leave"),
                (view, now) -> WorkerRules.leave(worker.account(), view));
    }

    @Override
    public WorkerRecord worker(AccountId account) {
        Objects.requireNonNull(account, "account");
        return session.read((tables, now) -> tables.worker(account));
    }

    @Override
    public List<WorkerRecord> workers() {
        return session.read((tables, now) -> tables.registeredWorkers());
    }

    @Override
    public Job claim(Signer worker, JobId job, Amount ask, Duration lease, IdempotencyKey key) {
        return session.changeJobOnce(
                worker,
                job,
                key,
                List.of("claim", job.value(), ask.toString(), lease.toString()),
                (open, view, now) -> JobRules.claim(open, worker.account(), ask, lease, view, now));
    }

    @Override
    public Job heartbeat(Signer worker, JobId job, int stepsDone, Optional<Cid> preview, Duration lease) {
        return session.write((tables, now) -> session.changeJob(
                job,
                now,
                (held, view, time) -> JobRules.heartbeat(held, worker.account(), stepsDone, preview, lease, time)));
    }

    @Override
    public Job abandon(Signer worker, JobId job, JobFailure failure, IdempotencyKey key) {
        return session.changeJobOnce(
                worker,
                job,
                key,
                List.of("abandon", job.value(), JobForm.encode(failure)),
                (held, view, now) -> JobRules.abandon(held, worker.account(), failure, view, now));
    }
}
