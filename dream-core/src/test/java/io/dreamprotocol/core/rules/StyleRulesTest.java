package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.POOL;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.manifest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StyleRulesTest {
    private static final SplitTable OWNER_ONLY = SplitTable.OWNER_ONLY;

    private final FakeLedger ledger = new FakeLedger();

    private StyleModel derive(AccountId creator, String name, Amount most, Parent... parents) {
        return ledger.carryOut(StyleRules.register(
                creator, registration(name, terms(1, 0, 7), OWNER_ONLY, List.of(parents)), most, ledger, NOW));
    }

    @Test
    void registeringMakesTheCreatorTheOwner() {
        StyleRegistration registration = registration("a", terms(3, 2, 1), OWNER_ONLY, List.of());
        StyleModel model = register(ledger, OWNER, registration);

        assertThat(model)
                .isEqualTo(new StyleModel(
                        new StyleId(1),
                        OWNER,
                        OWNER,
                        Optional.empty(),
                        registration.manifest(),
                        registration.terms(),
                        OWNER_ONLY,
                        List.of(),
                        Optional.empty(),
                        0,
                        NOW,
                        StyleUsage.NONE));
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.STYLE_REGISTERED, OWNER, model.id(), Amount.ZERO));
    }

    @Test
    void aNameIsGivenOnce() {
        register(ledger, "a", 1);
        StyleManifest same = new StyleManifest(
                "a",
                manifest("b", false).kind(),
                "x",
                "",
                List.of(),
                List.of(),
                "MIT",
                manifest("b", false).files(),
                List.of(),
                false);

        assertRefused(ErrorCode.STYLE_EXISTS, () -> register(ledger, OTHER, of(same)));
    }

    @Test
    void aFileIsRegisteredOnceUnderWhateverName() {
        register(ledger, "a", 1);
        StyleManifest copy = new StyleManifest(
                "copy",
                manifest("a", false).kind(),
                "x",
                "",
                List.of(),
                List.of(),
                "MIT",
                manifest("a", false).files(),
                List.of(),
                true);

        assertRefused(ErrorCode.STYLE_EXISTS, () -> register(ledger, OTHER, of(copy)));
    }

    private static StyleRegistration of(StyleManifest manifest) {
        return new StyleRegistration(manifest, terms(1, 0, 0), OWNER_ONLY, List.of(), Optional.empty());
    }

    @Test
    void aParentThatDoesNotExistIsRefused() {
        assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> derive(OTHER, "b", Amount.MAX, new Parent(new StyleId(1), 100)));
    }

    @Test
    void anotherCreatorPaysTheParentsPriceWhichTheParentEarns() {
        ledger.fund(OTHER, 10);
        StyleModel parent = register(ledger, OWNER, registration("a", terms(1, 0, 7), OWNER_ONLY, List.of()));
        StyleModel child = derive(OTHER, "b", Amount.of(7), new Parent(parent.id(), 100));

        assertThat(child.depth()).isEqualTo(1);
        assertThat(ledger.available(OTHER)).isEqualTo(3);
        assertThat(ledger.available(OWNER)).isEqualTo(7);
        assertThat(ledger.model(parent.id()).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(7), Amount.ZERO));
        assertThat(ledger.lastNotice().amount()).isEqualTo(Amount.of(7));
    }

    @Test
    void whatDivisionLeavesOfTheParentsPriceStaysWithTheCreator() {
        ledger.fund(OTHER, 10);
        SplitTable thirds = new SplitTable(
                3_334, List.of(new Share(WORKER, 3_333), new Share(new AccountId("ed25519:0d"), 3_333)), 0);
        StyleModel parent = register(ledger, OWNER, registration("a", terms(1, 0, 7), thirds, List.of()));
        derive(OTHER, "b", Amount.of(7), new Parent(parent.id(), 100));

        assertThat(ledger.available(OWNER)).isEqualTo(2);
        assertThat(ledger.available(WORKER)).isEqualTo(2);
        assertThat(ledger.available(OTHER)).isEqualTo(4);
    }

    @Test
    void theOwnerDerivesForNothing() {
        StyleModel parent =
                register(ledger, OWNER, registration("a", StyleTerms.royalty(Amount.of(1)), OWNER_ONLY, List.of()));

        assertThat(derive(OWNER, "b", Amount.ZERO, new Parent(parent.id(), 100)).owner())
                .isEqualTo(OWNER);
    }

    @Test
    void whereTheOwnerAllowsNoneNobodyDerives() {
        ledger.fund(OTHER, 1000);
        StyleModel parent =
                register(ledger, OWNER, registration("a", StyleTerms.royalty(Amount.of(1)), OWNER_ONLY, List.of()));

        assertRefused(ErrorCode.NOT_PERMITTED, () -> derive(OTHER, "b", Amount.MAX, new Parent(parent.id(), 100)));
    }

    @Test
    void aParentThatCostsMoreThanAllowedOrThereIsIsRefused() {
        ledger.fund(OTHER, 6);
        StyleModel parent = register(ledger, OWNER, registration("a", terms(1, 0, 7), OWNER_ONLY, List.of()));
        Parent link = new Parent(parent.id(), 100);

        assertRefused(ErrorCode.PRICE_TOO_HIGH, () -> derive(OTHER, "b", Amount.of(6), link));
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> derive(OTHER, "b", Amount.of(7), link));
        assertThat(ledger.styles).hasSize(1);
        assertThat(ledger.available(OTHER)).isEqualTo(6);
    }

    @Test
    void parentsThatTogetherCostMoreThanAnyAmountAreRefused() {
        StyleTerms dear = new StyleTerms(Amount.of(1), Amount.ZERO, Optional.empty(), Optional.of(Amount.MAX));
        register(ledger, OWNER, registration("a", dear, OWNER_ONLY, List.of()));
        register(ledger, OWNER, registration("b", dear, OWNER_ONLY, List.of()));

        assertRefused(
                ErrorCode.PRICE_TOO_HIGH,
                () -> derive(OTHER, "c", Amount.MAX, new Parent(new StyleId(1), 1), new Parent(new StyleId(2), 1)));
    }

    @Test
    void eightGenerationsMayFollowTheFirst() {
        StyleModel last = register(ledger, "g0", 1);
        for (int generation = 1; generation <= StyleRegistration.MAX_DEPTH; generation++) {
            last = register(ledger, "g" + generation, 1, new Parent(last.id(), 1_000));
        }
        StyleModel eighth = last;

        assertThat(eighth.depth()).isEqualTo(8);
        assertRefused(ErrorCode.INVALID_SHARES, () -> register(ledger, "g9", 1, new Parent(eighth.id(), 1_000)));
    }

    @Test
    void aModelHasAtMostSixteenAncestors() {
        List<Parent> eight = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            StyleModel first = register(ledger, "a" + i, 1);
            eight.add(new Parent(
                    register(ledger, "b" + i, 1, new Parent(first.id(), 1)).id(), 1));
        }
        StyleModel allowed = register(ledger, "c", 1, eight.toArray(Parent[]::new));

        assertThat(allowed.depth()).isEqualTo(2);
        assertRefused(ErrorCode.INVALID_SHARES, () -> register(ledger, "d", 1, new Parent(allowed.id(), 1)));
    }

    @Test
    void accountsForWhichNobodySignsAreNoCoOwners() {
        for (AccountId nobody : List.of(POOL, LedgerInfo.TREASURY)) {
            SplitTable split = new SplitTable(9_999, List.of(new Share(nobody, 1)), 0);
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> register(ledger, OWNER, registration("a", terms(1, 0, 0), split, List.of())));
        }
    }

    @Test
    void splitsAddUpToTheWhole() {
        assertRefused(ErrorCode.INVALID_SHARES, () -> new SplitTable(9_999, List.of(), 0));
        assertRefused(ErrorCode.INVALID_SHARES, () -> new SplitTable(10_000, List.of(), 1));
        assertRefused(ErrorCode.INVALID_SHARES, () -> new SplitTable(-1, List.of(), 10_001));
        assertRefused(ErrorCode.INVALID_SHARES, () -> new SplitTable(Integer.MAX_VALUE, List.of(), 1));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new SplitTable(0, List.of(new Share(OTHER, 5_000), new Share(OTHER, 5_000)), 0));
        List<Share> nine = IntStream.range(0, 9)
                .mapToObj(number -> new Share(Samples.account(number), 1))
                .toList();
        assertRefused(ErrorCode.INVALID_SHARES, () -> new SplitTable(9_991, nine, 0));
        for (int parts : new int[] {0, -1, 10_001, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertRefused(ErrorCode.INVALID_SHARES, () -> new Share(OTHER, parts));
            assertRefused(ErrorCode.INVALID_SHARES, () -> new Parent(new StyleId(1), parts));
        }
    }

    @Test
    void parentsAreEightAtMostEachOnceAndTakeAtMostTheWhole() {
        List<Parent> nine = IntStream.rangeClosed(1, 9)
                .mapToObj(number -> new Parent(new StyleId(number), 1))
                .toList();
        Parent half = new Parent(new StyleId(1), 5_000);

        assertRefused(ErrorCode.INVALID_SHARES, () -> registration("a", terms(1, 0, 0), OWNER_ONLY, nine));
        assertRefused(
                ErrorCode.INVALID_SHARES, () -> registration("a", terms(1, 0, 0), OWNER_ONLY, List.of(half, half)));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> registration("a", terms(1, 0, 0), OWNER_ONLY, List.of(half, new Parent(new StyleId(2), 5_001))));
    }

    @Test
    void contributorsAndTheirPartsComeTogether() {
        ContributorsRoot root = new ContributorsRoot(Samples.digest("x"), 1, 1, Optional.empty());

        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new StyleRegistration(
                        manifest("a", false), terms(1, 0, 0), OWNER_ONLY, List.of(), Optional.of(root)));
        assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> new StyleRegistration(
                        manifest("a", false),
                        terms(1, 0, 0),
                        new SplitTable(0, List.of(), 10_000),
                        List.of(),
                        Optional.empty()));
    }

    @Test
    void theOwnerTheApprovedAndAnOperatorTransfer() {
        StyleModel model = register(ledger, "a", 1);
        StyleId id = model.id();

        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.transfer(OTHER, id, OTHER, ledger));
        ledger.carryOut(StyleRules.transfer(OWNER, id, WORKER, ledger));
        assertThat(ledger.lastNotice())
                .isEqualTo(Notice.of(LedgerEvent.Kind.STYLE_TRANSFERRED, WORKER, id, Amount.ZERO));
        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.transfer(OWNER, id, OWNER, ledger));
        ledger.carryOut(StyleRules.approve(WORKER, id, Optional.of(OWNER), ledger));
        StyleModel back = ledger.carryOut(StyleRules.transfer(OWNER, id, OWNER, ledger));
        assertThat(back.owner()).isEqualTo(OWNER);
        assertThat(back.approved()).isEmpty();
        ledger.carryOut(StyleRules.approveAll(OWNER, OTHER, true));
        assertThat(ledger.carryOut(StyleRules.transfer(OTHER, id, WORKER, ledger))
                        .owner())
                .isEqualTo(WORKER);
        assertThat(ledger.model(id).creator()).isEqualTo(OWNER);
    }

    @Test
    void anApprovalHoldsForOneTransferAndCanBeTakenBack() {
        StyleId id = register(ledger, "a", 1).id();
        ledger.carryOut(StyleRules.approve(OWNER, id, Optional.of(OTHER), ledger));
        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.STYLE_APPROVED);
        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.approve(OTHER, id, Optional.of(OTHER), ledger));
        ledger.carryOut(StyleRules.approve(OWNER, id, Optional.empty(), ledger));

        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.transfer(OTHER, id, OTHER, ledger));
    }

    @Test
    void anOperatorApprovesAndStopsWhenItIsDismissed() {
        StyleId id = register(ledger, "a", 1).id();
        ledger.carryOut(StyleRules.approveAll(OWNER, OTHER, true));
        ledger.carryOut(StyleRules.approve(OTHER, id, Optional.of(WORKER), ledger));
        ledger.carryOut(StyleRules.approveAll(OWNER, OTHER, false));

        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.OPERATOR_CHANGED);
        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.approve(OTHER, id, Optional.empty(), ledger));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> StyleRules.approveAll(OWNER, OWNER, true));
    }

    @Test
    void aModelIsNotGivenToAnAccountForWhichNobodySigns() {
        StyleId id = register(ledger, "a", 1).id();

        assertRefused(ErrorCode.INVALID_REQUEST, () -> StyleRules.transfer(OWNER, id, POOL, ledger));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> StyleRules.transfer(OWNER, id, LedgerInfo.TREASURY, ledger));
        assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> StyleRules.transfer(OWNER, new StyleId(2), OTHER, ledger));
    }

    @Test
    void onlyTheOwnerChangesTheTerms() {
        StyleId id = register(ledger, "a", 1).id();
        StyleTerms dearer = terms(9, 9, 9);
        ledger.carryOut(StyleRules.approveAll(OWNER, OTHER, true));

        assertRefused(ErrorCode.NOT_PERMITTED, () -> StyleRules.changeTerms(OTHER, id, dearer, ledger));
        assertThat(ledger.carryOut(StyleRules.changeTerms(OWNER, id, dearer, ledger))
                        .terms())
                .isEqualTo(dearer);
        assertThat(ledger.lastNotice().kind()).isEqualTo(LedgerEvent.Kind.STYLE_TERMS_CHANGED);
    }

    @Test
    void aLimitedLicenceLastsBetweenASecondAndTenYears() {
        for (Duration time : List.of(
                Duration.ZERO,
                Duration.ofMillis(999),
                Duration.ofSeconds(-5),
                StyleTerms.MAX_LICENCE_TIME.plusMillis(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> new StyleTerms(Amount.ZERO, Amount.ZERO, Optional.of(time), Optional.empty()));
        }
        Duration fine = Duration.ofNanos(1_500_000_123L);
        assertThat(new StyleTerms(Amount.ZERO, Amount.ZERO, Optional.of(fine), Optional.empty()).licenceTime())
                .contains(Duration.ofMillis(1500));
    }

    @Test
    void numbersBeginAtOne() {
        for (long number : new long[] {0, -1, Long.MIN_VALUE}) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> new StyleId(number));
        }
    }
}
