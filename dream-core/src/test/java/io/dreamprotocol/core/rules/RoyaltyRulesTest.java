package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoyaltyRulesTest {
    private final FakeLedger ledger = new FakeLedger().fund(OWNER, 1_000);

    private static Payment payment(AccountId to, long amount, Payment.Purpose purpose, long style) {
        return new Payment(to, Amount.of(amount), purpose, Optional.of(new StyleId(style)));
    }

    private RoyaltyRules.Distribution distribute(StyleModel model, long amount) {
        return RoyaltyRules.distribute(Map.of(model.id(), BigInteger.valueOf(amount)), ledger);
    }

    @Test
    void aModelWithoutParentsPaysItsSplit() {
        SplitTable split = new SplitTable(5_000, List.of(new Share(WORKER, 2_000)), 3_000);
        StyleModel model = register(ledger, OWNER, registration("a", terms(1, 0, 0), split, List.of()));

        RoyaltyRules.Distribution paid = distribute(model, 101);
        assertThat(paid.payments())
                .containsExactly(
                        payment(OWNER, 50, Payment.Purpose.OWNER, 1),
                        payment(WORKER, 20, Payment.Purpose.CO_OWNER, 1),
                        payment(model.pool(), 30, Payment.Purpose.CONTRIBUTORS, 1));
        assertThat(paid.remainder()).isEqualTo(Amount.of(1));
        assertThat(paid.earned()).containsExactly(model.withUsage(new StyleUsage(0, 0, Amount.of(101), Amount.of(30))));
    }

    @Test
    void parentsTakeTheirSharesBeforeTheSplit() {
        StyleModel grandparent = register(ledger, "a", 1);
        StyleModel parent = register(
                ledger,
                WORKER,
                registration("b", terms(1, 0, 0), SplitTable.OWNER_ONLY, List.of(new Parent(grandparent.id(), 1_000))));
        StyleModel child = register(
                ledger,
                OTHER,
                registration("c", terms(1, 0, 0), SplitTable.OWNER_ONLY, List.of(new Parent(parent.id(), 2_500))));

        RoyaltyRules.Distribution paid = distribute(child, 1_000);
        assertThat(paid.payments())
                .containsExactly(
                        payment(OTHER, 750, Payment.Purpose.OWNER, 3),
                        payment(WORKER, 225, Payment.Purpose.OWNER, 2),
                        payment(OWNER, 25, Payment.Purpose.OWNER, 1));
        assertThat(paid.remainder()).isEqualTo(Amount.ZERO);
        assertThat(paid.earned())
                .extracting(model -> model.usage().earned().toString())
                .containsExactly("1000", "250", "25");
    }

    @Test
    void anAncestorReachedByTwoWaysIsPaidOnceWithAllThatReachedIt() {
        StyleModel root = register(ledger, "a", 1);
        StyleModel left = register(ledger, "b", 1, new Parent(root.id(), 5_000));
        StyleModel right = register(ledger, "c", 1, new Parent(root.id(), 5_000));
        StyleModel child = register(ledger, "d", 1, new Parent(left.id(), 5_000), new Parent(right.id(), 5_000));

        assertThat(distribute(child, 400).earned())
                .extracting(model -> model.id().number() + ":" + model.usage().earned())
                .containsExactly("4:400", "3:200", "2:200", "1:200");
    }

    @Test
    void aModelThatIsBothUsedAndAParentIsPaidForBoth() {
        StyleModel parent = register(ledger, "a", 1);
        StyleModel child = register(ledger, "b", 1, new Parent(parent.id(), 10_000));
        Map<StyleId, BigInteger> income = Map.of(parent.id(), BigInteger.valueOf(7), child.id(), BigInteger.valueOf(5));

        RoyaltyRules.Distribution paid = RoyaltyRules.distribute(income, ledger);
        assertThat(paid.payments()).containsExactly(payment(OWNER, 12, Payment.Purpose.OWNER, 1));
        assertThat(paid.earned()).hasSize(2);
    }

    @Test
    void nothingIsPaidOfNothingAndNobodyGetsAPaymentOfNothing() {
        StyleModel parent = register(ledger, "a", 1);
        StyleModel child = register(ledger, "b", 1, new Parent(parent.id(), 1));

        assertThat(distribute(child, 0)).isEqualTo(new RoyaltyRules.Distribution(List.of(), List.of(), Amount.ZERO));
        assertThat(distribute(child, 1).payments()).containsExactly(payment(OWNER, 1, Payment.Purpose.OWNER, 2));
    }

    @Test
    void theLargestAmountIsDistributedExactly() {
        StyleModel parent = register(ledger, "a", 1);
        StyleModel child = register(ledger, "b", 1, new Parent(parent.id(), 3_333));
        BigInteger all = Amount.MAX.units();

        RoyaltyRules.Distribution paid = RoyaltyRules.distribute(Map.of(child.id(), all), ledger);
        assertThat(sum(paid)).isEqualTo(all);
    }

    @Test
    void whatAModelEarnedNeverOverflows() {
        StyleModel model = register(ledger, "a", 1);
        StyleModel rich = model.withUsage(new StyleUsage(0, 0, Amount.MAX, Amount.ZERO));
        ledger.styles.put(rich.id(), rich);

        assertThat(distribute(rich, 5).earned().getFirst().usage().earned()).isEqualTo(Amount.MAX);
    }

    @Test
    void incomeOfAMissingModelIsRefused() {
        assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> RoyaltyRules.distribute(Map.of(new StyleId(1), BigInteger.ONE), ledger));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void paymentsAndRemainderAreTheIncomeForAnyFamily(long seed) {
        Random random = new Random(seed);
        for (int family = 0; family < 12; family++) {
            FakeLedger fresh = new FakeLedger();
            growFamily(fresh, random);
            for (int times = 0; times < 20; times++) {
                Map<StyleId, BigInteger> income = randomIncome(fresh, random);
                RoyaltyRules.Distribution paid = RoyaltyRules.distribute(income, fresh);
                BigInteger all = income.values().stream().reduce(BigInteger.ZERO, BigInteger::add);

                assertThat(sum(paid)).isEqualTo(all);
                assertThat(paid.payments())
                        .noneMatch(payment -> payment.amount().isZero());
                assertThat(paid.earned()).doesNotHaveDuplicates();
                // Each split rounds down at most once for each of its ten lines.
                assertThat(paid.remainder().units().intValueExact())
                        .isLessThanOrEqualTo(10 * paid.earned().size());
                assertEarningsFit(fresh, income, paid);
            }
        }
    }

    private static BigInteger sum(RoyaltyRules.Distribution paid) {
        return paid.payments().stream()
                .map(payment -> payment.amount().units())
                .reduce(paid.remainder().units(), BigInteger::add);
    }

    /** Makes a family as deep, broad and crossed as is allowed, which tries what is not allowed on the way. */
    private static void growFamily(FakeLedger fresh, Random random) {
        fresh.fund(OWNER, 1);
        for (int number = 0; number < 30; number++) {
            List<Parent> parents = new ArrayList<>();
            Set<Long> chosen = new HashSet<>();
            int left = Share.WHOLE;
            int size = fresh.styles.size();
            for (int i = random.nextInt(9); i > 0 && size > 0 && left > 0; i--) {
                long style = (long) size - random.nextInt(Math.min(size, 5));
                int parts = 1 + random.nextInt(left);
                if (chosen.add(style)) {
                    parents.add(new Parent(new StyleId(style), parts));
                    left -= parts;
                }
            }
            StyleRegistration registration = registration("s" + number, terms(1, 0, 0), randomSplit(random), parents);
            try {
                StyleModel model = register(fresh, account(random.nextInt(5)), registration);
                assertThat(model.depth()).isLessThanOrEqualTo(StyleRegistration.MAX_DEPTH);
            } catch (ConflictException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SHARES);
            }
        }
    }

    private static SplitTable randomSplit(Random random) {
        int owner = random.nextInt(Share.WHOLE + 1);
        int left = Share.WHOLE - owner;
        List<Share> coOwners = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0 && left > 0; i--) {
            int parts = 1 + random.nextInt(left);
            coOwners.add(new Share(account(100 + i), parts));
            left -= parts;
        }
        return new SplitTable(owner, coOwners, left);
    }

    private static Map<StyleId, BigInteger> randomIncome(FakeLedger fresh, Random random) {
        Map<StyleId, BigInteger> income = new HashMap<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            StyleId style = new StyleId(1 + random.nextInt(fresh.styles.size()));
            income.put(style, new BigInteger(random.nextInt(126), random));
        }
        return income;
    }

    /** What came in for a model is its own income and its parts of what its children got. */
    private static void assertEarningsFit(
            FakeLedger fresh, Map<StyleId, BigInteger> income, RoyaltyRules.Distribution paid) {
        Map<StyleId, BigInteger> expected = new HashMap<>(income);
        Map<StyleId, BigInteger> earned = new HashMap<>();
        paid.earned()
                .forEach(model -> earned.put(model.id(), model.usage().earned().units()));
        for (StyleModel model : fresh.styles.descendingMap().values()) {
            BigInteger amount = earned.getOrDefault(model.id(), BigInteger.ZERO);
            assertThat(amount).isEqualTo(expected.getOrDefault(model.id(), BigInteger.ZERO));
            for (Parent parent : model.parents()) {
                expected.merge(
                        parent.style(),
                        amount.multiply(BigInteger.valueOf(parent.parts())).divide(BigInteger.valueOf(Share.WHOLE)),
                        BigInteger::add);
            }
        }
    }
}
