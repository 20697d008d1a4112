package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
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
import java.util.Optional;

/** The model's exchange. */
final class ModelExchange implements WorkExchange {
    private final LedgerModel model;

    ModelExchange(LedgerModel model) {
        this.model = model;
    }

    @Override
    public void announce(Signer worker, WorkerOffer offer) {
        boolean unused = model.read(() -> {
            OfferRules.check(offer, worker.account(), model.now());
            model.records().announce(offer);
            return true;
        });
    }

    @Override
    public void retire(Signer worker) {
        boolean unused = model.read(() -> {
            model.records().retire(worker.account());
            return true;
        });
    }

    @Override
    public List<WorkerOffer> offers() {
        return model.read(() -> model.records().offers());
    }

    @Override
    public WorkerRecord register(Signer worker, WorkerProfile profile, Amount stake, IdempotencyKey key) {
        return model.write(
                worker,
                key,
                List.of("register-worker", profile, stake),
                (view, now) -> WorkerRules.register(worker.account(), profile, stake, view));
    }

    @Override
    public WorkerRecord leave(Signer worker, IdempotencyKey key) {
        return model.write(worker, key, List.of("leave"), (view, now) -> WorkerRules.leave(worker.account(), view));
    }

    @Override
    public WorkerRecord worker(AccountId account) {
        return model.read(() -> model.records().worker(account));
    }

    @Override
    public List<WorkerRecord> workers() {
        return model.read(() -> model.records().workers().stream()
                .filter(worker -> worker.profile().isPresent())
                .toList());
    }

    @Override
    public Job claim(Signer worker, JobId job, Amount ask, Duration lease, IdempotencyKey key) {
        return model.change(
                worker,
                key,
                job,
                List.of("claim", job, ask, lease),
                (open, view, now) -> JobRules.claim(open, worker.account(), ask, lease, view, now));
    }

    @Override
    public Job heartbeat(Signer worker, JobId job, int stepsDone, Optional<Cid> preview, Duration lease) {
        return model.change(
                job, (held, view, now) -> JobRules.heartbeat(held, worker.account(), stepsDone, preview, lease, now));
    }

    @Override
    public Job abandon(Signer worker, JobId job, JobFailure failure, IdempotencyKey key) {
        return model.change(
                worker,
                key,
                job,
                List.of("abandon", job, failure),
                (held, view, now) -> JobRules.abandon(held, worker.account(), failure, view, now));
    }
}
