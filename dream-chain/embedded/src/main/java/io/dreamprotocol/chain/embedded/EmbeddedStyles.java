package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.LicenceRules;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.rules.PoolRules;
import io.dreamprotocol.core.rules.StyleRules;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The style models of an embedded ledger. */
final class EmbeddedStyles implements StyleRegistry {
    private final LedgerSession session;

    EmbeddedStyles(LedgerSession session) {
        this.session = session;
    }

    @Override
    public StyleModel register(Signer creator, StyleRegistration registration, Amount maximumCost, IdempotencyKey key) {
        return session.changeOnce(
                creator,
                key,
                ResultForm.STYLE,
                List.of("register", StyleForm.encode(registration), maximumCost.toString()),
                (view, now) -> StyleRules.register(creator.account(), registration, maximumCost, view, now));
    }

    @Override
    public StyleModel transfer(Signer by, StyleId style, AccountId to, IdempotencyKey key) {
        return session.changeOnce(
                by,
                key,
                ResultForm.STYLE,
                List.of("transfer", style.number(), to.value()),
                (view, now) -> StyleRules.transfer(by.account(), style, to, view));
    }

    @Override
    public StyleModel approve(Signer by, StyleId style, Optional<AccountId> spender, IdempotencyKey key) {
        return session.changeOnce(
                by,
                key,
                ResultForm.STYLE,
                List.of("approve", style.number(), texts(spender)),
                (view, now) -> StyleRules.approve(by.account(), style, spender, view));
    }

    private static List<String> texts(Optional<AccountId> account) {
        return account.stream().map(AccountId::value).toList();
    }

    @Override
    public void approveAll(Signer owner, AccountId operator, boolean approved, IdempotencyKey key) {
        OperatorApproval unused = session.changeOnce(
                owner,
                key,
                ResultForm.APPROVAL,
                List.of("approve-all", operator.value(), approved),
                (view, now) -> StyleRules.approveAll(owner.account(), operator, approved));
    }

    @Override
    public StyleModel changeTerms(Signer owner, StyleId style, StyleTerms terms, IdempotencyKey key) {
        return session.changeOnce(
                owner,
                key,
                ResultForm.STYLE,
                List.of("change-terms", style.number(), StyleForm.encode(terms)),
                (view, now) -> StyleRules.changeTerms(owner.account(), style, terms, view));
    }

    @Override
    public Optional<StyleModel> find(StyleId style) {
        Objects.requireNonNull(style, "style");
        return session.read((tables, now) -> tables.styles().style(style));
    }

    @Override
    public Optional<StyleModel> named(String name) {
        Objects.requireNonNull(name, "name");
        return session.read((tables, now) -> tables.styles().named(name));
    }

    @Override
    public Optional<StyleModel> ofFile(Bytes sha256) {
        Objects.requireNonNull(sha256, "sha256");
        return session.read((tables, now) -> tables.styles().ofFile(sha256));
    }

    @Override
    public List<StyleModel> search(StyleQuery query) {
        Objects.requireNonNull(query, "query");
        return session.read((tables, now) -> tables.styles().search(query));
    }

    @Override
    public boolean isOperator(AccountId owner, AccountId operator) {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(operator, "operator");
        return session.read((tables, now) -> tables.styles().isOperator(owner, operator));
    }

    @Override
    public Licence buyLicence(Signer worker, StyleId style, Bytes publicKey, Amount maximumPrice, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                key,
                ResultForm.LICENCE,
                List.of("buy-licence", style.number(), publicKey, maximumPrice.toString()),
                (view, now) -> LicenceRules.buy(worker.account(), style, publicKey, maximumPrice, view, now));
    }

    @Override
    public Licence withdrawLicence(Signer worker, StyleId style, IdempotencyKey key) {
        return session.changeOnce(
                worker,
                key,
                ResultForm.LICENCE,
                List.of("withdraw-licence", style.number()),
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
        return session.changeOnce(
                owner,
                key,
                ResultForm.LICENCE,
                List.of(
                        "grant-licence",
                        style.number(),
                        holder.value(),
                        publicKey,
                        wrappedKey,
                        time.stream().map(Duration::toString).toList()),
                (view, now) ->
                        LicenceRules.grant(owner.account(), style, holder, publicKey, wrappedKey, time, view, now));
    }

    @Override
    public Licence revokeLicence(Signer owner, StyleId style, AccountId holder, IdempotencyKey key) {
        return session.changeOnce(
                owner,
                key,
                ResultForm.LICENCE,
                List.of("revoke-licence", style.number(), holder.value()),
                (view, now) -> LicenceRules.revoke(owner.account(), style, holder, view, now));
    }

    @Override
    public Optional<Licence> licence(StyleId style, AccountId holder) {
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(holder, "holder");
        return session.read((tables, now) -> tables.styles().licence(style, holder));
    }

    @Override
    public List<Licence> licences(StyleId style) {
        Objects.requireNonNull(style, "style");
        return session.read((tables, now) -> tables.styles().licences(style));
    }

    @Override
    public PoolClaim claim(Signer contributor, StyleId style, long weight, MerkleProof proof, IdempotencyKey key) {
        return session.changeOnce(
                contributor,
                key,
                ResultForm.POOL_CLAIM,
                List.of("claim-pool", style.number(), weight, proof.index(), proof.size(), proof.siblings()),
                (view, now) -> PoolRules.claim(contributor.account(), style, weight, proof, view));
    }

    @Override
    public PoolClaim claimed(StyleId style, AccountId contributor) {
        Objects.requireNonNull(style, "style");
        Objects.requireNonNull(contributor, "contributor");
        return session.read((tables, now) -> tables.styles()
                .poolClaim(style, contributor)
                .orElseGet(() -> new PoolClaim(style, contributor, Amount.ZERO)));
    }
}
