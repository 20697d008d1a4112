package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.cid;
import static io.dreamprotocol.core.rules.Samples.digest;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The numbers of docs/concepts/where-the-money-goes.md. */
class DocumentedExampleTest {
    private static final AccountId REQUESTER = account(0);
    private static final AccountId OWNER_OF_MINI = account(1);
    private static final AccountId OWNER_OF_GLOSS = account(2);
    private static final AccountId CO_OWNER = account(3);
    private static final AccountId WORKER = account(4);
    private static final long FEE = 12_467_568;

    private final FakeLedger ledger = new FakeLedger(250, Amount.ZERO).fund(REQUESTER, 20_000_000);

    @Test
    void oneImagePaysEverybodyWhatThePageSays() {
        StyleModel mini =
                register(ledger, OWNER_OF_MINI, registration("mini", terms(0, 0, 0), SplitTable.OWNER_ONLY, List.of()));
        SplitTable split = new SplitTable(6_000, List.of(new Share(CO_OWNER, 1_500)), 2_500);
        StyleModel gloss = register(
                ledger,
                OWNER_OF_GLOSS,
                registration("gloss", terms(200_000, 0, 0), split, List.of(new Parent(mini.id(), 1_000))));

        JobSubmission submission = new JobSubmission(
                cid("request"),
                new ModelId("sd15", digest("sd15")),
                Work.of(512, 512, 20, 2),
                Amount.of(FEE),
                NOW.plusSeconds(60),
                List.of(StyleShare.ofWeight(gloss.id(), 0.8)),
                Amount.of(1_677_721));
        Job open = ledger.carryOut(JobRules.open(new JobId("j"), REQUESTER, submission, ledger, NOW));
        Duration lease = Duration.ofSeconds(30);
        Job claimed = ledger.carryOut(JobRules.claim(open, WORKER, Amount.of(1_000_000), lease, ledger, NOW));
        Job done = ledger.carryOut(JobRules.deliver(claimed, WORKER, new Delivery(cid("image"), cid("receipt")), NOW));
        Job settled = ledger.carryOut(JobRules.settle(done, REQUESTER, ledger, NOW));

        assertThat(settled.settlement().orElseThrow().fee()).isEqualTo(Amount.of(FEE));
        assertThat(ledger.available(OWNER_OF_MINI)).isEqualTo(167_772);
        assertThat(ledger.available(OWNER_OF_GLOSS)).isEqualTo(905_969);
        assertThat(ledger.available(CO_OWNER)).isEqualTo(226_492);
        assertThat(ledger.available(gloss.pool())).isEqualTo(377_487);
        assertThat(ledger.available(WORKER)).isEqualTo(10_485_761);
        assertThat(ledger.available(LedgerInfo.TREASURY)).isEqualTo(304_087);
        Amount pooled = Amount.of(377_487);
        assertThat(PoolRules.entitlement(pooled, 600, 1000)).isEqualTo(Amount.of(226_492));
        assertThat(PoolRules.entitlement(pooled, 300, 1000)).isEqualTo(Amount.of(113_246));
        assertThat(PoolRules.entitlement(pooled, 100, 1000)).isEqualTo(Amount.of(37_748));
    }

    @Test
    void halfTheMoneyAndAFifthOfTheImagesAre2400Of7000Parts() {
        RoundId round = new RoundId(1);
        RoundTerms terms = new RoundTerms(
                "More gloss", new StyleId(1), 1_000, Amount.of(1), NOW.plusSeconds(60), 3_000, 4_000, 2_000, 1_000);
        List<Contribution> contributions = RoundRules.contributions(
                terms,
                List.of(
                        pledge(round, account(1), Pledge.Kind.MONEY, 50),
                        pledge(round, account(2), Pledge.Kind.MONEY, 50),
                        pledge(round, account(1), Pledge.Kind.IMAGES, 20),
                        pledge(round, account(3), Pledge.Kind.IMAGES, 80),
                        pledge(round, account(4), Pledge.Kind.COMPUTE, 5)));

        long own = contributions.getFirst().weight();
        long all = contributions.stream().mapToLong(Contribution::weight).sum();
        assertThat(contributions.getFirst().account()).isEqualTo(account(1));
        assertThat(own * 7_000).isEqualTo(all * 2_400);
        assertThat(RoundRules.split(terms)).isEqualTo(new SplitTable(3_000, List.of(), 7_000));
    }

    private static Pledge pledge(RoundId round, AccountId account, Pledge.Kind kind, long quantity) {
        return new Pledge(
                round,
                account,
                kind,
                BigInteger.valueOf(quantity),
                kind == Pledge.Kind.IMAGES ? Optional.of(digest("images")) : Optional.empty(),
                true);
    }
}
