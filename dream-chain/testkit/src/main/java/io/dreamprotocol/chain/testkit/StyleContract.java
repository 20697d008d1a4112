package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelFile;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Style models as tokens. */
interface StyleContract {
    LedgerFixture fixture();

    @Test
    default void registeringMakesATokenOfTheCreator() {
        LedgerFixture f = fixture();
        StyleRegistration registration = new StyleRegistration(
                SampleStyles.manifest("ink-wash", true),
                new StyleTerms(
                        Amount.of(3), Amount.of(40), Optional.of(Duration.ofDays(30)), Optional.of(Amount.of(7))),
                new SplitTable(6_000, List.of(new Share(f.worker.account(), 1_500)), 2_500),
                List.of(),
                Optional.of(SampleStyles.root(List.of(new Contribution(f.requester.account(), Long.MAX_VALUE)))));
        StyleModel model = f.register(registration);

        assertThat(model)
                .isEqualTo(new StyleModel(
                        new StyleId(1),
                        f.other.account(),
                        f.other.account(),
                        Optional.empty(),
                        registration.manifest(),
                        registration.terms(),
                        registration.split(),
                        List.of(),
                        registration.contributors(),
                        0,
                        f.clock.instant(),
                        StyleUsage.NONE));
        assertThat(f.find(model.id())).isEqualTo(model);
        assertThat(f.styles().named("ink-wash")).contains(model);
        assertThat(f.styles().ofFile(registration.manifest().principal().sha256()))
                .contains(model);
        assertThat(f.register("second", 1).id()).isEqualTo(new StyleId(2));
    }

