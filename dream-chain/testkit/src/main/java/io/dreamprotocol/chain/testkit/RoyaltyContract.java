package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.ASK;
import static io.dreamprotocol.chain.testkit.LedgerFixture.DELIVERY;
import static io.dreamprotocol.chain.testkit.LedgerFixture.JOB_TIME;
import static io.dreamprotocol.chain.testkit.LedgerFixture.LEASE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.MAXIMUM_FEE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.TROUBLE;
import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleUsage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What jobs owe to style models and to the protocol. */
interface RoyaltyContract {
    LedgerFixture fixture();

    /** Asks for a job that uses style models with their full weight. */
    static JobSubmission submission(LedgerFixture f, long maximumRoyalties, StyleId... styles) {
        return submission(
                f,
                maximumRoyalties,
                Stream.of(styles)
                        .map(style -> new StyleShare(style, Share.WHOLE))
                        .toList());
    }

    static JobSubmission submission(LedgerFixture f, long maximumRoyalties, List<StyleShare> styles) {
        return new JobSubmission(
                LedgerFixture.cid("request"),
                LedgerFixture.MODEL,
                LedgerFixture.WORK,
                MAXIMUM_FEE,
                f.clock.instant().plus(JOB_TIME),
                styles,
                Amount.of(maximumRoyalties));
    }

