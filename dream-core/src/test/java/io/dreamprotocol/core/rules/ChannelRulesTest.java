package io.dreamprotocol.core.rules;

import static io.dreamprotocol.core.rules.FakeLedger.WINDOW;
import static io.dreamprotocol.core.rules.Samples.NOW;
import static io.dreamprotocol.core.rules.Samples.OTHER;
import static io.dreamprotocol.core.rules.Samples.OWNER;
import static io.dreamprotocol.core.rules.Samples.POOL;
import static io.dreamprotocol.core.rules.Samples.WORKER;
import static io.dreamprotocol.core.rules.Samples.assertRefused;
import static io.dreamprotocol.core.rules.Samples.register;
import static io.dreamprotocol.core.rules.Samples.registration;
import static io.dreamprotocol.core.rules.Samples.terms;
import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelRulesTest {
    private static final ChannelId CHANNEL = new ChannelId("channel-1");
    private static final EpochId EPOCH = new EpochId("epoch-1");

    private static Signer payer;
    private static Signer forger;

    private final FakeLedger ledger = new FakeLedger();
    private AccountId from;

    @BeforeAll
    static void makeKeys(@TempDir Path folder) {
        payer = KeyFile.openOrCreate(folder.resolve("payer.json"));
        forger = KeyFile.openOrCreate(folder.resolve("forger.json"));
    }

    @BeforeEach
    void fund() {
        from = payer.account();
        ledger.fund(from, 1000);
    }

    private Channel open(long deposit) {
        return ledger.carryOut(ChannelRules.open(CHANNEL, from, WORKER, Amount.of(deposit), NOW));
    }

    private static SignedVoucher voucher(long cumulative) {
        return voucher("fake:1", CHANNEL, Amount.of(cumulative), payer);
    }

    private static SignedVoucher voucher(String ledger, ChannelId channel, Amount cumulative, Signer signer) {
        return SignedVoucher.sign(new Voucher(ledger, channel, cumulative), signer);
    }

    private Channel redeem(SignedVoucher voucher) {
        return ledger.carryOut(ChannelRules.redeem(WORKER, voucher, ledger));
    }

    private Channel close(AccountId by, Instant now) {
        return ledger.carryOut(ChannelRules.close(by, CHANNEL, ledger, now));
    }

    @Test
    void openingPutsTheDepositIntoEscrow() {
        Channel channel = open(100);

        assertThat(channel)
                .isEqualTo(new Channel(CHANNEL, from, WORKER, Amount.of(100), Amount.ZERO, Channel.State.OPEN, NOW));
        assertThat(ledger.available(from)).isEqualTo(900);
        assertThat(ledger.escrowed(from)).isEqualTo(100);
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.CHANNEL_OPENED, from, Amount.of(100)));
    }

    @Test
    void aChannelHasSomethingToPayAnother() {
        assertRefused(ErrorCode.INVALID_AMOUNT, () -> open(0));
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> open(1001));
        for (AccountId payee : List.of(from, POOL, LedgerInfo.TREASURY)) {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> ChannelRules.open(CHANNEL, from, payee, Amount.of(1), NOW));
        }
    }

    @Test
    void raisingAddsToTheDeposit() {
        open(100);
        Channel raised = ledger.carryOut(ChannelRules.raise(from, CHANNEL, Amount.of(50), ledger));

        assertThat(raised.deposit()).isEqualTo(Amount.of(150));
        assertThat(ledger.escrowed(from)).isEqualTo(150);
        assertRefused(ErrorCode.NOT_PERMITTED, () -> ChannelRules.raise(WORKER, CHANNEL, Amount.of(1), ledger));
        assertRefused(ErrorCode.INVALID_AMOUNT, () -> ChannelRules.raise(from, CHANNEL, Amount.ZERO, ledger));
        assertRefused(ErrorCode.INVALID_AMOUNT, () -> ChannelRules.raise(from, CHANNEL, Amount.MAX, ledger));
        close(from, NOW);
        assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> ChannelRules.raise(from, CHANNEL, Amount.of(1), ledger));
    }

    @Test
    void aVoucherPaysWhatWasNotPaidBefore() {
        open(100);
        redeem(voucher(30));
        Channel channel = redeem(voucher(75));

        assertThat(channel.paid()).isEqualTo(Amount.of(75));
        assertThat(channel.left()).isEqualTo(Amount.of(25));
        assertThat(ledger.available(WORKER)).isEqualTo(75);
        assertThat(ledger.escrowed(from)).isEqualTo(25);
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.VOUCHER_REDEEMED, WORKER, Amount.of(45)));
    }

    @Test
    void replayedAndOlderVouchersAreRefused() {
        open(100);
        redeem(voucher(50));

        for (long cumulative : new long[] {50, 49, 1, 0}) {
            assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(voucher(cumulative)));
        }
        assertThat(ledger.available(WORKER)).isEqualTo(50);
    }

    @Test
    void aVoucherAboveTheDepositIsRefusedUntilItIsRaised() {
        open(100);

        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(voucher(101)));
        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(voucher("fake:1", CHANNEL, Amount.MAX, payer)));
        ledger.carryOut(ChannelRules.raise(from, CHANNEL, Amount.of(1), ledger));
        assertThat(redeem(voucher(101)).left()).isEqualTo(Amount.ZERO);
    }

    @Test
    void forgedVouchersAreRefused() {
        open(100);
        SignedVoucher good = voucher(10);
        byte[] changed = good.signature().toArray();
        changed[3] ^= 1;

        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(voucher("fake:1", CHANNEL, Amount.of(10), forger)));
        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(new SignedVoucher(good.voucher(), Bytes.of(changed))));
        assertRefused(
                ErrorCode.VOUCHER_INVALID, () -> redeem(new SignedVoucher(good.voucher(), Bytes.of(new byte[0]))));
        assertRefused(
                ErrorCode.VOUCHER_INVALID,
                () -> redeem(new SignedVoucher(new Voucher("fake:1", CHANNEL, Amount.of(11)), good.signature())));
    }

    @Test
    void vouchersForAnotherLedgerOrChannelAreRefused() {
        open(100);
        ChannelId second = new ChannelId("channel-2");
        ledger.carryOut(ChannelRules.open(second, from, WORKER, Amount.of(100), NOW));
        SignedVoucher elsewhere = voucher("fake:2", CHANNEL, Amount.of(10), payer);
        SignedVoucher ofFirst = voucher(10);

        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(elsewhere));
        assertRefused(
                ErrorCode.VOUCHER_INVALID,
                () -> redeem(new SignedVoucher(new Voucher("fake:1", second, Amount.of(10)), ofFirst.signature())));
        assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND,
                () -> redeem(voucher("fake:1", new ChannelId("nowhere"), Amount.of(1), payer)));
    }

    @Test
    void onlyThePayeeRedeems() {
        open(100);

        for (AccountId thief : List.of(OTHER, from)) {
            assertRefused(ErrorCode.NOT_PERMITTED, () -> ChannelRules.redeem(thief, voucher(10), ledger));
        }
    }

    @Test
    void thePayeeClosesAtOnce() {
        open(100);
        redeem(voucher(30));
        Channel closed = close(WORKER, NOW.plusSeconds(1));

        assertThat(closed.state()).isEqualTo(Channel.State.CLOSED);
        assertThat(ledger.available(from)).isEqualTo(970);
        assertThat(ledger.escrowed(from)).isZero();
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.CHANNEL_CLOSED, from, Amount.of(70)));
        assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> redeem(voucher(40)));
        assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> close(WORKER, NOW));
        assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> close(from, NOW));
    }

    @Test
    void thePayerWaitsForTheWindowInWhichThePayeeMayRedeem() {
        open(100);
        assertThat(close(from, NOW).state()).isEqualTo(Channel.State.CLOSING);
        assertThat(ledger.escrowed(from)).isEqualTo(100);
        assertRefused(
                ErrorCode.NOT_PERMITTED, () -> close(from, NOW.plus(WINDOW).minusMillis(1)));
        redeem(voucher(60));

        assertThat(close(from, NOW.plus(WINDOW)).state()).isEqualTo(Channel.State.CLOSED);
        assertThat(ledger.available(from)).isEqualTo(940);
        assertThat(ledger.available(WORKER)).isEqualTo(60);
    }

    @Test
    void othersDoNotClose() {
        open(100);

        assertRefused(ErrorCode.NOT_PERMITTED, () -> close(OTHER, NOW));
        assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND, () -> ChannelRules.close(from, new ChannelId("nowhere"), ledger, NOW));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void vouchersInAnyOrderPayTheLargestOfThem(long seed) {
        Random random = new Random(seed);
        open(500);
        long largest = 0;
        for (int i = 0; i < 60; i++) {
            long cumulative = random.nextInt(560);
            try {
                redeem(voucher(cumulative));
                assertThat(cumulative).isGreaterThan(largest).isLessThanOrEqualTo(500);
                largest = cumulative;
            } catch (DreamException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.VOUCHER_INVALID);
                assertThat(cumulative <= largest || cumulative > 500).isTrue();
            }
            assertThat(ledger.available(WORKER)).isEqualTo(largest);
            assertThat(ledger.allMoney()).isEqualTo(BigInteger.valueOf(1000));
        }
    }

    private static MerkleTree tree(List<EpochLine> lines) {
        MerkleTree.Builder builder = MerkleTree.builder();
        lines.forEach(line -> builder.add(line.encode()));
        return builder.build();
    }

    private static EpochLine line(AccountId to, long amount) {
        return new EpochLine(to, Amount.of(amount), Optional.empty());
    }

    private static EpochLine onChannel(AccountId to, long amount) {
        return new EpochLine(to, Amount.of(amount), Optional.of(CHANNEL));
    }

    private Epoch settle(long total, EpochLine... lines) {
        return ledger.carryOut(ChannelRules.settle(
                EPOCH, from, tree(List.of(lines)).root(), lines.length, Amount.of(total), Samples.cid("lines"), NOW));
    }

    private EpochClaim claim(EpochLine line, MerkleProof proof) {
        return ledger.carryOut(ChannelRules.claim(EPOCH, line, proof, ledger));
    }

    @Test
    void anEpochPaysEveryLineOnce() {
        EpochLine first = line(WORKER, 30);
        EpochLine second = line(OTHER, 12);
        MerkleTree tree = tree(List.of(first, second));
        settle(42, first, second);
        assertThat(ledger.escrowed(from)).isEqualTo(42);

        assertThat(claim(second, tree.proof(1))).isEqualTo(new EpochClaim(EPOCH, 1, Amount.of(12)));
        assertThat(ledger.lastNotice()).isEqualTo(Notice.of(LedgerEvent.Kind.EPOCH_CLAIMED, OTHER, Amount.of(12)));
        claim(first, tree.proof(0));
        assertThat(ledger.available(WORKER)).isEqualTo(30);
        assertThat(ledger.available(OTHER)).isEqualTo(12);
        assertThat(ledger.escrowed(from)).isZero();
        assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(first, tree.proof(0)));
        assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(second, tree.proof(1)));
    }

    @Test
    void twoEqualLinesArePaidTwice() {
        EpochLine same = line(WORKER, 5);
        MerkleTree tree = tree(List.of(same, same));
        settle(10, same, same);
        claim(same, tree.proof(0));
        claim(same, tree.proof(1));

        assertThat(ledger.available(WORKER)).isEqualTo(10);
    }

    @Test
    void aLineThatIsNotTheEpochsIsRefused() {
        EpochLine first = line(WORKER, 30);
        EpochLine second = line(OTHER, 12);
        MerkleTree tree = tree(List.of(first, second));
        settle(42, first, second);
        EpochLine more = line(WORKER, 31);

        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(more, tree.proof(0)));
        assertRefused(
                ErrorCode.PROOF_INVALID,
                () -> claim(more, tree(List.of(more, second)).proof(0)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(first, tree.proof(1)));
        assertRefused(ErrorCode.PROOF_INVALID, () -> claim(onChannel(WORKER, 30), tree.proof(0)));
        assertRefused(
                ErrorCode.PROOF_INVALID, () -> claim(first, tree(List.of(first)).proof(0)));
        assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND,
                () -> ChannelRules.claim(new EpochId("nowhere"), first, tree.proof(0), ledger));
    }

    @Test
    void anEpochWithTooLittleMoneyPaysAsFarAsItGoes() {
        EpochLine first = line(WORKER, 30);
        EpochLine second = line(OTHER, 12);
        MerkleTree tree = tree(List.of(first, second));
        settle(41, first, second);
        claim(first, tree.proof(0));

        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(second, tree.proof(1)));
        assertThat(ledger.escrowed(from)).isEqualTo(11);
    }

    @Test
    void linesOfNothingAndOfTheLargestAmountPayNothing() {
        EpochLine nothing = line(WORKER, 0);
        EpochLine all = new EpochLine(WORKER, Amount.MAX, Optional.empty());
        MerkleTree tree = tree(List.of(nothing, all));
        settle(5, nothing, all);

        assertRefused(ErrorCode.INVALID_AMOUNT, () -> claim(nothing, tree.proof(0)));
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(all, tree.proof(1)));
    }

    @Test
    void anEpochHasLinesAndARoot() {
        Bytes root = Samples.digest("root");

        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> settle(1001, line(WORKER, 1)));
        for (long lines : new long[] {0, -1, Long.MIN_VALUE}) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> ChannelRules.settle(EPOCH, from, root, lines, Amount.of(1), Samples.cid("lines"), NOW));
        }
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> ChannelRules.settle(
                        EPOCH, from, Bytes.of(new byte[31]), 1, Amount.of(1), Samples.cid("lines"), NOW));
    }

    @Test
    void aLineOnAChannelIsPaidFromItsDeposit() {
        open(100);
        redeem(voucher(30));
        EpochLine line = onChannel(WORKER, 80);
        settle(0, line);

        assertThat(claim(line, tree(List.of(line)).proof(0)).paid()).isEqualTo(Amount.of(50));
        assertThat(ledger.available(WORKER)).isEqualTo(80);
        assertThat(ledger.channel(CHANNEL).orElseThrow().paid()).isEqualTo(Amount.of(80));
        assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(voucher(80)));
        assertThat(redeem(voucher(90)).paid()).isEqualTo(Amount.of(90));
    }

    @Test
    void moneyThatAVoucherPaidIsNotPaidByALineAgain() {
        open(100);
        EpochLine line = onChannel(WORKER, 80);
        settle(0, line);
        redeem(voucher(80));

        assertRefused(
                ErrorCode.NOTHING_TO_CLAIM,
                () -> claim(line, tree(List.of(line)).proof(0)));
    }

    @Test
    void aLineOnAnothersChannelIsRefused() {
        open(100);
        EpochLine toAnother = onChannel(OTHER, 80);
        settle(0, toAnother);
        assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> claim(toAnother, tree(List.of(toAnother)).proof(0)));

        EpochLine ofAnother = onChannel(WORKER, 80);
        MerkleTree tree = tree(List.of(ofAnother));
        ledger.carryOut(ChannelRules.settle(
                new EpochId("epoch-2"), OTHER, tree.root(), 1, Amount.ZERO, Samples.cid("lines"), NOW));
        assertRefused(
                ErrorCode.NOT_PERMITTED,
                () -> ChannelRules.claim(new EpochId("epoch-2"), ofAnother, tree.proof(0), ledger));
    }

    @Test
    void aLineOnAChannelIsBoundByItsDepositAndState() {
        open(100);
        EpochLine tooMuch = onChannel(WORKER, 101);
        EpochLine fine = onChannel(WORKER, 100);
        MerkleTree tree = tree(List.of(tooMuch, fine));
        settle(0, tooMuch, fine);
        assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(tooMuch, tree.proof(0)));
        close(WORKER, NOW);

        assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> claim(fine, tree.proof(1)));
    }

    @Test
    void aLineToAPoolIsForItsContributors() {
        StyleModel model = register(
                ledger, OWNER, registration("a", terms(1, 0, 0), new SplitTable(0, List.of(), 10_000), List.of()));
        EpochLine line = line(model.pool(), 30);
        settle(30, line);
        claim(line, tree(List.of(line)).proof(0));

        assertThat(ledger.model(model.id()).usage().pooled()).isEqualTo(Amount.of(30));
        assertThat(ledger.available(model.pool())).isEqualTo(30);
    }

    @Test
    void aLineToAPoolThatIsNobodysIsRefused() {
        for (String nobody : List.of("pool:1", "pool:2", "pool:0", "pool:x", "pool:99999999999999999999")) {
            FakeLedger fresh = new FakeLedger().fund(from, 10);
            register(fresh, "without-contributors", 1);
            EpochLine line = line(new AccountId(nobody), 5);
            MerkleTree tree = tree(List.of(line));
            fresh.carryOut(ChannelRules.settle(EPOCH, from, tree.root(), 1, Amount.of(5), Samples.cid("lines"), NOW));

            assertRefused(ErrorCode.INVALID_REQUEST, () -> ChannelRules.claim(EPOCH, line, tree.proof(0), fresh));
        }
    }
}