    @Test
    default void whatIsNotThereIsNotFound() {
        LedgerFixture f = fixture();
        StyleId nowhere = new StyleId(7);

        assertThat(f.styles().find(nowhere)).isEmpty();
        assertThat(f.styles().named("nobody")).isEmpty();
        assertThat(f.styles().ofFile(SampleStyles.digest("nothing"))).isEmpty();
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND, () -> f.styles().transfer(f.other, nowhere, f.worker.account(), key()));
        f.assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> f.styles().approve(f.other, nowhere, Optional.empty(), key()));
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> f.styles().changeTerms(f.other, nowhere, SampleStyles.terms(1, 1, 1), key()));
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND, () -> f.styles().revokeLicence(f.other, nowhere, f.worker.account(), key()));
    }

    @Test
    default void aNameAndAFileAreRegisteredOnce() {
        LedgerFixture f = fixture();
        StyleModel first = f.register("ink", 1);

        for (Signer again : List.of(f.other, f.worker)) {
            f.assertRefused(
                    ErrorCode.STYLE_EXISTS,
                    () -> f.styles().register(again, SampleStyles.open("ink", 9), Amount.ZERO, key()));
            StyleManifest copy = SampleStyles.manifest("copy", "ink", true);
            f.assertRefused(
                    ErrorCode.STYLE_EXISTS,
                    () -> f.styles()
                            .register(
                                    again,
                                    SampleStyles.registration(copy, SampleStyles.terms(1, 1, 1)),
                                    Amount.ZERO,
                                    key()));
        }
        assertThat(f.styles().named("ink")).contains(first);
        assertThat(f.styles().named("copy")).isEmpty();
        assertThat(f.register("another", 1).id()).isEqualTo(new StyleId(2));
    }

    @Test
    default void manifestsAreKeptWhateverTheySay() {
        LedgerFixture f = fixture();
        List<StyleFile> files = IntStream.range(0, 300)
                .mapToObj(number -> new StyleFile(
                        new ModelFile("part/\uD83D\uDE00 '\"%" + number, number, SampleStyles.digest("part" + number)),
                        LedgerFixture.cid("part" + number)))
                .toList();
        StyleManifest manifest = new StyleManifest(
                "a.b_c-9",
                StyleKind.CHECKPOINT,
                "stable-diffusion-1",
                "'; DROP TABLE styles; --\n\"\\ \uD83D\uDE00 " + "\u00E9".repeat(1900),
                List.of("'", "a b", "%", "*"),
                List.of("\u58A8\u7ED8"),
                "CC0-1.0 OR 'x'",
                files,
                List.of(LedgerFixture.cid("1"), LedgerFixture.cid("2")),
                false);
        StyleModel model = f.register(SampleStyles.registration(manifest, SampleStyles.terms(0, 0, 0)));

        assertThat(f.find(model.id()).manifest()).isEqualTo(manifest);
        assertThat(f.styles().ofFile(SampleStyles.digest("part299"))).contains(model);
    }

    @Test
    default void pricesAreKeptExactlyUpToTheLargest() {
        LedgerFixture f = fixture();
        StyleTerms dear = new StyleTerms(
                Amount.MAX, Amount.MAX, Optional.of(StyleTerms.MAX_LICENCE_TIME), Optional.of(Amount.MAX));
        StyleModel model = f.register(SampleStyles.registration(SampleStyles.manifest("dear", true), dear));

        assertThat(f.find(model.id()).terms()).isEqualTo(dear);
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.styles().buyLicence(f.worker, model.id(), Bytes.of(new byte[32]), Amount.MAX, key()));
    }

    @Test
    default void aDerivedModelPaysItsParents() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleModel parent = f.register(
                SampleStyles.registration(SampleStyles.manifest("parent", false), SampleStyles.terms(1, 0, 30)));
        StyleRegistration child = derived("child", new Parent(parent.id(), 1_000));
        EventCursor before = f.ledger().latest();
        StyleModel derived = f.styles().register(f.worker, child, Amount.of(30), key());

        assertThat(derived.parents()).containsExactly(new Parent(parent.id(), 1_000));
        assertThat(derived.depth()).isEqualTo(1);
        assertThat(f.balance(f.worker)).isEqualTo(coins(70, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(30, 0));
        assertThat(f.find(parent.id()).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(30), Amount.ZERO));
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.STYLE_REGISTERED, f.worker, derived.id(), 30));
    }

    @Test
    default void aModelIsNotDerivedWithoutLeaveOrMoney() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(29));
        StyleModel dear = f.register(
                SampleStyles.registration(SampleStyles.manifest("dear", false), SampleStyles.terms(1, 0, 30)));
        StyleModel closed = f.register(
                SampleStyles.registration(SampleStyles.manifest("closed", false), StyleTerms.royalty(Amount.of(1))));

        f.assertRefused(
                ErrorCode.PRICE_TOO_HIGH,
                () -> f.styles().register(f.worker, derived("a", new Parent(dear.id(), 1)), Amount.of(29), key()));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.styles().register(f.worker, derived("a", new Parent(dear.id(), 1)), Amount.of(30), key()));
        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.styles().register(f.worker, derived("a", new Parent(closed.id(), 1)), Amount.of(30), key()));
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> f.styles().register(f.worker, derived("a", new Parent(new StyleId(9), 1)), Amount.of(30), key()));
        assertThat(f.styles().named("a")).isEmpty();
    }

    @Test
    default void generationsAndAncestorsAreLimited() {
        LedgerFixture f = fixture();
        StyleModel last = f.register("g0", 1);
        for (int generation = 1; generation <= StyleRegistration.MAX_DEPTH; generation++) {
            last = f.register(derived("g" + generation, new Parent(last.id(), 5_000)));
        }
        StyleModel eighth = last;

        assertThat(eighth.depth()).isEqualTo(8);
        f.assertRefused(ErrorCode.INVALID_SHARES, () -> f.register(derived("g9", new Parent(eighth.id(), 5_000))));
        Parent[] eight = IntStream.range(0, 8)
                .mapToObj(number -> new Parent(f.register("a" + number, 1).id(), 1))
                .toArray(Parent[]::new);
        StyleModel broad = f.register(derived("b", eight));
        f.assertRefused(
                ErrorCode.INVALID_SHARES,
                () -> f.register(derived("c", new Parent(broad.id(), 1), new Parent(eighth.id(), 1))));
    }

    @Test
    default void splitsToAccountsForWhichNobodySignsAreRefused() {
        LedgerFixture f = fixture();
        SplitTable split = new SplitTable(1, List.of(new Share(LedgerInfo.TREASURY, 9_999)), 0);

        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.register(new StyleRegistration(
                        SampleStyles.manifest("a", false),
                        SampleStyles.terms(1, 1, 1),
                        split,
                        List.of(),
                        Optional.empty())));
    }

    @Test
    default void theOwnerGivesAModelAway() {
        LedgerFixture f = fixture();
        StyleModel model = f.register("ink", 1);
        EventCursor before = f.ledger().latest();
        StyleModel given = f.styles().transfer(f.other, model.id(), f.worker.account(), key());

        assertThat(given).isEqualTo(model.withOwner(f.worker.account()));
        assertThat(f.find(model.id())).isEqualTo(given);
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.STYLE_TRANSFERRED, f.worker, model.id(), 0));
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.styles().transfer(f.other, model.id(), f.other.account(), key()));
        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.styles().changeTerms(f.other, model.id(), SampleStyles.terms(9, 9, 9), key()));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST, () -> f.styles().transfer(f.worker, model.id(), model.pool(), key()));
    }

    @Test
    default void anApprovedAccountTransfersOnce() {
        LedgerFixture f = fixture();
        StyleModel model = f.register("ink", 1);
        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.styles().approve(f.worker, model.id(), Optional.of(f.worker.account()), key()));
        EventCursor before = f.ledger().latest();
        StyleModel approved = f.styles().approve(f.other, model.id(), Optional.of(f.worker.account()), key());
        assertThat(approved.approved()).contains(f.worker.account());
        assertThat(f.find(model.id())).isEqualTo(approved);
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.STYLE_APPROVED, f.other, model.id(), 0));
        f.styles().transfer(f.worker, model.id(), f.requester.account(), key());

        assertThat(f.find(model.id()).approved()).isEmpty();
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.styles().transfer(f.worker, model.id(), f.worker.account(), key()));
    }

    @Test
    default void anOperatorTransfersEveryModelUntilItIsDismissed() {
        LedgerFixture f = fixture();
        StyleModel first = f.register("a", 1);
        StyleModel second = f.register("b", 1);
        EventCursor before = f.ledger().latest();
        f.styles().approveAll(f.other, f.worker.account(), true, key());
        assertThat(f.toldAfter(before)).containsExactly(EventContract.Told.ofMoney(Kind.OPERATOR_CHANGED, f.other, 0));
        assertThat(f.styles().isOperator(f.other.account(), f.worker.account())).isTrue();
        assertThat(f.styles().isOperator(f.worker.account(), f.other.account())).isFalse();
        f.styles().transfer(f.worker, first.id(), f.requester.account(), key());
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.styles().transfer(f.worker, first.id(), f.worker.account(), key()));
        f.styles().approveAll(f.other, f.worker.account(), false, key());

        assertThat(f.styles().isOperator(f.other.account(), f.worker.account())).isFalse();
        f.assertRefused(
                ErrorCode.NOT_PERMITTED, () -> f.styles().transfer(f.worker, second.id(), f.worker.account(), key()));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST, () -> f.styles().approveAll(f.other, f.other.account(), true, key()));
    }

    @Test
    default void theOwnerChangesTheTerms() {
        LedgerFixture f = fixture();
        StyleModel model = f.register("ink", 1);
        StyleTerms dearer = SampleStyles.terms(5, 6, 7);
        EventCursor before = f.ledger().latest();

        assertThat(f.styles().changeTerms(f.other, model.id(), dearer, key())).isEqualTo(model.withTerms(dearer));
        assertThat(f.find(model.id()).terms()).isEqualTo(dearer);
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofStyle(Kind.STYLE_TERMS_CHANGED, f.other, model.id(), 0));
        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.styles().changeTerms(f.worker, model.id(), SampleStyles.terms(0, 0, 0), key()));
    }

    @Test
    default void everyWriteOfStyleModelsHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        f.fund(f.worker, Amount.of(100));
        StyleModel model = f.twice(key -> f.styles()
                .register(
                        f.other,
                        SampleStyles.registration(SampleStyles.manifest("a", false), SampleStyles.terms(1, 0, 9)),
                        Amount.ZERO,
                        key));
        StyleId id = model.id();
        f.twice(key -> f.styles().register(f.worker, derived("b", new Parent(id, 10)), Amount.MAX, key));
        f.twice(key -> f.styles().approve(f.other, id, Optional.of(f.worker.account()), key));
        f.twice(key -> f.styles().changeTerms(f.other, id, SampleStyles.terms(2, 2, 2), key));
        f.twice(key -> {
            f.styles().approveAll(f.other, f.worker.account(), true, key);
            return true;
        });
        f.twice(key -> f.styles().transfer(f.other, id, f.worker.account(), key));

        assertThat(f.balance(f.worker)).isEqualTo(coins(91, 0));
    }

    @Test
    default void styleModelsSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        StyleModel model = f.register("ink", 1);
        StyleModel approved = f.styles().approve(f.other, model.id(), Optional.of(f.worker.account()), key());
        f.styles().approveAll(f.other, f.worker.account(), true, key());
        f.reopen();

        assertThat(f.find(model.id())).isEqualTo(approved);
        assertThat(f.styles().isOperator(f.other.account(), f.worker.account())).isTrue();
        assertThat(f.register("second", 1).id()).isEqualTo(new StyleId(2));
        f.assertRefused(ErrorCode.STYLE_EXISTS, () -> f.register("ink", 1));
    }

    private static StyleRegistration derived(String name, Parent... parents) {
        return new StyleRegistration(
                SampleStyles.manifest(name, false),
                SampleStyles.terms(1, 0, 0),
                SplitTable.OWNER_ONLY,
                List.of(parents),
                Optional.empty());
    }
}
