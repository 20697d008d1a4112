package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.cid;
import static io.dreamprotocol.core.rules.Samples.manifest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a job with style models costs, and who gets it. */
class JobRoyaltyRulesTest {
    private static final AccountId REQUESTER = new AccountId("ed25519:ff");
    private static final ModelId MODEL = new ModelId("dream-mini", Bytes.sha256(new byte[0]));
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Amount ASK = Amount.of(30);
    /** Two megapixels in each of ten steps. */
    private static final Work WORK = new Work(2_000_000, 10);

    private static FakeLedger ledger(int protocolParts) {
        return new FakeLedger(protocolParts, Amount.ZERO).fund(REQUESTER, 10_000);
    }

    private static JobSubmission submission(long maximumFee, long maximumRoyalties, StyleShare... styles) {
        return submission(WORK, Amount.of(maximumFee), Amount.of(maximumRoyalties), List.of(styles));
    }

    private static JobSubmission submission(
            Work work, Amount maximumFee, Amount maximumRoyalties, List<StyleShare> styles) {
        return new JobSubmission(
                cid("request"), MODEL, work, maximumFee, NOW.plusSeconds(300), styles, maximumRoyalties);
    }

    private static Job open(FakeLedger ledger, JobSubmission submission) {
        JobId id = new JobId("job-" + ledger.jobs.size());
        return ledger.carryOut(JobRules.open(id, REQUESTER, submission, ledger, NOW));
    }

    private static Job claim(FakeLedger ledger, Job job, Amount ask) {
        return ledger.carryOut(JobRules.claim(job, WORKER, ask, LEASE, ledger, NOW));
    }

    private static Job settle(FakeLedger ledger, Job claimed) {
        Job delivered =
                ledger.carryOut(JobRules.deliver(claimed, WORKER, new Delivery(cid("image"), cid("receipt")), NOW));
        return ledger.carryOut(JobRules.settle(delivered, REQUESTER, ledger, NOW));
    }

    private static StyleShare all(StyleModel model) {
        return new StyleShare(model.id(), Share.WHOLE);
    }

    private static Payment ofStyle(AccountId to, long amount, Payment.Purpose purpose, StyleModel model) {
        return new Payment(to, Amount.of(amount), purpose, Optional.of(model.id()));
    }

    @Test
    void aSettledJobPaysTheWorkerTheOwnerTheProtocolAndTheRequesterBack() {
        FakeLedger ledger = ledger(500);
        StyleModel model = register(ledger, "a", 10);
        Job settled = settle(
                ledger, claim(ledger, open(ledger, submission(1000, 100, new StyleShare(model.id(), 5_000))), ASK));

        // 20 megapixel-steps: 600 for the work, half of 200 for the style, and a twentieth of 700 on top.
        assertThat(settled.settlement())
                .contains(new Settlement(
                        List.of(
                                new Payment(WORKER, Amount.of(600), Payment.Purpose.WORK),
                                ofStyle(OWNER, 100, Payment.Purpose.OWNER, model),
                                new Payment(LedgerInfo.TREASURY, Amount.of(35), Payment.Purpose.PROTOCOL)),
                        Amount.of(265),
                        NOW));
        assertThat(ledger.available(REQUESTER)).isEqualTo(9_265);
        assertThat(ledger.available(LedgerInfo.TREASURY)).isEqualTo(35);
        assertThat(ledger.model(model.id()).usage()).isEqualTo(new StyleUsage(1, 1, Amount.of(100), Amount.ZERO));
    }

    @Test
    void eachEarnerIsToldOf() {
        FakeLedger ledger = ledger(0);
        StyleModel parent = register(ledger, "a", 0);
        StyleModel child = register(ledger, "b", 10, new Parent(parent.id(), 2_500));
        Job settled = settle(ledger, claim(ledger, open(ledger, submission(1000, 200, all(child))), ASK));

        assertThat(ledger.notices.subList(ledger.notices.size() - 3, ledger.notices.size()))
                .containsExactly(
                        Notice.of(LedgerEvent.Kind.SETTLED, WORKER, settled.id(), Amount.of(800), 0),
                        earned(settled, child, 200),
                        earned(settled, parent, 50));
    }

    private static Notice earned(Job job, StyleModel model, long amount) {
        return new Notice(
                LedgerEvent.Kind.STYLE_EARNED,
                OWNER,
                Optional.of(job.id()),
                Optional.of(model.id()),
                Optional.empty(),
                Amount.of(amount),
                0);
    }

