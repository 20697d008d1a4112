package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.manifest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRulesTest {
    private static final AccountId ORGANISER = OTHER;
    private static final Instant DEADLINE = NOW.plus(Duration.ofDays(9));
    private static final RoundId ID = new RoundId(1);
    private static final Optional<Bytes> IMAGES = Optional.of(Samples.digest("images"));

    private final FakeLedger ledger =
            new FakeLedger().fund(WORKER, 1000).fund(account(1), 1000).fund(account(2), 1000);
    private final StyleModel base =
            register(ledger, OWNER, registration("base", styleTerms(20), SplitTable.OWNER_ONLY, List.of()));

    private RoundTerms terms(Instant deadline) {
        return new RoundTerms("Tune it", base.id(), 1_500, Amount.of(100), deadline, 2_000, 4_000, 3_000, 1_000);
    }

    /** The style terms of the samples, which the round's terms hide. */
    private static StyleTerms styleTerms(long derivePrice) {
        return Samples.terms(1, 0, derivePrice);
    }

    private Round start() {
        return ledger.carryOut(RoundRules.start(ORGANISER, terms(DEADLINE), ledger, NOW));
    }

    private Pledge pledge(AccountId who, Pledge.Kind kind, long quantity) {
        return ledger.carryOut(RoundRules.pledge(
                who,
                ID,
                kind,
                BigInteger.valueOf(quantity),
                kind == Pledge.Kind.IMAGES ? IMAGES : Optional.empty(),
                ledger,
                NOW));
    }

    private Pledge accept(AccountId pledger, Pledge.Kind kind) {
        return ledger.carryOut(RoundRules.accept(ORGANISER, ID, pledger, kind, ledger));
    }

    private Round round() {
        return ledger.round(ID).orElseThrow();
    }

    private StyleRegistration result() {
        return result(RoundRules.root(RoundRules.contributions(round().terms(), ledger.pledges(ID))));
    }

    private StyleRegistration result(ContributorsRoot root) {
        return new StyleRegistration(
                manifest("result", false),
                styleTerms(0),
                RoundRules.split(round().terms()),
                List.of(new Parent(base.id(), 1_500)),
                Optional.of(root));
    }

    private Round conclude(StyleRegistration registration) {
        return ledger.carryOut(RoundRules.conclude(ORGANISER, ID, registration, ledger, NOW));
    }

    private Round refund(AccountId by, Instant now) {
        return ledger.carryOut(RoundRules.refund(by, ID, ledger, now));
    }

    @Test
    void aRoundStartsOpenAndEmpty() {
        Round round = start();

        assertThat(round)
                .isEqualTo(new Round(
                        ID, ORGANISER, terms(DEADLINE), Round.State.OPEN, NOW, Amount.ZERO, 0, Optional.empty()));
        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.ROUND_STARTED);
        assertThat(ledger.lastNotice().round()).contains(ID);
    }

    @Test
    void aDeadlineLiesAheadWithinAYear() {
        for (Instant deadline :
                List.of(NOW, NOW.minusMillis(1), NOW.plus(RoundRules.MAX_TIME).plusMillis(1))) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> RoundRules.start(ORGANISER, terms(deadline), ledger, NOW));
        }
    }

    @Test
    void theBaseMustExistAndAllowDerivedModels() {
        RoundTerms nowhere = new RoundTerms("x", new StyleId(9), 1, Amount.of(1), DEADLINE, 0, 10_000, 0, 0);
        assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> RoundRules.start(ORGANISER, nowhere, ledger, NOW));
        ledger.carryOut(StyleRules.changeTerms(OWNER, base.id(), StyleTerms.royalty(Amount.of(1)), ledger));

        assertRefused(ErrorCode.NOT_PERMITTED, () -> RoundRules.start(ORGANISER, terms(DEADLINE), ledger, NOW));
    }

    @Test
    void termsAddUpAndSaySomething() {
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new RoundTerms("x", base.id(), 1, Amount.of(1), DEADLINE, 1, 9_999, 1, 0));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new RoundTerms("x", base.id(), 1, Amount.of(1), DEADLINE, 10_000, 0, 0, 0));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new RoundTerms("x", base.id(), 1, Amount.of(1), DEADLINE, -1, 10_001, 0, 0));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new RoundTerms(
                        "x", base.id(), 1, Amount.of(1), DEADLINE, Integer.MAX_VALUE, Integer.MAX_VALUE, 10_002, 0));
        for (int parts : new int[] {0, -1, 10_001}) {
            assertRefused(
                    ErrorCode.INVALID_SHARES,
                    () -> new RoundTerms("x", base.id(), parts, Amount.of(1), DEADLINE, 0, 10_000, 0, 0));
        }
        assertRefused(
                ErrorCode.INVALID_AMOUNT,
                () -> new RoundTerms("x", base.id(), 1, Amount.ZERO, DEADLINE, 0, 10_000, 0, 0));
        for (String title : List.of("", " ", "a\nb", "x".repeat(101))) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> new RoundTerms(title, base.id(), 1, Amount.of(1), DEADLINE, 0, 10_000, 0, 0));
        }
    }

    @Test
    void pledgedMoneyWaitsInEscrowAndAddsUp() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 60);
        Pledge all = pledge(WORKER, Pledge.Kind.MONEY, 15);

        assertThat(all)
                .isEqualTo(new Pledge(ID, WORKER, Pledge.Kind.MONEY, BigInteger.valueOf(75), Optional.empty(), true));
        assertThat(ledger.escrowed(WORKER)).isEqualTo(75);
        assertThat(round().raised()).isEqualTo(Amount.of(75));
        assertThat(round().pledges()).isEqualTo(1);
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.ROUND_PLEDGED, WORKER, ID, Amount.of(15)));
    }

    @Test
    void imagesAndComputeCountOnceTheOrganiserAcceptsThem() {
        start();
        assertThat(pledge(WORKER, Pledge.Kind.IMAGES, 10).accepted()).isFalse();
        assertThat(accept(WORKER, Pledge.Kind.IMAGES).accepted()).isTrue();
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.ROUND_ACCEPTED, WORKER, ID, Amount.ZERO));
        Pledge more = pledge(WORKER, Pledge.Kind.IMAGES, 5);

        assertThat(more.quantity()).isEqualTo(BigInteger.valueOf(15));
        assertThat(more.accepted()).isFalse();
        assertRefused(ErrorCode.NOT_PERMITTED, () -> RoundRules.accept(WORKER, ID, WORKER, Pledge.Kind.IMAGES, ledger));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> accept(WORKER, Pledge.Kind.COMPUTE));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> accept(OWNER, Pledge.Kind.IMAGES));
    }

    @Test
    void pledgesAreOfSomethingWithinRange() {
        start();
        for (BigInteger quantity : List.of(BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.ONE.shiftLeft(128))) {
            for (Pledge.Kind kind : Pledge.Kind.values()) {
                Optional<Bytes> evidence = kind == Pledge.Kind.IMAGES ? IMAGES : Optional.empty();
                assertRefused(
                        ErrorCode.INVALID_REQUEST,
                        () -> RoundRules.pledge(WORKER, ID, kind, quantity, evidence, ledger, NOW));
            }
        }
        BigInteger most = Amount.MAX.units();
        assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> ledger.carryOut(
                        RoundRules.pledge(WORKER, ID, Pledge.Kind.MONEY, most, Optional.empty(), ledger, NOW)));
        ledger.carryOut(RoundRules.pledge(WORKER, ID, Pledge.Kind.COMPUTE, most, Optional.empty(), ledger, NOW));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> pledge(WORKER, Pledge.Kind.COMPUTE, 1));
    }

    @Test
    void imagesComeWithEvidenceAndNothingElseDoes() {
        start();
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> RoundRules.pledge(WORKER, ID, Pledge.Kind.IMAGES, BigInteger.ONE, Optional.empty(), ledger, NOW));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> RoundRules.pledge(
                        WORKER,
                        ID,
                        Pledge.Kind.IMAGES,
                        BigInteger.ONE,
                        Optional.of(Bytes.of(new byte[31])),
                        ledger,
                        NOW));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> RoundRules.pledge(WORKER, ID, Pledge.Kind.COMPUTE, BigInteger.ONE, IMAGES, ledger, NOW));
    }

    @Test
    void aRoundTakesAThousandPledges() {
        start();
        for (int number = 0; number < Round.MAX_PLEDGES; number++) {
            pledge(account(number), Pledge.Kind.COMPUTE, 1);
        }

        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> pledge(WORKER, Pledge.Kind.COMPUTE, 1));
        assertThat(pledge(account(5), Pledge.Kind.COMPUTE, 1).quantity()).isEqualTo(BigInteger.TWO);
    }

    @Test
    void concludingRegistersTheModelPaysTheParentAndGivesTheRestToTheOrganiser() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 90);
        pledge(account(1), Pledge.Kind.MONEY, 30);
        pledge(account(1), Pledge.Kind.IMAGES, 4);
        accept(account(1), Pledge.Kind.IMAGES);
        pledge(account(2), Pledge.Kind.COMPUTE, 50);
        Round concluded = conclude(result());

        StyleModel model = ledger.model(concluded.result().orElseThrow());
        assertThat(concluded.state()).isEqualTo(Round.State.CONCLUDED);
        assertThat(model.owner()).isEqualTo(ORGANISER);
        assertThat(model.parents()).containsExactly(new Parent(base.id(), 1_500));
        assertThat(model.split()).isEqualTo(new SplitTable(2_000, List.of(), 8_000));
        assertThat(ledger.available(ORGANISER)).isEqualTo(100);
        assertThat(ledger.available(OWNER)).isEqualTo(20);
        assertThat(ledger.escrowed(WORKER)).isZero();
        assertThat(ledger.escrowed(account(1))).isZero();
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.ROUND_CONCLUDED, ORGANISER, ID, Amount.of(120)));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> conclude(result()));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> refund(ORGANISER, NOW));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> pledge(WORKER, Pledge.Kind.MONEY, 1));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> accept(account(2), Pledge.Kind.COMPUTE));
    }

    @Test
    void weightsFollowFromWhatIsAcceptedKindByKind() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 90);
        pledge(account(1), Pledge.Kind.MONEY, 30);
        pledge(account(1), Pledge.Kind.IMAGES, 4);
        accept(account(1), Pledge.Kind.IMAGES);
        pledge(account(2), Pledge.Kind.COMPUTE, 50);

        assertThat(RoundRules.contributions(round().terms(), ledger.pledges(ID)))
                .containsExactly(
                        new Contribution(WORKER, 3_000_000_000_000L),
                        new Contribution(account(1), 1_000_000_000_000L + 3_000_000_000_000L));
    }

    @Test
    void aPledgeTooSmallToWeighHasNoContribution() {
        List<Pledge> pledges = List.of(
                new Pledge(ID, WORKER, Pledge.Kind.COMPUTE, BigInteger.ONE.shiftLeft(127), Optional.empty(), true),
                new Pledge(ID, OTHER, Pledge.Kind.COMPUTE, BigInteger.ONE, Optional.empty(), true));

        assertThat(RoundRules.contributions(terms(DEADLINE), pledges))
                .extracting(Contribution::account)
                .containsExactly(WORKER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void weightsNeverExceedTheirKindsParts(long seed) {
        Random random = new Random(seed);
        for (int times = 0; times < 50; times++) {
            List<Pledge> pledges = new ArrayList<>();
            for (int number = 1 + random.nextInt(60); number > 0; number--) {
                Pledge.Kind kind = List.of(Pledge.Kind.values()).get(random.nextInt(3));
                BigInteger quantity = new BigInteger(1 + random.nextInt(127), random).add(BigInteger.ONE);
                pledges.add(new Pledge(
                        ID,
                        account(random.nextInt(20)),
                        kind,
                        quantity,
                        kind == Pledge.Kind.IMAGES ? IMAGES : Optional.empty(),
                        kind == Pledge.Kind.MONEY || random.nextBoolean()));
            }
            List<Contribution> contributions = RoundRules.contributions(terms(DEADLINE), pledges);

            assertThat(contributions.stream().mapToLong(Contribution::weight).sum())
                    .isLessThanOrEqualTo(8_000L * 1_000_000_000);
            assertThat(contributions)
                    .extracting(Contribution::account)
                    .doesNotHaveDuplicates()
                    .isSorted();
        }
    }

    @Test
    void aRoundBelowItsGoalIsNotConcluded() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 99);
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> conclude(result()));
        pledge(WORKER, Pledge.Kind.MONEY, 1);

        assertThat(conclude(result()).state()).isEqualTo(Round.State.CONCLUDED);
    }

    @Test
    void sharesThatDoNotFollowFromThePledgesAreRefused() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 90);
        pledge(account(1), Pledge.Kind.MONEY, 30);
        StyleRegistration right = result();
        ContributorsRoot root = right.contributors().orElseThrow();
        List<StyleRegistration> wrong = List.of(
                result(new ContributorsRoot(Samples.digest("x"), 2, root.totalWeight(), Optional.empty())),
                result(new ContributorsRoot(root.root(), 3, root.totalWeight(), Optional.empty())),
                result(new ContributorsRoot(root.root(), 2, root.totalWeight() - 1, Optional.empty())),
                new StyleRegistration(
                        right.manifest(),
                        right.terms(),
                        new SplitTable(2_001, List.of(), 7_999),
                        right.parents(),
                        right.contributors()),
                new StyleRegistration(
                        right.manifest(),
                        right.terms(),
                        right.split(),
                        List.of(new Parent(base.id(), 1_499)),
                        right.contributors()),
                new StyleRegistration(right.manifest(), right.terms(), right.split(), List.of(), right.contributors()),
                new StyleRegistration(
                        right.manifest(), right.terms(), SplitTable.OWNER_ONLY, right.parents(), Optional.empty()));

        for (StyleRegistration registration : wrong) {
            assertRefused(ErrorCode.INVALID_SHARES, () -> conclude(registration));
        }
        ContributorsRoot withList =
                new ContributorsRoot(root.root(), root.count(), root.totalWeight(), Optional.of(Samples.cid("list")));
        assertThat(conclude(result(withList)).state()).isEqualTo(Round.State.CONCLUDED);
    }

    @Test
    void onlyTheOrganiserConcludesAndOnlyBeforeTheDeadline() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 120);

        assertRefused(ErrorCode.NOT_PERMITTED, () -> RoundRules.conclude(WORKER, ID, result(), ledger, NOW));
        assertRefused(
                ErrorCode.ROUND_STATE_CONFLICT, () -> RoundRules.conclude(ORGANISER, ID, result(), ledger, DEADLINE));
        assertRefused(
                ErrorCode.ROUND_STATE_CONFLICT,
                () -> RoundRules.pledge(
                        WORKER, ID, Pledge.Kind.MONEY, BigInteger.ONE, Optional.empty(), ledger, DEADLINE));
    }

    @Test
    void aParentThatBecameTooDearKeepsTheRoundOpenToRefund() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 120);
        ledger.carryOut(StyleRules.changeTerms(OWNER, base.id(), styleTerms(121), ledger));

        assertRefused(ErrorCode.PRICE_TOO_HIGH, () -> conclude(result()));
        refund(ORGANISER, NOW);
        assertThat(ledger.available(WORKER)).isEqualTo(1000);
    }

    @Test
    void everyoneGetsTheirMoneyBack() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 120);
        pledge(account(1), Pledge.Kind.MONEY, 30);
        pledge(account(1), Pledge.Kind.COMPUTE, 30);
        Round refunded = refund(ORGANISER, NOW);

        assertThat(refunded.state()).isEqualTo(Round.State.REFUNDED);
        assertThat(ledger.available(WORKER)).isEqualTo(1000);
        assertThat(ledger.available(account(1))).isEqualTo(1000);
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.ROUND_REFUNDED, ORGANISER, ID, Amount.of(150)));
        assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> refund(ORGANISER, NOW));
    }

    @Test
    void othersRefundOnceTheDeadlineHasPassed() {
        start();
        pledge(WORKER, Pledge.Kind.MONEY, 120);
        assertRefused(ErrorCode.NOT_PERMITTED, () -> refund(WORKER, DEADLINE.minusMillis(1)));

        assertThat(refund(WORKER, DEADLINE).state()).isEqualTo(Round.State.REFUNDED);
    }

    @Test
    void aRoundThatIsNotThereIsNotFound() {
        RoundId nowhere = new RoundId(7);

        assertRefused(ErrorCode.ROUND_NOT_FOUND, () -> refund(ORGANISER, NOW));
        assertRefused(
                ErrorCode.ROUND_NOT_FOUND,
                () -> RoundRules.accept(ORGANISER, nowhere, WORKER, Pledge.Kind.MONEY, ledger));
        assertRefused(
                ErrorCode.ROUND_NOT_FOUND,
                () -> RoundRules.pledge(
                        WORKER, nowhere, Pledge.Kind.MONEY, BigInteger.ONE, Optional.empty(), ledger, NOW));
        for (long number : new long[] {0, -1}) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new RoundId(number));
        }
    }
}
