package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What contributors claim. */
interface PoolContract {
    LedgerFixture fixture();

    @Test
    default void aContributorClaimsItsPartOnce() {
        LedgerFixture f = fixture();
        StyleModel model = earningModel(f, 100);
        MerkleProof proof = SampleStyles.tree(weights(f)).proof(1);
        EventCursor before = f.ledger().latest();
        assertThat(f.styles().claimed(model.id(), f.worker.account()))
                .isEqualTo(new PoolClaim(model.id(), f.worker.account(), Amount.ZERO));

        assertThat(claim(f, f.worker, model, 2, proof))
                .isEqualTo(new PoolClaim(model.id(), f.worker.account(), Amount.of(66)));
        assertThat(f.styles().claimed(model.id(), f.worker.account()).claimed()).isEqualTo(Amount.of(66));
        assertThat(f.balance(f.worker)).isEqualTo(coins(66, 0));
        assertThat(f.ledger().balance(model.pool())).isEqualTo(coins(34, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.POOL_CLAIMED, f.worker, model.id(), 66));
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, f.worker, model, 2, proof));
    }

    @Test
    default void whatTheModelEarnsLaterIsClaimedLater() {
        LedgerFixture f = fixture();
        StyleModel model = earningModel(f, 0);
        MerkleProof proof = SampleStyles.tree(weights(f)).proof(0);
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, f.requester, model, 1, proof));
        earn(f, model, 10);
        assertThat(claim(f, f.requester, model, 1, proof).claimed()).isEqualTo(Amount.of(3));
        earn(f, model, 5);

        assertThat(claim(f, f.requester, model, 1, proof).claimed()).isEqualTo(Amount.of(5));
        assertThat(f.ledger().balance(model.pool())).isEqualTo(coins(10, 0));
    }

    @Test
    default void proofsThatShowSomethingElseAreRefused() {
        LedgerFixture f = fixture();
        StyleModel model = earningModel(f, 100);
        MerkleTree tree = SampleStyles.tree(weights(f));
        List<Contribution> mine =
                List.of(new Contribution(f.other.account(), 2), new Contribution(f.worker.account(), 1));
        MerkleTree foreign = SampleStyles.tree(mine);

        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, f.worker, model, 1, tree.proof(1)));
        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, f.worker, model, 2, tree.proof(0)));
        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, f.other, model, 2, tree.proof(1)));
        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, f.other, model, 2, foreign.proof(0)));
        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, f.worker, model, Long.MAX_VALUE, tree.proof(1)));
        f.assertRefused(
                ErrorCode.PROOF_INVALID,
                () -> claim(f, f.worker, model, 2, new MerkleProof(1, 2, List.of(SampleStyles.digest("x")))));
        for (long weight : new long[] {0, -1, Long.MIN_VALUE}) {
            f.assertRefused(ErrorCode.INVALID_CONTRIBUTIONS, () -> claim(f, f.worker, model, weight, tree.proof(1)));
        }
        assertThat(f.ledger().balance(model.pool())).isEqualTo(coins(100, 0));
    }

    @Test
    default void aModelWithoutContributorsHasNoPool() {
        LedgerFixture f = fixture();
        StyleModel model = f.register("alone", 1);
        MerkleProof proof = SampleStyles.tree(weights(f)).proof(0);

        f.assertRefused(ErrorCode.INVALID_REQUEST, () -> claim(f, f.requester, model, 1, proof));
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND, () -> f.styles().claim(f.requester, new StyleId(99), 1, proof, key()));
    }

    @Test
    default void aDishonestRootTakesFromNobodyElse() {
        LedgerFixture f = fixture();
        StyleModel honest = earningModel(f, 100);
        ContributorsRoot right = SampleStyles.root(weights(f));
        ContributorsRoot lie = new ContributorsRoot(right.root(), 2, 2, Optional.empty());
        StyleModel dishonest = f.register(pooled("liar", lie));
        earn(f, dishonest, 100);
        MerkleTree tree = SampleStyles.tree(weights(f));
        claim(f, f.worker, dishonest, 2, tree.proof(1));

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(f, f.requester, dishonest, 1, tree.proof(0)));
        assertThat(f.ledger().balance(honest.pool())).isEqualTo(coins(100, 0));
    }

    @Test
    default void theLargestWeightsCount() {
        LedgerFixture f = fixture();
        List<Contribution> heavy = List.of(
                new Contribution(f.requester.account(), Long.MAX_VALUE - 1), new Contribution(f.worker.account(), 1));
        StyleModel model = f.register(pooled("heavy", SampleStyles.root(heavy)));
        earn(f, model, 1000);
        MerkleTree tree = SampleStyles.tree(heavy);
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, f.worker, model, 1, tree.proof(1)));

        assertThat(claim(f, f.requester, model, Long.MAX_VALUE - 1, tree.proof(0))
                        .claimed())
                .isEqualTo(Amount.of(999));
    }

    @Test
    default void manyContributorsShareWithinOneUnitEach() {
        LedgerFixture f = fixture();
        List<Signer> people = IntStream.range(0, 9).mapToObj(i -> f.newSigner()).toList();
        List<Contribution> weights = IntStream.range(0, 9)
                .mapToObj(i -> new Contribution(people.get(i).account(), 1 + i * i))
                .toList();
        StyleModel model = f.register(pooled("many", SampleStyles.root(weights)));
        earn(f, model, 1001);
        MerkleTree tree = SampleStyles.tree(weights);
        for (int i = 8; i >= 0; i--) {
            claim(f, people.get(i), model, weights.get(i).weight(), tree.proof(i));
        }

        for (int i = 0; i < 9; i++) {
            assertThat(f.balance(people.get(i))).isEqualTo(coins(1001 * (1 + i * i) / 213, 0));
        }
        assertThat(f.ledger().balance(model.pool()).available()).isLessThan(Amount.of(9));
    }

    @Test
    default void aClaimHappensOnceUnderItsKeyAndSurvivesReopening() {
        LedgerFixture f = fixture();
        StyleModel model = earningModel(f, 100);
        MerkleProof proof = SampleStyles.tree(weights(f)).proof(1);
        f.twice(key -> f.styles().claim(f.worker, model.id(), 2, proof, key));
        if (f.can(LedgerCapability.REOPENS)) {
            f.reopen();
        }

        assertThat(f.styles().claimed(model.id(), f.worker.account()).claimed()).isEqualTo(Amount.of(66));
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, f.worker, model, 2, proof));
    }

    private static List<Contribution> weights(LedgerFixture f) {
        return List.of(new Contribution(f.requester.account(), 1), new Contribution(f.worker.account(), 2));
    }

    private static StyleRegistration pooled(String name, ContributorsRoot root) {
        return new StyleRegistration(
                SampleStyles.manifest(name, false),
                SampleStyles.terms(1, 0, 0),
                new SplitTable(0, List.of(), 10_000),
                List.of(),
                Optional.of(root));
    }

    private static StyleModel earningModel(LedgerFixture f, long amount) {
        StyleModel model = f.register(pooled("pooled", SampleStyles.root(weights(f))));
        if (amount > 0) {
            earn(f, model, amount);
        }
        return model;
    }

    /** Lets somebody derive from a model, for which its contributors get all. */
    private static void earn(LedgerFixture f, StyleModel model, long amount) {
        Signer fan = f.newSigner();
        f.fund(fan, Amount.of(amount));
        f.styles().changeTerms(f.other, model.id(), SampleStyles.terms(1, 0, amount), key());
        f.styles()
                .register(
                        fan,
                        new StyleRegistration(
                                SampleStyles.manifest(
                                        "fan-" + fan.account().identifier().substring(0, 20), false),
                                SampleStyles.terms(1, 0, 0),
                                SplitTable.OWNER_ONLY,
                                List.of(new Parent(model.id(), 1)),
                                Optional.empty()),
                        Amount.of(amount),
                        key());
    }

    private static PoolClaim claim(LedgerFixture f, Signer who, StyleModel model, long weight, MerkleProof proof) {
        return f.styles().claim(who, model.id(), weight, proof, key());
    }
}