    @Test
    void whatDivisionLeavesOfRoyaltiesGoesToTheWorker() {
        FakeLedger ledger = ledger(0);
        SplitTable thirds = new SplitTable(3_334, List.of(new Share(OTHER, 3_333), new Share(account(1), 3_333)), 0);
        StyleModel model = register(ledger, OWNER, registration("a", terms(1, 0, 0), thirds, List.of()));
        Job settled = settle(ledger, claim(ledger, open(ledger, submission(1000, 20, all(model))), ASK));

        assertThat(settled.settlement().orElseThrow().payments().getFirst())
                .isEqualTo(new Payment(WORKER, Amount.of(602), Payment.Purpose.WORK));
        assertThat(settled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(620));
    }

    @Test
    void cancellingPaysStyleModelsForTheStepsDone() {
        FakeLedger ledger = ledger(1_000);
        StyleModel model = register(ledger, "a", 10);
        Job claimed = claim(ledger, open(ledger, submission(1000, 200, all(model))), ASK);
        Job beat = ledger.carryOut(JobRules.heartbeat(claimed, WORKER, 3, Optional.empty(), LEASE, NOW));
        Job cancelled = ledger.carryOut(JobRules.cancel(beat, REQUESTER, ledger, NOW));

        // Three of ten steps: 180, 60, and a tenth on top.
        assertThat(cancelled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(264));
        assertThat(ledger.available(OWNER)).isEqualTo(60);
        assertThat(ledger.available(WORKER)).isEqualTo(180);
        assertThat(ledger.available(REQUESTER)).isEqualTo(9_736);
        assertThat(ledger.model(model.id()).usage()).isEqualTo(new StyleUsage(0, 0, Amount.of(60), Amount.ZERO));
        assertThat(ledger.worker(WORKER))
                .isEqualTo(new WorkerRecord(WORKER, Optional.empty(), Amount.ZERO, 0, 0, 0, 0));
    }

    @Test
    void nothingIsOwedForNothingDone() {
        FakeLedger ledger = ledger(500);
        StyleModel model = register(ledger, "a", 10);
        Job claimed = claim(ledger, open(ledger, submission(1000, 200, all(model))), ASK);
        JobFailure permanent = new JobFailure(ErrorCode.ENGINE_FAILED, "broken", true);
        Job failed = ledger.carryOut(JobRules.abandon(claimed, WORKER, permanent, ledger, NOW));

        assertThat(failed.settlement()).contains(new Settlement(List.of(), Amount.of(1000), NOW));
        assertThat(ledger.available(OWNER)).isZero();
        assertThat(ledger.model(model.id()).usage()).isEqualTo(StyleUsage.NONE);
        assertThat(ledger.worker(WORKER).faulted()).isEqualTo(1);
    }

    @Test
    void royaltiesAboveWhatTheRequesterAllowsAreRefused() {
        FakeLedger ledger = ledger(500);
        StyleModel model = register(ledger, "a", 10);

        assertRefused(ErrorCode.PRICE_TOO_HIGH, () -> open(ledger, submission(1000, 199, all(model))));
        assertRefused(ErrorCode.PRICE_TOO_HIGH, () -> open(ledger, submission(209, 200, all(model))));
        assertThat(open(ledger, submission(210, 200, all(model))).royalties())
                .containsExactly(new RoyaltyTerm(all(model), Amount.of(10)));
    }

    @Test
    void royaltiesAboveAnyAmountAreRefused() {
        FakeLedger ledger = ledger(0);
        StyleModel model = register(ledger, "a", 10);
        ledger.carryOut(StyleRules.changeTerms(
                OWNER,
                model.id(),
                new StyleTerms(Amount.MAX, Amount.ZERO, Optional.empty(), Optional.empty()),
                ledger));

        assertRefused(
                ErrorCode.PRICE_TOO_HIGH,
                () -> open(ledger, submission(WORK, Amount.MAX, Amount.MAX, List.of(all(model)))));
    }

    @Test
    void aJobKeepsThePriceAtWhichItWasSubmitted() {
        FakeLedger ledger = ledger(0);
        StyleModel model = register(ledger, "a", 10);
        Job claimed = claim(ledger, open(ledger, submission(1000, 200, all(model))), ASK);
        ledger.carryOut(StyleRules.changeTerms(OWNER, model.id(), terms(99, 0, 0), ledger));
        settle(ledger, claimed);

        assertThat(ledger.available(OWNER)).isEqualTo(200);
    }

