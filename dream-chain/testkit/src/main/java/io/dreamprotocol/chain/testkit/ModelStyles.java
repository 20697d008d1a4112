package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.LicenceRules;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.PoolRules;
import io.dreamprotocol.core.rules.SearchRules;
import io.dreamprotocol.core.rules.StyleRules;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The model's library of style models. */
final class ModelStyles implements StyleRegistry {
    private final LedgerModel model;

    ModelStyles(LedgerModel model) {
        this.model = model;
    }

    @Override
    public StyleModel register(Signer creator, StyleRegistration registration, Amount maximumCost, IdempotencyKey key) {
        return model.write(
                creator,
                key,
                List.of("register-style", registration, maximumCost),
                (view, now) -> StyleRules.register(creator.account(), registration, maximumCost, view, now));
    }

    @Override
    public StyleModel transfer(Signer by, StyleId style, AccountId to, IdempotencyKey key) {
        return model.write(
                by,
                key,
                List.of("transfer", style, to),
                (view, now) -> StyleRules.transfer(by.account(), style, to, view));
    }

    @Override
    public StyleModel approve(Signer by, StyleId style, Optional<AccountId> spender, IdempotencyKey key) {
        return model.write(
                by,
                key,
                List.of("approve", style, spender),
                (view, now) -> StyleRules.approve(by.account(), style, spender, view));
    }

    @Override
    public void approveAll(Signer owner, AccountId operator, boolean approved, IdempotencyKey key) {
        OperatorApproval unused = model.write(
                owner,
                key,
                List.of("approve-all", operator, approved),
                (view, now) -> StyleRules.approveAll(owner.account(), operator, approved));
    }

    @Override
    public StyleModel changeTerms(Signer owner, StyleId style, StyleTerms terms, IdempotencyKey key) {
        return model.write(
                owner,
                key,
                List.of("change-terms", style, terms),
                (view, now) -> StyleRules.changeTerms(owner.account(), style, terms, view));
    }

    @Override
    public Optional<StyleModel> find(StyleId style) {
        return model.read(() -> model.records().style(style));
    }

    @Override
    public Optional<StyleModel> named(String name) {
        return model.read(() -> model.records().styleNamed(name));
    }

    @Override
    public Optional<StyleModel> ofFile(Bytes sha256) {
        return model.read(() -> model.records().styleOfFile(sha256));
    }

    @Override
    public List<StyleModel> search(StyleQuery query) {
        return model.read(() -> {
            Comparator<StyleModel> order = SearchRules.comparator(query.order());
            Stream<StyleModel> found =
                    model.records().styles().stream().filter(style -> SearchRules.matches(query, style));
            if (query.after().isPresent()) {
                StyleId last = query.after().get();
                StyleModel before = model.records()
                        .style(last)
                        .orElseThrow(() -> new NotFoundException(
                                ErrorCode.STYLE_NOT_FOUND, "There is no style model " + last + " here"));
                found = found.filter(style -> order.compare(style, before) > 0);
            }
            return found.sorted(order).limit(query.limit()).toList();
        });
    }

    @Override
    public boolean isOperator(AccountId owner, AccountId operator) {
        return model.read(() -> model.records().isOperator(owner, operator));
    }

    @Override
    public Licence buyLicence(Signer worker, StyleId style, Bytes publicKey, Amount maximumPrice, IdempotencyKey key) {
        return model.write(
                worker,
                key,
                List.of("buy-licence", style, publicKey, maximumPrice),
                (view, now) -> LicenceRules.buy(worker.account(), style, publicKey, maximumPrice, view, now));
    }

    @Override
    public Licence withdrawLicence(Signer worker, StyleId style, IdempotencyKey key) {
        return model.write(
                worker,
                key,
                List.of("withdraw-licence", style),
                (view, now) -> LicenceRules.withdraw(worker.account(), style, view, now));
    }

    @Override
    public Licence grantLicence(
            Signer owner,
            StyleId style,
            AccountId holder,
            Bytes publicKey,
            Bytes wrappedKey,
            Optional<Duration> time,
            IdempotencyKey key) {
        return model.write(
                owner,
                key,
                List.of("grant-licence", style, holder, publicKey, wrappedKey, time),
                (view, now) ->
                        LicenceRules.grant(owner.account(), style, holder, publicKey, wrappedKey, time, view, now));
    }

    @Override
    public Licence revokeLicence(Signer owner, StyleId style, AccountId holder, IdempotencyKey key) {
        return model.write(
                owner,
                key,
                List.of("revoke-licence", style, holder),
                (view, now) -> LicenceRules.revoke(owner.account(), style, holder, view, now));
    }

    @Override
    public Optional<Licence> licence(StyleId style, AccountId holder) {
        return model.read(() -> model.records().licence(style, holder));
    }

    @Override
    public List<Licence> licences(StyleId style) {
        return model.read(() -> List.copyOf(model.records().licences(style)));
    }

    @Override
    public PoolClaim claim(Signer contributor, StyleId style, long weight, MerkleProof proof, IdempotencyKey key) {
        return model.write(
                contributor,
                key,
                List.of("claim-pool", style, weight, proof),
                (view, now) -> PoolRules.claim(contributor.account(), style, weight, proof, view));
    }

    @Override
    public PoolClaim claimed(StyleId style, AccountId contributor) {
        return model.read(() ->
                model.records().poolClaim(style, contributor).orElse(new PoolClaim(style, contributor, Amount.ZERO)));
    }
}