    @Test
    default void aJobPaysEveryoneWhoHasAPartInIt() {
        LedgerFixture f = fixture().fresh(new LedgerSettings(500, Amount.ZERO));
        f.fundRequester();
        Signer coOwner = f.newSigner();
        StyleModel parent = f.register("parent", 0);
        SplitTable split = new SplitTable(5_000, List.of(new Share(coOwner.account(), 2_000)), 3_000);
        StyleModel child = f.register(new StyleRegistration(
                SampleStyles.manifest("child", false),
                SampleStyles.terms(10, 0, 0),
                split,
                List.of(new Parent(parent.id(), 2_500)),
                Optional.of(SampleStyles.root(List.of(new Contribution(f.worker.account(), 1))))));
        Job job = f.ledger().submit(f.requester, submission(f, 200, child.id()), key());
        assertThat(job.royalties())
                .containsExactly(new RoyaltyTerm(new StyleShare(child.id(), Share.WHOLE), Amount.of(10)));
        EventCursor before = f.ledger().latest();
        Job settled = run(f, job);

        // 20 megapixel-steps: 600 of work and 200 of royalties, of which the parent has a quarter; a twentieth on top.
        Settlement settlement = new Settlement(
                List.of(
                        new Payment(f.worker.account(), Amount.of(600), Payment.Purpose.WORK),
                        payment(f.other, 75, Payment.Purpose.OWNER, child),
                        payment(coOwner, 30, Payment.Purpose.CO_OWNER, child),
                        new Payment(child.pool(), Amount.of(45), Payment.Purpose.CONTRIBUTORS, Optional.of(child.id())),
                        payment(f.other, 50, Payment.Purpose.OWNER, parent),
                        new Payment(LedgerInfo.TREASURY, Amount.of(40), Payment.Purpose.PROTOCOL)),
                Amount.of(160),
                f.clock.instant());
        assertThat(settled.settlement()).contains(settlement);
        assertThat(f.find(settled)).isEqualTo(settled);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_160, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(600, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(125, 0));
        assertThat(f.balance(coOwner)).isEqualTo(coins(30, 0));
        assertThat(f.ledger().balance(child.pool())).isEqualTo(coins(45, 0));
        assertThat(f.ledger().balance(LedgerInfo.TREASURY)).isEqualTo(coins(40, 0));
        assertThat(f.find(child.id()).usage()).isEqualTo(new StyleUsage(1, 1, Amount.of(200), Amount.of(45)));
        assertThat(f.find(parent.id()).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(50), Amount.ZERO));
        assertThat(f.toldAfter(before).subList(2, 5))
                .containsExactly(
                        new EventContract.Told(
                                Kind.SETTLED, f.worker.account(), Optional.of(job.id()), Amount.of(840), 0),
                        earned(f, job, child, 200),
                        earned(f, job, parent, 50));
    }

    private static Payment payment(Signer to, long amount, Payment.Purpose purpose, StyleModel style) {
        return new Payment(to.account(), Amount.of(amount), purpose, Optional.of(style.id()));
    }

    private static EventContract.Told earned(LedgerFixture f, Job job, StyleModel style, long amount) {
        return new EventContract.Told(
                Kind.STYLE_EARNED,
                f.other.account(),
                Optional.of(job.id()),
                Optional.of(style.id()),
                Optional.empty(),
                Amount.of(amount),
                0);
    }

    private static Job run(LedgerFixture f, Job job) {
        f.exchange().claim(f.worker, job.id(), ASK, LEASE, key());
        f.ledger().deliver(f.worker, job.id(), DELIVERY, key());
        return f.ledger().settle(f.requester, job.id(), key());
    }

    @Test
    default void aWeightTakesItsShareOfTheRoyalty() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        run(f, f.ledger().submit(f.requester, submission(f, 1000, List.of(new StyleShare(style.id(), 3_333))), key()));

        assertThat(f.balance(f.other)).isEqualTo(coins(66, 0));
    }

    @Test
    default void cancellingARunningJobPaysStyleModelsForTheStepsDone() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        Job job = f.ledger().submit(f.requester, submission(f, 200, style.id()), key());
        f.exchange().claim(f.worker, job.id(), ASK, LEASE, key());
        f.exchange().heartbeat(f.worker, job.id(), 3, LEASE);
        Job cancelled = f.ledger().cancel(f.requester, job.id(), key());

        assertThat(cancelled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(240));
        assertThat(f.balance(f.worker)).isEqualTo(coins(180, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(60, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_760, 0));
        assertThat(f.find(style.id()).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(60), Amount.ZERO));
    }

    @Test
    default void aJobThatFailsOrExpiresOwesNothing() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        Job failing = f.ledger().submit(f.requester, submission(f, 200, style.id()), key());
        f.exchange().claim(f.worker, failing.id(), ASK, LEASE, key());
        f.exchange().abandon(f.worker, failing.id(), new JobFailure(TROUBLE.code(), "no", true), key());
        f.ledger().submit(f.requester, submission(f, 200, style.id()), key());
        f.advance(JOB_TIME);
        f.ledger().expire();

        assertThat(f.balance(f.requester)).isEqualTo(coins(10_000, 0));
        assertThat(f.find(style.id()).usage()).isEqualTo(StyleUsage.NONE);
    }

    @Test
    default void royaltiesStayBelowWhatTheRequesterAllows() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        StyleModel dear = f.register("dear", 51);

        f.assertRefused(
                ErrorCode.PRICE_TOO_HIGH, () -> f.ledger().submit(f.requester, submission(f, 199, style.id()), key()));
        f.assertRefused(
                ErrorCode.PRICE_TOO_HIGH,
                () -> f.ledger().submit(f.requester, submission(f, 100_000, dear.id()), key()));
        f.assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> f.ledger().submit(f.requester, submission(f, 200, new StyleId(9)), key()));
    }

    @Test
    default void aJobKeepsThePricesAtWhichItWasSubmitted() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        Job job = f.ledger().submit(f.requester, submission(f, 200, style.id()), key());
        f.styles().changeTerms(f.other, style.id(), SampleStyles.terms(50, 0, 0), key());
        run(f, job);

        assertThat(f.balance(f.other)).isEqualTo(coins(200, 0));
    }

    @Test
    default void aWorkersPriceLeavesRoomForRoyalties() {
        LedgerFixture f = fixture();
        f.fundRequester();
        StyleModel style = f.register("ink", 20);
        Job job = f.ledger().submit(f.requester, submission(f, 400, style.id()), key());

        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.exchange().claim(f.worker, job.id(), Amount.of(31), LEASE, key()));
        run(f, job);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_000, 0));
    }

    @Test
    default void whatDivisionLeavesGoesToTheWorker() {
        LedgerFixture f = fixture();
        f.fundRequester();
        SplitTable thirds = new SplitTable(
                3_334,
                List.of(
                        new Share(f.newSigner().account(), 3_333),
                        new Share(f.newSigner().account(), 3_333)),
                0);
        StyleModel style = f.register(new StyleRegistration(
                SampleStyles.manifest("thirds", false),
                SampleStyles.terms(1, 0, 0),
                thirds,
                List.of(),
                Optional.empty()));
        Job settled = run(f, f.ledger().submit(f.requester, submission(f, 20, style.id()), key()));

        assertThat(f.balance(f.worker)).isEqualTo(coins(602, 0));
        assertThat(settled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(620));
    }

    @Test
    default void popularityCountsDifferentPayers() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.other, LedgerFixture.FUNDS);
        StyleModel style = f.register("ink", 1);
        run(f, f.ledger().submit(f.requester, submission(f, 20, style.id()), key()));
        run(f, f.ledger().submit(f.requester, submission(f, 20, style.id()), key()));
        Job own = f.ledger().submit(f.other, submission(f, 20, style.id()), key());
        f.exchange().claim(f.worker, own.id(), ASK, LEASE, key());
        f.ledger().deliver(f.worker, own.id(), DELIVERY, key());
        f.ledger().settle(f.other, own.id(), key());

        assertThat(f.find(style.id()).usage().jobs()).isEqualTo(3);
        assertThat(f.find(style.id()).usage().payers()).isEqualTo(1);
    }

    @Test
    default void jobsWithStyleModelsSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        StyleModel style = f.register("ink", 10);
        Job open = f.ledger().submit(f.requester, submission(f, 200, style.id()), key());
        Job settled = run(f, f.ledger().submit(f.requester, submission(f, 200, style.id()), key()));
        f.reopen();

        assertThat(f.find(open)).isEqualTo(open);
        assertThat(f.find(settled)).isEqualTo(settled);
        run(f, open);
        assertThat(f.find(style.id()).usage()).isEqualTo(new StyleUsage(2, 1, Amount.of(400), Amount.ZERO));
    }
}