    @Test
    void whoeverOwnsTheModelAtSettlementIsPaid() {
        FakeLedger ledger = ledger(0);
        StyleModel model = register(ledger, "a", 10);
        Job claimed = claim(ledger, open(ledger, submission(1000, 200, all(model))), ASK);
        ledger.carryOut(StyleRules.transfer(OWNER, model.id(), OTHER, ledger));
        settle(ledger, claimed);

        assertThat(ledger.available(OTHER)).isEqualTo(200);
    }

    @Test
    void aWorkersPriceLeavesRoomForRoyaltiesAndTheProtocol() {
        FakeLedger ledger = ledger(1_000);
        StyleModel model = register(ledger, "a", 10);
        Job job = open(ledger, submission(879, 200, all(model)));

        // 20 x 30 + 200 and a tenth of that are 880.
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(ledger, job, ASK));
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(ledger, job, Amount.MAX));
        assertThat(claim(ledger, job, Amount.of(29)).state()).isEqualTo(JobState.CLAIMED);
    }

    @Test
    void anUnknownStyleModelIsRefused() {
        FakeLedger ledger = ledger(0);

        assertRefused(
                ErrorCode.STYLE_NOT_FOUND,
                () -> open(ledger, submission(1000, 1000, new StyleShare(new StyleId(1), 1))));
    }

    @Test
    void aJobUsesEachStyleModelOnceAndSeventeenAtMost() {
        StyleShare first = new StyleShare(new StyleId(1), 1);
        List<StyleShare> many = new ArrayList<>();
        for (int number = 1; number <= JobSubmission.MAX_STYLES + 1; number++) {
            many.add(new StyleShare(new StyleId(number), 1));
        }

        assertRefused(ErrorCode.INVALID_REQUEST, () -> submission(1000, 0, first, first));
        assertRefused(ErrorCode.INVALID_REQUEST, () -> submission(WORK, Amount.of(1), Amount.of(1), many));
        for (int parts : new int[] {0, -1, Share.WHOLE + 1}) {
            assertRefused(ErrorCode.INVALID_SHARES, () -> new StyleShare(new StyleId(1), parts));
        }
    }

    @Test
    void aWeightBecomesAShare() {
        StyleId id = new StyleId(1);

        assertThat(StyleShare.ofWeight(id, 0.75).parts()).isEqualTo(7_500);
        assertThat(StyleShare.ofWeight(id, -0.75).parts()).isEqualTo(7_500);
        assertThat(StyleShare.ofWeight(id, 3).parts()).isEqualTo(10_000);
        assertThat(StyleShare.ofWeight(id, 0).parts()).isEqualTo(1);
        assertThat(StyleShare.ofWeight(id, 1e-300).parts()).isEqualTo(1);
    }

    @Test
    void onlyDifferentPayersMakeAModelPopular() {
        FakeLedger ledger = ledger(0);
        StyleModel model = register(ledger, "a", 1);
        for (int times = 0; times < 3; times++) {
            settle(ledger, claim(ledger, open(ledger, submission(1000, 20, all(model))), ASK));
        }

        assertThat(ledger.model(model.id()).usage().jobs()).isEqualTo(3);
        assertThat(ledger.model(model.id()).usage().payers()).isEqualTo(1);
    }

    @Test
    void payingOneselfMakesNoModelPopular() {
        FakeLedger ledger = ledger(0);
        StyleModel own =
                register(ledger, REQUESTER, registration("own", terms(1, 0, 0), SplitTable.OWNER_ONLY, List.of()));
        settle(ledger, claim(ledger, open(ledger, submission(1000, 20, all(own))), ASK));

        assertThat(ledger.model(own.id()).usage()).isEqualTo(new StyleUsage(1, 0, Amount.of(20), Amount.ZERO));
    }

    @Test
    void aSealedStyleModelIsRunByThoseWithALicence() {
        FakeLedger ledger = ledger(0);
        StyleModel sealed = register(
                ledger,
                OWNER,
                new StyleRegistration(
                        manifest("sealed", true), terms(1, 0, 0), SplitTable.OWNER_ONLY, List.of(), Optional.empty()));
        Job job = open(ledger, submission(1000, 20, all(sealed)));
        assertRefused(ErrorCode.LICENCE_MISSING, () -> claim(ledger, job, ASK));
        ledger.carryOut(LicenceRules.grant(
                OWNER,
                sealed.id(),
                WORKER,
                Samples.digest("key"),
                Bytes.of(new byte[80]),
                Optional.of(Duration.ofSeconds(10)),
                ledger,
                NOW));
        Instant end = NOW.plusSeconds(10);

        assertRefused(ErrorCode.LICENCE_MISSING, () -> JobRules.claim(job, WORKER, ASK, LEASE, ledger, end));
        assertThat(ledger.carryOut(JobRules.claim(job, WORKER, ASK, LEASE, ledger, end.minusMillis(1)))
                        .state())
                .isEqualTo(JobState.CLAIMED);
    }

    @Test
    void aWorkerWithoutStakeClaimsNothing() {
        FakeLedger ledger =
                new FakeLedger(0, Amount.of(7)).fund(REQUESTER, 10_000).fund(WORKER, 7);
        Job job = open(ledger, submission(1000, 0));
        assertRefused(ErrorCode.STAKE_TOO_LOW, () -> claim(ledger, job, ASK));
        ledger.carryOut(
                WorkerRules.register(WORKER, new WorkerProfile(Set.of(), 0, Optional.empty()), Amount.of(7), ledger));
        claim(ledger, job, ASK);

        assertThat(ledger.worker(WORKER).held()).isEqualTo(1);
        assertRefused(ErrorCode.JOB_STATE_CONFLICT, () -> WorkerRules.leave(WORKER, ledger));
        settle(ledger, ledger.job(job.id()));
        assertThat(ledger.worker(WORKER).completed()).isEqualTo(1);
        assertThat(ledger.carryOut(WorkerRules.leave(WORKER, ledger)).held()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void paymentsAddUpToTheFeeForAnyPricesWeightsAndSteps(long seed) {
        Random random = new Random(seed);
        for (int family = 0; family < 10; family++) {
            FakeLedger ledger = new FakeLedger(random.nextInt(10_001), Amount.ZERO);
            ledger.post(MoneyRules.deposit(REQUESTER, Amount.MAX, Amount.ZERO));
            registerSome(ledger, random);
            for (int times = 0; times < 20; times++) {
                runToAnyEnd(ledger, random);
                assertThat(ledger.allMoney()).isEqualTo(Amount.MAX.units());
            }
            assertThat(ledger.balance(REQUESTER).escrowed()).isEqualTo(Amount.ZERO);
        }
    }

    private static void registerSome(FakeLedger ledger, Random random) {
        for (int number = 0; number < 12; number++) {
            List<Parent> parents = new ArrayList<>();
            for (int parent = Math.max(1, number - 2); parent < number && random.nextBoolean(); parent++) {
                parents.add(new Parent(new StyleId(parent), 1 + random.nextInt(3_000)));
            }
            int owner = random.nextInt(5_000);
            int contributors = random.nextInt(5_000);
            SplitTable split = new SplitTable(
                    owner, List.of(new Share(account(number), 10_000 - owner - contributors)), contributors);
            try {
                register(ledger, OWNER, registration("s" + number, terms(random.nextInt(1_000), 0, 0), split, parents));
            } catch (ConflictException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SHARES);
            }
        }
    }

    private static void runToAnyEnd(FakeLedger ledger, Random random) {
        Work work = new Work(1 + random.nextInt(4_000_000), 1 + random.nextInt(50));
        List<StyleShare> styles = new ArrayList<>();
        for (int style = 1; style <= ledger.styles.size(); style++) {
            if (random.nextInt(3) == 0) {
                styles.add(new StyleShare(new StyleId(style), 1 + random.nextInt(Share.WHOLE)));
            }
        }
        Amount ask = random.nextInt(5) == 0 ? Amount.ZERO : Amount.of(random.nextInt(100_000));
        List<RoyaltyTerm> royalties = styles.stream()
                .map(style -> new RoyaltyTerm(
                        style, ledger.model(style.style()).terms().price()))
                .toList();
        BigInteger cost = JobRules.cost(work, work.steps(), ask, royalties, ledger.info());
        Amount fee = new Amount(cost.max(BigInteger.ONE));
        Job claimed = claim(ledger, open(ledger, submission(work, fee, Amount.MAX, styles)), ask);
        int steps = random.nextInt(work.steps() + 1);
        Job beat = ledger.carryOut(JobRules.heartbeat(claimed, WORKER, steps, Optional.empty(), LEASE, NOW));
        boolean settles = random.nextBoolean();
        Job ended = settles ? settle(ledger, beat) : ledger.carryOut(JobRules.cancel(beat, REQUESTER, ledger, NOW));
        int paid = settles ? work.steps() : steps;

        Settlement settlement = ended.settlement().orElseThrow();
        BigInteger expected = paid == 0 ? BigInteger.ZERO : JobRules.cost(work, paid, ask, royalties, ledger.info());
        assertThat(settlement.fee().units()).isEqualTo(expected);
        assertThat(settlement.fee().plus(settlement.refund())).isEqualTo(fee);
        assertThat(settlement.payments()).noneMatch(payment -> payment.amount().isZero());
    }
}
