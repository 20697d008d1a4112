package io.dreamprotocol.core.style;

import io.dreamprotocol.core.account.AccountId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A style model as the ledger has it: a non-fungible token (ERC-721).
 *
 * @param id its number
 * @param creator who registered it
 * @param owner whose it is now
 * @param approved who else may transfer it, once; a transfer ends that
 * @param manifest what it is
 * @param terms what its use costs now
 * @param split how its earnings are split
 * @param parents the models from which it was derived
 * @param contributors whose images it was trained on
 * @param depth how many generations are before it, 0 to {@link StyleRegistration#MAX_DEPTH}
 * @param registeredAt when, by the ledger's clock
 * @param usage how much it is used and earned
 */
public record StyleModel(
        StyleId id,
        AccountId creator,
        AccountId owner,
        Optional<AccountId> approved,
        StyleManifest manifest,
        StyleTerms terms,
        SplitTable split,
        List<Parent> parents,
        Optional<ContributorsRoot> contributors,
        int depth,
        Instant registeredAt,
        StyleUsage usage) {
    /** Checks that every part is there. */
    public StyleModel {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(creator, "creator");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(approved, "approved");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(split, "split");
        parents = List.copyOf(parents);
        Objects.requireNonNull(contributors, "contributors");
        Objects.requireNonNull(registeredAt, "registeredAt");
        Objects.requireNonNull(usage, "usage");
    }

    /**
     * Returns the account that holds what the contributors have not claimed yet. Nobody can sign for it.
     *
     * @return the pool's account
     */
    public AccountId pool() {
        return new AccountId("pool:" + id);
    }

    /**
     * Changes the owner, which ends the approval.
     *
     * @param next the new owner
     * @return the changed model
     */
    public StyleModel withOwner(AccountId next) {
        return new StyleModel(
                id,
                creator,
                next,
                Optional.empty(),
                manifest,
                terms,
                split,
                parents,
                contributors,
                depth,
                registeredAt,
                usage);
    }

    /**
     * Changes who may transfer it besides its owner.
     *
     * @param spender who; nobody if empty
     * @return the changed model
     */
    public StyleModel withApproved(Optional<AccountId> spender) {
        return new StyleModel(
                id, creator, owner, spender, manifest, terms, split, parents, contributors, depth, registeredAt, usage);
    }

    /**
     * Changes the terms.
     *
     * @param next the new terms
     * @return the changed model
     */
    public StyleModel withTerms(StyleTerms next) {
        return new StyleModel(
                id, creator, owner, approved, manifest, next, split, parents, contributors, depth, registeredAt, usage);
    }

    /**
     * Changes the usage.
     *
     * @param next the new usage
     * @return the changed model
     */
    public StyleModel withUsage(StyleUsage next) {
        return new StyleModel(
                id, creator, owner, approved, manifest, terms, split, parents, contributors, depth, registeredAt, next);
    }
}
