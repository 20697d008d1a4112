package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Rounds;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.StyleRegistration;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The model's co-creation rounds. */
final class ModelRounds implements Rounds {
    private static final int MAX_LIMIT = 1000;

    private final LedgerModel model;

    ModelRounds(LedgerModel model) {
        this.model = model;
    }

    @Override
    public Round start(Signer organiser, RoundTerms terms, IdempotencyKey key) {
        return model.write(
                organiser,
                key,
                List.of("start-round", terms),
                (view, now) -> RoundRules.start(organiser.account(), terms, view, now));
    }

    @Override
    public Pledge pledge(
            Signer pledger,
            RoundId round,
            Pledge.Kind kind,
            BigInteger quantity,
            Optional<Bytes> evidence,
            IdempotencyKey key) {
        return model.write(
                pledger,
                key,
                List.of("pledge", round, kind, quantity, evidence),
                (view, now) -> RoundRules.pledge(pledger.account(), round, kind, quantity, evidence, view, now));
    }

    @Override
    public Pledge accept(Signer organiser, RoundId round, AccountId pledger, Pledge.Kind kind, IdempotencyKey key) {
        return model.write(
                organiser,
                key,
                List.of("accept-pledge", round, pledger, kind),
                (view, now) -> RoundRules.accept(organiser.account(), round, pledger, kind, view));
    }

    @Override
    public Round conclude(Signer organiser, RoundId round, StyleRegistration registration, IdempotencyKey key) {
        return model.write(
                organiser,
                key,
                List.of("conclude-round", round, registration),
                (view, now) -> RoundRules.conclude(organiser.account(), round, registration, view, now));
    }

    @Override
    public Round refund(Signer by, RoundId round, IdempotencyKey key) {
        return model.write(
                by,
                key,
                List.of("refund-round", round),
                (view, now) -> RoundRules.refund(by.account(), round, view, now));
    }

    @Override
    public Optional<Round> find(RoundId round) {
        return model.read(() -> model.records().round(round));
    }

    @Override
    public List<Round> newest(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("A list has 1 to " + MAX_LIMIT + " rounds, not " + limit);
        }
        return model.read(() -> new ArrayList<>(model.records().rounds())
                .reversed().stream().limit(limit).toList());
    }

    @Override
    public List<Pledge> pledges(RoundId round) {
        return model.read(() -> model.records().pledges(round));
    }
}
