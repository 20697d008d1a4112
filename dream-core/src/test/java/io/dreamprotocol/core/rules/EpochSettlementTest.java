package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.account;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.cid;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.ModelId;
import io.dreamprotocol.core.ledger.Delivery;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.JobSubmission;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.StyleShare;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.payment.EpochBook;
import io.dreamprotocol.core.payment.EpochList;
import io.dreamprotocol.core.payment.JobFee;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether jobs are settled one by one or as epochs, everyone gets the same. */
class EpochSettlementTest {
    private static final AccountId PAYER = new AccountId("ed25519:1a");
    private static final List<AccountId> WORKERS =
            List.of(new AccountId("ed25519:b0"), new AccountId("ed25519:b1"), new AccountId("ed25519:b2"));
    private static final long FUNDS = 1_000_000_000;

    private static FakeLedger ledger(long seed) {
        FakeLedger ledger = new FakeLedger(250, Amount.ZERO).fund(PAYER, FUNDS);
        for (int i = 0; i < 5; i++) {
            ledger.fund(account(i), 1_000);
        }
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            Set<Long> older = new TreeSet<>();
            for (int parent = 0; parent < Math.min(2, i); parent++) {
                older.add(1L + random.nextInt(Math.min(i, 4)));
            }
            List<Parent> parents = older.stream()
                    .map(id -> new Parent(new StyleId(id), 1 + random.nextInt(4_000)))
                    .toList();
            int contributors = random.nextBoolean() ? random.nextInt(3_000) : 0;
            int partner = 1 + random.nextInt(3_000);
            SplitTable split = new SplitTable(
                    Share.WHOLE - contributors - partner, List.of(new Share(account(4), partner)), contributors);
            register(
                    ledger,
                    account(random.nextInt(4)),
                    registration("s" + i, terms(random.nextInt(500), 0, 0), split, parents));
        }
        return ledger;
    }

    /** A job that ran, the same on both ledgers. */
    private record Ran(int number, AccountId worker, Amount ask, Work work, int stepsDone, List<StyleShare> styles) {}

    private static Ran random(int number, Random random) {
        List<StyleShare> styles = new ArrayList<>();
        for (int style = 1; style <= 12; style++) {
            if (random.nextInt(5) == 0) {
                styles.add(new StyleShare(new StyleId(style), 1 + random.nextInt(Share.WHOLE)));
            }
        }
        Work work = new Work(1 + random.nextInt(3_000_000), 1 + random.nextInt(6));
        boolean cancelled = random.nextInt(6) == 0;
        return new Ran(
                number,
                WORKERS.get(random.nextInt(WORKERS.size())),
                Amount.of(random.nextInt(100)),
                work,
                cancelled ? random.nextInt(work.steps()) : work.steps(),
                styles);
    }

    /** Settles a job on the ledger, and returns it as it was submitted. */
    private static Job settle(FakeLedger ledger, Ran ran) {
        JobSubmission submission = new JobSubmission(
                cid("request"),
                new ModelId("dream-mini", Bytes.sha256(new byte[0])),
                ran.work(),
                Amount.of(2_000_000),
                NOW.plusSeconds(60),
                ran.styles(),
                Amount.of(1_000_000));
        Job open = ledger.carryOut(JobRules.open(new JobId("j" + ran.number()), PAYER, submission, ledger, NOW));
        Duration lease = Duration.ofSeconds(30);
        Job claimed = ledger.carryOut(JobRules.claim(open, ran.worker(), ran.ask(), lease, ledger, NOW));
        if (ran.stepsDone() < ran.work().steps()) {
            Job working = ledger.carryOut(
                    JobRules.heartbeat(claimed, ran.worker(), ran.stepsDone(), Optional.empty(), lease, NOW));
            return ledger.carryOut(JobRules.cancel(working, PAYER, ledger, NOW));
        }
        Delivery delivery = new Delivery(cid("image"), cid("receipt"));
        Job delivered = ledger.carryOut(JobRules.deliver(claimed, ran.worker(), delivery, NOW));
        return ledger.carryOut(JobRules.settle(delivered, PAYER, ledger, NOW));
    }

    private static void claimAll(FakeLedger ledger, EpochId id, EpochList list, Random random) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < list.lines().size(); i++) {
            places.add(i);
        }
        Collections.shuffle(places, random);
        for (int place : places) {
            EpochLine line = list.lines().get(place);
            ledger.carryOut(ChannelRules.claim(id, line, list.proof(place), ledger));
            assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> ChannelRules.claim(id, line, list.proof(place), ledger));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyoneGetsWhatSettlingJobByJobWouldHavePaid(long seed) {
        FakeLedger byJob = ledger(seed);
        FakeLedger byEpoch = ledger(seed);
        Random random = new Random(seed);
        EpochBook book = new EpochBook();
        // The first two workers have channels; the last one is paid out of the total.
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            channels.add(byEpoch.carryOut(
                    ChannelRules.open(new ChannelId("c" + i), PAYER, WORKERS.get(i), Amount.of(100_000_000), NOW)));
            book.use(channels.get(i), Amount.ZERO);
        }
        int jobs = 0;
        for (int epoch = 0; epoch < 4; epoch++) {
            int more = 1 + random.nextInt(60);
            for (int i = 0; i < more; i++) {
                Ran ran = random(jobs++, random);
                Job settled = settle(byJob, ran);
                JobFee fee = new JobFee(ran.worker(), ran.ask(), ran.work(), ran.stepsDone(), settled.royalties());
                List<Payment> payments = fee.payments(byEpoch.info(), byEpoch::style);
                assertThat(payments)
                        .isEqualTo(settled.settlement().orElseThrow().payments());
                assertThat(book.add(settled.id(), payments)).isTrue();
                assertThat(book.add(settled.id(), payments)).isFalse();
            }
            if (book.isEmpty()) {
                continue;
            }
            EpochList list = book.list();
            EpochId id = new EpochId("e" + epoch);
            Epoch settled = byEpoch.carryOut(
                    ChannelRules.settle(id, PAYER, list.root(), list.lines().size(), list.total(), cid("lines"), NOW));
            book.settled();
            EpochList back = EpochList.decode(list.encode(), settled);
            claimAll(byEpoch, id, back, random);
            assertThat(byEpoch.epoch(id).orElseThrow().claimed()).isEqualTo(list.total());
        }

        for (AccountId account : byJob.balances.keySet()) {
            if (!account.equals(PAYER)) {
                assertThat(byEpoch.balance(account)).as(account.value()).isEqualTo(byJob.balance(account));
            }
        }
        for (int i = 1; i <= 12; i++) {
            StyleModel one = byJob.style(new StyleId(i)).orElseThrow();
            StyleModel other = byEpoch.style(new StyleId(i)).orElseThrow();
            assertThat(other.usage().pooled()).isEqualTo(one.usage().pooled());
        }
        for (Channel channel : channels) {
            byEpoch.carryOut(ChannelRules.close(channel.payee(), channel.id(), byEpoch, NOW));
        }
        assertThat(byEpoch.balance(PAYER)).isEqualTo(byJob.balance(PAYER));
        assertThat(byEpoch.allMoney()).isEqualTo(byJob.allMoney());
    }

    @Test
    void onlyPoolsOfModelsWithContributorsTakeLines() {
        FakeLedger ledger = new FakeLedger().fund(PAYER, 1_000);
        SplitTable split = new SplitTable(9_000, List.of(), 1_000);
        StyleModel pooled = register(ledger, account(0), registration("a", terms(1, 0, 0), split, List.of()));
        StyleModel alone = register(ledger, "b", 1);
        for (AccountId to : List.of(
                alone.pool(), new AccountId("pool:99"), new AccountId("pool:01"), new AccountId("protocol:other"))) {
            EpochList list = EpochList.of(List.of(new EpochLine(to, Amount.of(5), Optional.empty())));
            EpochId id = new EpochId("e-" + to.identifier());
            ledger.carryOut(ChannelRules.settle(id, PAYER, list.root(), 1, list.total(), cid("x"), NOW));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> ChannelRules.claim(id, list.lines().getFirst(), list.proof(0), ledger));
        }
        EpochList list = EpochList.of(List.of(
                new EpochLine(pooled.pool(), Amount.of(70), Optional.empty()),
                new EpochLine(LedgerInfo.TREASURY, Amount.of(30), Optional.empty())));
        EpochId id = new EpochId("good");
        ledger.carryOut(ChannelRules.settle(id, PAYER, list.root(), 2, list.total(), cid("x"), NOW));
        claimAll(ledger, id, list, new Random(1));

        assertThat(ledger.available(pooled.pool())).isEqualTo(70);
        assertThat(ledger.available(LedgerInfo.TREASURY)).isEqualTo(30);
        assertThat(ledger.style(pooled.id()).orElseThrow().usage().pooled()).isEqualTo(Amount.of(70));
    }
}
