package io.dreamprotocol.chain.embedded;

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
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The co-creation rounds of an embedded ledger. */
final class EmbeddedRounds implements Rounds {
    private static final int MAX_NEWEST = 1000;

    private final LedgerSession session;

    EmbeddedRounds(LedgerSession session) {
        this.session = session;
    }

    @Override
    public Round start(Signer organiser, RoundTerms terms, IdempotencyKey key) {
        return session.changeOnce(
                organiser,
                key,
                ResultForm.ROUND,
                List.of("start-round", RoundForm.encode(terms)),
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
        return session.changeOnce(
                pledger,
                key,
                ResultForm.PLEDGE,
                List.of(
                        "pledge",
                        round.number(),
                        kind.name(),
                        quantity.toString(),
                        evidence.stream().toList()),
                (view, now) -> RoundRules.pledge(pledger.account(), round, kind, quantity, evidence, view, now));
    }

    @Override
    public Pledge accept(Signer organiser, RoundId round, AccountId pledger, Pledge.Kind kind, IdempotencyKey key) {
        return session.changeOnce(
                organiser,
                key,
                ResultForm.PLEDGE,
                List.of("accept-pledge", round.number(), pledger.value(), kind.name()),
                (view, now) -> RoundRules.accept(organiser.account(), round, pledger, kind, view));
    }

    @Override
    public Round conclude(Signer organiser, RoundId round, StyleRegistration registration, IdempotencyKey key) {
        return session.changeOnce(
                organiser,
                key,
                ResultForm.ROUND,
                List.of("conclude-round", round.number(), StyleForm.encode(registration)),
                (view, now) -> RoundRules.conclude(organiser.account(), round, registration, view, now));
    }

    @Override
    public Round refund(Signer by, RoundId round, IdempotencyKey key) {
        return session.changeOnce(
                by,
                key,
                ResultForm.ROUND,
                List.of("refund-round", round.number()),
                (view, now) -> RoundRules.refund(by.account(), round, view, now));
    }

    @Override
    public Optional<Round> find(RoundId round) {
        Objects.requireNonNull(round, "round");
        return session.read((tables, now) -> tables.rounds().round(round));
    }

    @Override
    public List<Round> newest(int limit) {
        if (limit < 1 || limit > MAX_NEWEST) {
            throw new IllegalArgumentException("One call returns 1 to " + MAX_NEWEST + " rounds, not " + limit);
        }
        return session.read((tables, now) -> tables.rounds().newest(limit));
    }

    @Override
    public List<Pledge> pledges(RoundId round) {
        Objects.requireNonNull(round, "round");
        return session.read((tables, now) -> tables.rounds().pledges(round));
    }
}
