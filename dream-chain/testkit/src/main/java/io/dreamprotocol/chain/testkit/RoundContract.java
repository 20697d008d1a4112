package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Co-creation rounds, which {@link LedgerFixture#other} organises on a model of its own. */
interface RoundContract {
    Duration ROUND_TIME = Duration.ofDays(9);
    Optional<Bytes> IMAGES = Optional.of(SampleStyles.digest("images"));

    LedgerFixture fixture();

    @Test
    default void aRoundStartsOpen() {
        LedgerFixture f = fixture();
        StyleModel base = f.register("base", 1);
        RoundTerms terms = terms(f, base, ROUND_TIME);
        EventCursor before = f.ledger().latest();
        Round round = f.rounds().start(f.other, terms, key());

        assertThat(round)
                .isEqualTo(new Round(
                        new RoundId(1),
                        f.other.account(),
                        terms,
                        Round.State.OPEN,
                        f.clock.instant(),
                        Amount.ZERO,
                        0,
                        Optional.empty()));
        assertThat(f.rounds().find(round.id())).contains(round);
        assertThat(f.rounds().pledges(round.id())).isEmpty();
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofRound(Kind.ROUND_STARTED, f.other, round.id(), 100));
    }

    @Test
    default void aRoundThatCannotBeIsRefused() {
        LedgerFixture f = fixture();
        StyleModel base = f.register("base", 1);
        StyleModel closed = f.register(
                SampleStyles.registration(SampleStyles.manifest("closed", false), StyleTerms.royalty(Amount.of(1))));

        for (Duration time : List.of(Duration.ZERO, Duration.ofMillis(-1), RoundRules.MAX_TIME.plusMillis(1))) {
            f.assertRefused(ErrorCode.INVALID_REQUEST, () -> f.rounds().start(f.other, terms(f, base, time), key()));
        }
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.rounds().start(f.worker, terms(f, closed, ROUND_TIME), key()));
        RoundTerms nowhere = new RoundTerms(
                "x", new StyleId(99), 1, Amount.of(1), f.clock.instant().plus(ROUND_TIME), 0, 10_000, 0, 0);
        f.assertRefused(ErrorCode.STYLE_NOT_FOUND, () -> f.rounds().start(f.other, nowhere, key()));
        assertThat(f.rounds().newest(10)).isEmpty();
        assertThat(f.rounds().find(new RoundId(1))).isEmpty();
    }

    @Test
    default void pledgesAddUp() {
        LedgerFixture f = fixture();
        f.fundRequester();
        RoundId round = start(f);
        EventCursor before = f.ledger().latest();
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 60);
        Pledge money = pledge(f, f.requester, round, Pledge.Kind.MONEY, 15);
        Pledge images = pledge(f, f.worker, round, Pledge.Kind.IMAGES, 7);

        assertThat(money)
                .isEqualTo(new Pledge(
                        round,
                        f.requester.account(),
                        Pledge.Kind.MONEY,
                        BigInteger.valueOf(75),
                        Optional.empty(),
                        true));
        assertThat(images.accepted()).isFalse();
        assertThat(f.rounds().pledges(round)).containsExactly(money, images);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_925, 75));
        assertThat(f.rounds().find(round).orElseThrow().raised()).isEqualTo(Amount.of(75));
        assertThat(f.rounds().find(round).orElseThrow().pledges()).isEqualTo(2);
        Pledge accepted = f.rounds().accept(f.other, round, f.worker.account(), Pledge.Kind.IMAGES, key());
        assertThat(accepted.accepted()).isTrue();
        assertThat(f.rounds().pledges(round)).containsExactly(money, accepted);
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofRound(Kind.ROUND_PLEDGED, f.requester, round, 60),
                        EventContract.Told.ofRound(Kind.ROUND_PLEDGED, f.requester, round, 15),
                        EventContract.Told.ofRound(Kind.ROUND_PLEDGED, f.worker, round, 0),
                        EventContract.Told.ofRound(Kind.ROUND_ACCEPTED, f.worker, round, 0));
    }

    @Test
    default void pledgesThatCannotBeAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        RoundId round = start(f);

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> pledge(f, f.requester, round, Pledge.Kind.MONEY, 10_001));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.rounds()
                        .pledge(f.requester, round, Pledge.Kind.MONEY, Amount.MAX.units(), Optional.empty(), key()));
        for (long quantity : new long[] {0, -1}) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> pledge(f, f.requester, round, Pledge.Kind.COMPUTE, quantity));
        }
        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.rounds()
                        .pledge(f.requester, round, Pledge.Kind.IMAGES, BigInteger.ONE, Optional.empty(), key()));
        f.assertRefused(
                ErrorCode.ROUND_NOT_FOUND, () -> pledge(f, f.requester, new RoundId(9), Pledge.Kind.COMPUTE, 1));
        f.assertRefused(
                ErrorCode.ROUND_STATE_CONFLICT,
                () -> f.rounds().accept(f.other, round, f.worker.account(), Pledge.Kind.IMAGES, key()));
        pledge(f, f.worker, round, Pledge.Kind.COMPUTE, 1);
        f.assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> f.rounds().accept(f.worker, round, f.worker.account(), Pledge.Kind.COMPUTE, key()));
    }

    @Test
    default void theLargestQuantitiesAreKept() {
        LedgerFixture f = fixture();
        RoundId round = start(f);
        Pledge all =
                f.rounds().pledge(f.worker, round, Pledge.Kind.COMPUTE, Amount.MAX.units(), Optional.empty(), key());

        assertThat(f.rounds().pledges(round)).containsExactly(all);
        f.assertRefused(ErrorCode.INVALID_REQUEST, () -> pledge(f, f.worker, round, Pledge.Kind.COMPUTE, 1));
    }

    @Test
    default void concludingMakesAModelThatItsPledgersShare() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.worker, Amount.of(100));
        RoundId round = start(f);
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 90);
        pledge(f, f.worker, round, Pledge.Kind.MONEY, 30);
        EventCursor before = f.ledger().latest();
        StyleRegistration result = result(f, round, "result");
        Round concluded = f.rounds().conclude(f.other, round, result, key());

        StyleModel model = f.find(concluded.result().orElseThrow());
        assertThat(concluded.state()).isEqualTo(Round.State.CONCLUDED);
        assertThat(f.rounds().find(round)).contains(concluded);
        assertThat(model.owner()).isEqualTo(f.other.account());
        assertThat(model.contributors()).isEqualTo(result.contributors());
        assertThat(model.parents()).containsExactly(new Parent(new StyleId(1), 1_500));
        assertThat(f.balance(f.other)).isEqualTo(coins(120, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_910, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(70, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofStyle(Kind.STYLE_REGISTERED, f.other, model.id(), 0),
                        EventContract.Told.ofRound(Kind.ROUND_CONCLUDED, f.other, round, 120));
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> f.rounds().conclude(f.other, round, result, key()));
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> f.rounds().refund(f.other, round, key()));
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> pledge(f, f.requester, round, Pledge.Kind.MONEY, 1));
    }

    @Test
    default void theParentIsPaidFromWhatWasPledged() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel base = f.register(
                SampleStyles.registration(SampleStyles.manifest("base", false), SampleStyles.terms(1, 0, 25)));
        RoundId round =
                f.rounds().start(f.worker, terms(f, base, ROUND_TIME), key()).id();
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 100);
        f.rounds().conclude(f.worker, round, result(f, round, "result"), key());

        assertThat(f.balance(f.worker)).isEqualTo(coins(75, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(25, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_900, 0));
    }

    @Test
    default void sharesThatDoNotFollowFromThePledgesAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        RoundId round = start(f);
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 99);
        StyleRegistration early = result(f, round, "early");
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> f.rounds().conclude(f.other, round, early, key()));
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 1);
        StyleRegistration right = result(f, round, "result");
        StyleRegistration grabbed = new StyleRegistration(
                right.manifest(),
                right.terms(),
                right.split(),
                right.parents(),
                Optional.of(SampleStyles.root(List.of(new Contribution(f.other.account(), 1)))));
        StyleRegistration without = new StyleRegistration(
                right.manifest(), right.terms(), SplitTable.OWNER_ONLY, right.parents(), Optional.empty());

        f.assertRefused(ErrorCode.INVALID_SHARES, () -> f.rounds().conclude(f.other, round, grabbed, key()));
        f.assertRefused(ErrorCode.INVALID_SHARES, () -> f.rounds().conclude(f.other, round, without, key()));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.rounds().conclude(f.requester, round, right, key()));
        f.register(SampleStyles.open("result", 1));
        f.assertRefused(ErrorCode.STYLE_EXISTS, () -> f.rounds().conclude(f.other, round, right, key()));
        f.advance(ROUND_TIME);
        StyleRegistration late = result(f, round, "late");
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> f.rounds().conclude(f.other, round, late, key()));
    }

    @Test
    default void refundingGivesEveryoneTheirMoneyBack() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.worker, Amount.of(50));
        RoundId round = start(f);
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 90);
        pledge(f, f.worker, round, Pledge.Kind.MONEY, 50);
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.rounds().refund(f.requester, round, key()));
        f.advance(ROUND_TIME);
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> pledge(f, f.requester, round, Pledge.Kind.MONEY, 1));
        EventCursor before = f.ledger().latest();
        Round refunded = f.rounds().refund(f.requester, round, key());

        assertThat(refunded.state()).isEqualTo(Round.State.REFUNDED);
        assertThat(f.rounds().find(round)).contains(refunded);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(50, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofRound(Kind.ROUND_REFUNDED, f.requester, round, 140));
        f.assertRefused(ErrorCode.ROUND_STATE_CONFLICT, () -> f.rounds().refund(f.other, round, key()));
    }

    @Test
    default void roundsAreListedTheNewestFirst() {
        LedgerFixture f = fixture();
        StyleModel base = f.register("base", 1);
        Round first = f.rounds().start(f.other, terms(f, base, ROUND_TIME), key());
        Round second = f.rounds().start(f.worker, terms(f, base, ROUND_TIME), key());
        Round third = f.rounds().start(f.other, terms(f, base, ROUND_TIME), key());

        assertThat(f.rounds().newest(1000)).containsExactly(third, second, first);
        assertThat(f.rounds().newest(2)).containsExactly(third, second);
    }

    @Test
    default void everyWriteOfRoundsHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel base = f.register("base", 1);
        RoundTerms terms = terms(f, base, ROUND_TIME);
        RoundId round = f.twice(key -> f.rounds().start(f.other, terms, key)).id();
        f.twice(key -> f.rounds()
                .pledge(f.requester, round, Pledge.Kind.MONEY, BigInteger.valueOf(100), Optional.empty(), key));
        f.twice(key -> f.rounds().pledge(f.worker, round, Pledge.Kind.IMAGES, BigInteger.TWO, IMAGES, key));
        f.twice(key -> f.rounds().accept(f.other, round, f.worker.account(), Pledge.Kind.IMAGES, key));
        StyleRegistration result = result(f, round, "result");
        f.twice(key -> f.rounds().conclude(f.other, round, result, key));
        RoundId second = f.rounds().start(f.other, terms, key()).id();
        f.twice(key -> f.rounds().refund(f.other, second, key));

        assertThat(f.balance(f.other)).isEqualTo(coins(100, 0));
    }

    @Test
    default void roundsSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        RoundId round = start(f);
        pledge(f, f.requester, round, Pledge.Kind.MONEY, 100);
        pledge(f, f.worker, round, Pledge.Kind.IMAGES, 3);
        List<Pledge> pledges = f.rounds().pledges(round);
        Optional<Round> before = f.rounds().find(round);
        f.reopen();

        assertThat(f.rounds().find(round)).isEqualTo(before);
        assertThat(f.rounds().pledges(round)).isEqualTo(pledges);
        assertThat(f.rounds().refund(f.other, round, key()).state()).isEqualTo(Round.State.REFUNDED);
        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
    }

    private static RoundTerms terms(LedgerFixture f, StyleModel base, Duration time) {
        return new RoundTerms(
                "A round", base.id(), 1_500, Amount.of(100), f.clock.instant().plus(time), 2_000, 4_000, 3_000, 1_000);
    }

    private static RoundId start(LedgerFixture f) {
        return f.rounds()
                .start(f.other, terms(f, f.register("base", 1), ROUND_TIME), key())
                .id();
    }

    private static Pledge pledge(LedgerFixture f, Signer who, RoundId round, Pledge.Kind kind, long quantity) {
        return f.rounds()
                .pledge(
                        who,
                        round,
                        kind,
                        BigInteger.valueOf(quantity),
                        kind == Pledge.Kind.IMAGES ? IMAGES : Optional.empty(),
                        key());
    }

    /** Returns the model that follows from a round's pledges. */
    private static StyleRegistration result(LedgerFixture f, RoundId id, String name) {
        RoundTerms terms = f.rounds().find(id).orElseThrow().terms();
        List<Contribution> contributions =
                RoundRules.contributions(terms, f.rounds().pledges(id));
        return new StyleRegistration(
                SampleStyles.manifest(name, false),
                SampleStyles.terms(1, 0, 0),
                RoundRules.split(terms),
                List.of(new Parent(terms.base(), terms.baseParts())),
                Optional.of(SampleStyles.root(contributions)));
    }
}
