package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.manifest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.root;
import static io.dreamprotocol.core.rules.Samples.terms;
import static io.dreamprotocol.core.rules.Samples.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolRulesTest {
    private static final List<Contribution> TWO = List.of(new Contribution(WORKER, 1), new Contribution(OTHER, 2));

    private final FakeLedger ledger = new FakeLedger();

    /** Registers a model of which all earnings go to its contributors. */
    private StyleModel model(ContributorsRoot root) {
        return register(
                ledger,
                OWNER,
                new StyleRegistration(
                        manifest("model-" + ledger.styles.size(), false),
                        terms(1, 0, 0),
                        new SplitTable(0, List.of(), 10_000),
                        List.of(),
                        Optional.of(root)));
    }

    /** Puts money into a model's pool. */
    private void earn(StyleId style, BigInteger amount) {
        StyleModel model = ledger.model(style);
        StyleUsage usage = model.usage();
        ledger.styles.put(
                style,
                model.withUsage(new StyleUsage(
                        0,
                        0,
                        new Amount(usage.earned().units().add(amount)),
                        new Amount(usage.pooled().units().add(amount)))));
        ledger.post(new Posting(model.pool(), amount, BigInteger.ZERO));
    }

    private PoolClaim claim(AccountId who, StyleModel model, long weight, MerkleProof proof) {
        return ledger.carryOut(PoolRules.claim(who, model.id(), weight, proof, ledger));
    }

    @Test
    void aContributorGetsItsPartOnce() {
        StyleModel model = model(root(TWO));
        earn(model.id(), BigInteger.valueOf(100));
        MerkleProof proof = tree(TWO).proof(1);

        assertThat(claim(OTHER, model, 2, proof)).isEqualTo(new PoolClaim(model.id(), OTHER, Amount.of(66)));
        assertThat(ledger.available(OTHER)).isEqualTo(66);
        assertThat(ledger.available(model.pool())).isEqualTo(34);
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.POOL_CLAIMED, OTHER, model.id(), Amount.of(66)));
        assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(OTHER, model, 2, proof));
    }

    @Test
    void whatComesInLaterIsClaimedLater() {
        StyleModel model = model(root(TWO));
        MerkleProof proof = tree(TWO).proof(0);
        assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(WORKER, model, 1, proof));
        earn(model.id(), BigInteger.valueOf(10));
        claim(WORKER, model, 1, proof);
        earn(model.id(), BigInteger.valueOf(2));

        assertThat(claim(WORKER, model, 1, proof).claimed()).isEqualTo(Amount.of(4));
        assertThat(ledger.available(WORKER)).isEqualTo(4);
    }

    @Test
    void aProofThatShowsSomethingElseIsRefused() {
        StyleModel model = model(root(TWO));
        earn(model.id(), BigInteger.valueOf(100));
        MerkleTree tree = tree(TWO);
        MerkleTree foreign = tree(List.of(new Contribution(WORKER, 2), new Contribution(OTHER, 2)));

        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(WORKER, model, 2, tree.proof(0)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(OTHER, model, 1, tree.proof(0)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(WORKER, model, 1, tree.proof(1)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(WORKER, model, 2, foreign.proof(0)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(WORKER, model, 1, new MerkleProof(0, 1, List.of())));
        assertRefused(
                ErrorCode.PROOF_INVALID,
                () -> claim(
                        WORKER, model, 1, new MerkleProof(0, 3, tree.proof(0).siblings())));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(WORKER, model, Long.MAX_VALUE, tree.proof(0)));
        assertThat(ledger.available(model.pool())).isEqualTo(100);
    }

    @Test
    void weightsBelowOneAreRefused() {
        StyleModel model = model(root(TWO));
        MerkleProof proof = tree(TWO).proof(0);

        for (long weight : new long[] {0, -1, Long.MIN_VALUE}) {
            assertRefused(ErrorCode.INVALID_CONTRIBUTIONS, () -> claim(WORKER, model, weight, proof));
            assertRefused(ErrorCode.INVALID_CONTRIBUTIONS, () -> new Contribution(WORKER, weight));
        }
    }

    @Test
    void theLargestWeightGetsAll() {
        List<Contribution> one = List.of(new Contribution(WORKER, Long.MAX_VALUE));
        StyleModel model = model(root(one));
        earn(model.id(), Amount.MAX.units());

        assertThat(claim(WORKER, model, Long.MAX_VALUE, tree(one).proof(0)).claimed())
                .isEqualTo(Amount.MAX);
        assertThat(ledger.balance(model.pool()).available()).isEqualTo(Amount.ZERO);
    }

    @Test
    void aRootThatPromisesMoreThanAllTakesFromNoOtherPool() {
        StyleModel honest = model(root(TWO));
        ContributorsRoot lie = new ContributorsRoot(root(TWO).root(), 2, 2, Optional.empty());
        StyleModel dishonest = model(lie);
        earn(honest.id(), BigInteger.valueOf(100));
        earn(dishonest.id(), BigInteger.valueOf(100));
        claim(OTHER, dishonest, 2, tree(TWO).proof(1));

        assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> claim(WORKER, dishonest, 1, tree(TWO).proof(0)));
        assertThat(ledger.available(honest.pool())).isEqualTo(100);
    }

    @Test
    void aModelWithoutContributorsHasNothingToClaim() {
        StyleModel model = register(ledger, "a", 1);

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> claim(WORKER, model, 1, tree(TWO).proof(0)));
        assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> PoolRules.claim(WORKER, new StyleId(99), 1, tree(TWO).proof(0), ledger));
    }

    @Test
    void aRootIsNotOfNothing() {
        assertRefused(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> new ContributorsRoot(root(TWO).root(), 0, 0, Optional.empty()));
        assertRefused(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> new ContributorsRoot(root(TWO).root(), 3, 2, Optional.empty()));
        assertRefused(
                ErrorCode.INVALID_CONTRIBUTIONS,
                () -> new ContributorsRoot(root(TWO).root(), 1, -5, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void claimsInAnyOrderAndNumberNeverExceedThePoolAndEndWithinOneUnit(long seed) {
        Random random = new Random(seed);
        List<Contribution> contributions = randomContributions(random);
        MerkleTree tree = tree(contributions);
        StyleModel model = model(root(contributions));
        BigInteger total = BigInteger.valueOf(model.contributors().orElseThrow().totalWeight());
        BigInteger pooled = BigInteger.ZERO;
        for (int round = 0; round < 12; round++) {
            BigInteger income = new BigInteger(random.nextInt(100), random);
            earn(model.id(), income);
            pooled = pooled.add(income);
            boolean last = round == 11;
            for (int index : order(contributions.size(), random)) {
                if (last || random.nextInt(3) == 0) {
                    claimIfDue(model, contributions.get(index), tree.proof(index));
                }
            }
        }
        BigInteger claimed = BigInteger.ZERO;
        for (Contribution contribution : contributions) {
            BigInteger got = ledger.balance(contribution.account()).available().units();
            BigInteger exact = pooled.multiply(BigInteger.valueOf(contribution.weight()));
            assertThat(exact.subtract(got.multiply(total))).isBetween(BigInteger.ZERO, total.subtract(BigInteger.ONE));
            claimed = claimed.add(got);
        }
        BigInteger left = ledger.balance(model.pool()).available().units();
        assertThat(claimed.add(left)).isEqualTo(pooled);
        assertThat(left.intValueExact()).isLessThan(contributions.size());
    }

    private void claimIfDue(StyleModel model, Contribution contribution, MerkleProof proof) {
        try {
            claim(contribution.account(), model, contribution.weight(), proof);
        } catch (ConflictException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NOTHING_TO_CLAIM);
        }
    }

    private static List<Contribution> randomContributions(Random random) {
        int size = 1 + random.nextInt(40);
        List<Contribution> contributions = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            long weight = random.nextBoolean() ? 1 + random.nextInt(5) : 1 + random.nextLong(Long.MAX_VALUE / 50);
            contributions.add(new Contribution(account(i), weight));
        }
        return contributions;
    }

    private static List<Integer> order(int size, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        return order;
    }
}
