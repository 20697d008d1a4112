package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.util.List;

/** The rules by which contributors claim their parts of a style model's pool. */
public final class PoolRules {
    private PoolRules() {}

    /**
     * Returns what a contributor is entitled to of everything a pool ever got.
     *
     * @param pooled what the pool ever got
     * @param weight the contributor's weight, at most the total
     * @param totalWeight the sum of all weights
     * @return {@code floor(pooled x weight / totalWeight)}
     */
    public static Amount entitlement(Amount pooled, long weight, long totalWeight) {
        return pooled.times(BigInteger.valueOf(weight), BigInteger.valueOf(totalWeight));
    }

    /**
     * Claims a contributor's part.
     *
     * @param contributor who claims
     * @param style the model
     * @param weight the contributor's weight
     * @param proof that the contributor has it
     * @param view the ledger
     * @return the change, whose posting fails if a dishonest root promised more than the pool has
     * @throws DreamException as {@link StyleRegistry#claim} says
     */
    public static Change<PoolClaim> claim(
            AccountId contributor, StyleId style, long weight, MerkleProof proof, LedgerView view) {
        StyleModel model = Refusals.style(view, style);
        ContributorsRoot root = model.contributors()
                .orElseThrow(() -> Refusals.invalid("Style model " + style + " has no contributors"));
        Contribution contribution = new Contribution(contributor, weight);
        if (proof.size() != root.count()
                || weight > root.totalWeight()
                || !proof.verify(root.root(), contribution.encode())) {
            throw new InvalidInputException(
                    ErrorCode.PROOF_INVALID,
                    "The proof does not show that " + contributor.abbreviated() + " has weight " + weight
                            + " among the contributors of style model " + style);
        }
        Amount before =
                view.poolClaim(style, contributor).map(PoolClaim::claimed).orElse(Amount.ZERO);
        Amount entitled = entitlement(model.usage().pooled(), weight, root.totalWeight());
        if (entitled.compareTo(before) <= 0) {
            throw new ConflictException(
                    ErrorCode.NOTHING_TO_CLAIM,
                    "Everything that is due to " + contributor.abbreviated() + " from style model " + style
                            + " has been claimed; come back when it has earned more");
        }
        Amount due = entitled.minus(before);
        PoolClaim claim = new PoolClaim(style, contributor, entitled);
        List<Posting> postings = new Payments()
                .give(model.pool(), due.units().negate())
                .give(contributor, due.units())
                .postings();
        return new Change<>(
                claim,
                postings,
                List.of(claim),
                List.of(Notice.of(LedgerEvent.Kind.POOL_CLAIMED, contributor, style, due)));
    }
}
