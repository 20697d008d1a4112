package io.dreamprotocol.chain.testkit;

import static io.dreamprotocol.chain.testkit.LedgerFixture.coins;
import static io.dreamprotocol.chain.testkit.LedgerFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.LedgerEvent.Kind;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.merkle.MerkleTree;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Payment channels, vouchers and epochs. */
interface ChannelContract {
    LedgerFixture fixture();

    @Test
    default void aChannelHoldsItsDepositInEscrow() {
        LedgerFixture f = fixture();
        f.fundRequester();
        EventCursor before = f.ledger().latest();
        Channel channel = open(f, 100);

        assertThat(channel)
                .isEqualTo(new Channel(
                        channel.id(),
                        f.requester.account(),
                        f.worker.account(),
                        Amount.of(100),
                        Amount.ZERO,
                        Channel.State.OPEN,
                        f.clock.instant()));
        assertThat(f.channels().find(channel.id())).contains(channel);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_900, 100));
        Channel raised = f.channels().raise(f.requester, channel.id(), Amount.of(20), key());
        assertThat(raised.deposit()).isEqualTo(Amount.of(120));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_880, 120));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofMoney(Kind.CHANNEL_OPENED, f.requester, 100),
                        EventContract.Told.ofMoney(Kind.CHANNEL_RAISED, f.requester, 20));
    }

    @Test
    default void aChannelThatCannotBeIsRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);

        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> open(f, 0));
        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> open(f, 9_901));
        f.assertRefused(
                ErrorCode.INSUFFICIENT_FUNDS,
                () -> f.channels().open(f.requester, f.worker.account(), Amount.MAX, key()));
        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.channels().open(f.requester, f.requester.account(), Amount.of(1), key()));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.channels().raise(f.worker, channel.id(), Amount.of(1), key()));
        f.assertRefused(
                ErrorCode.INVALID_AMOUNT, () -> f.channels().raise(f.requester, channel.id(), Amount.ZERO, key()));
        f.assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND,
                () -> f.channels().raise(f.requester, new ChannelId("nowhere"), Amount.of(1), key()));
    }

    @Test
    default void aVoucherPaysWhatWasNotPaidBefore() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        EventCursor before = f.ledger().latest();
        redeem(f, voucher(f, channel, 30));
        Channel paid = redeem(f, voucher(f, channel, 75));

        assertThat(paid.paid()).isEqualTo(Amount.of(75));
        assertThat(f.channels().find(channel.id())).contains(paid);
        assertThat(f.balance(f.worker)).isEqualTo(coins(75, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_900, 25));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofMoney(Kind.VOUCHER_REDEEMED, f.worker, 30),
                        EventContract.Told.ofMoney(Kind.VOUCHER_REDEEMED, f.worker, 45));
    }

    @Test
    default void vouchersReplayedOutOfOrderOrTooLargeAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        redeem(f, voucher(f, channel, 50));

        for (long cumulative : new long[] {50, 49, 0, 101, Long.MAX_VALUE}) {
            f.assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(f, voucher(f, channel, cumulative)));
        }
        assertThat(redeem(f, voucher(f, channel, 100)).left()).isEqualTo(Amount.ZERO);
    }

    @Test
    default void vouchersForgedForAnotherLedgerOrChannelAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        Channel second = open(f, 100);
        String ledger = f.ledger().info().id();
        Voucher ten = new Voucher(ledger, channel.id(), Amount.of(10));
        SignedVoucher good = SignedVoucher.sign(ten, f.requester);

        f.assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(f, SignedVoucher.sign(ten, f.worker)));
        f.assertRefused(
                ErrorCode.VOUCHER_INVALID,
                () -> redeem(f, new SignedVoucher(new Voucher(ledger, channel.id(), Amount.of(11)), good.signature())));
        f.assertRefused(
                ErrorCode.VOUCHER_INVALID,
                () -> redeem(f, new SignedVoucher(new Voucher(ledger, second.id(), Amount.of(10)), good.signature())));
        f.assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(f, new SignedVoucher(ten, Bytes.of(new byte[64]))));
        f.assertRefused(
                ErrorCode.VOUCHER_INVALID,
                () -> redeem(
                        f,
                        SignedVoucher.sign(new Voucher("another ledger", channel.id(), Amount.of(10)), f.requester)));
        f.assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND,
                () -> redeem(
                        f,
                        SignedVoucher.sign(new Voucher(ledger, new ChannelId("nowhere"), Amount.of(10)), f.requester)));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.channels().redeem(f.other, good, key()));
        assertThat(f.balance(f.worker)).isEqualTo(coins(0, 0));
    }

    @Test
    default void thePayeeClosesAtOnce() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        redeem(f, voucher(f, channel, 30));
        EventCursor before = f.ledger().latest();
        Channel closed = f.channels().close(f.worker, channel.id(), key());

        assertThat(closed.state()).isEqualTo(Channel.State.CLOSED);
        assertThat(f.channels().find(channel.id())).contains(closed);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_970, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(EventContract.Told.ofMoney(Kind.CHANNEL_CLOSED, f.requester, 70));
        f.assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> redeem(f, voucher(f, channel, 40)));
        f.assertRefused(ErrorCode.CHANNEL_STATE_CONFLICT, () -> f.channels().close(f.worker, channel.id(), key()));
        f.assertRefused(
                ErrorCode.CHANNEL_STATE_CONFLICT,
                () -> f.channels().raise(f.requester, channel.id(), Amount.of(1), key()));
    }

    @Test
    default void thePayerWaitsForThePayee() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        Duration window = f.ledger().info().settlementWindow();
        EventCursor before = f.ledger().latest();
        assertThat(f.channels().close(f.requester, channel.id(), key()).state()).isEqualTo(Channel.State.CLOSING);
        f.advance(window.minusMillis(1));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.channels().close(f.requester, channel.id(), key()));
        redeem(f, voucher(f, channel, 60));
        f.advance(Duration.ofMillis(1));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> f.channels().close(f.other, channel.id(), key()));

        assertThat(f.channels().close(f.requester, channel.id(), key()).state()).isEqualTo(Channel.State.CLOSED);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_940, 0));
        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofMoney(Kind.CHANNEL_CLOSING, f.requester, 100),
                        EventContract.Told.ofMoney(Kind.VOUCHER_REDEEMED, f.worker, 60),
                        EventContract.Told.ofMoney(Kind.CHANNEL_CLOSED, f.requester, 40));
    }

    @Test
    default void anAccountsChannelsAreListedInTheirOrder() {
        LedgerFixture f = fixture();
        f.fundRequester();
        f.fund(f.worker, Amount.of(10));
        Channel first = open(f, 10);
        Channel second = f.channels().open(f.requester, f.other.account(), Amount.of(10), key());
        Channel third = f.channels().open(f.worker, f.requester.account(), Amount.of(10), key());

        assertThat(f.channels().channels(f.requester.account())).containsExactly(first, second, third);
        assertThat(f.channels().channels(f.worker.account())).containsExactly(first, third);
        assertThat(f.channels().channels(f.newSigner().account())).isEmpty();
        assertThat(f.channels().find(new ChannelId("nowhere"))).isEmpty();
    }

    @Test
    default void anEpochPaysEveryLineOnce() {
        LedgerFixture f = fixture();
        f.fundRequester();
        List<EpochLine> lines = List.of(line(f.worker, 30), line(f.other, 12), line(f.worker, 30));
        EventCursor before = f.ledger().latest();
        Epoch epoch = settle(f, lines, 72);
        assertThat(epoch)
                .isEqualTo(new Epoch(
                        epoch.id(),
                        f.requester.account(),
                        tree(lines).root(),
                        3,
                        Amount.of(72),
                        Amount.ZERO,
                        LedgerFixture.cid("lines"),
                        f.clock.instant()));
        assertThat(f.channels().epoch(epoch.id())).contains(epoch);
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_928, 72));

        for (int i = 2; i >= 0; i--) {
            assertThat(claim(f, epoch, lines, i))
                    .isEqualTo(new EpochClaim(epoch.id(), i, lines.get(i).amount()));
            int again = i;
            f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, epoch, lines, again));
        }
        assertThat(f.channels().epoch(epoch.id()).orElseThrow().claimed()).isEqualTo(Amount.of(72));
        assertThat(f.balance(f.worker)).isEqualTo(coins(60, 0));
        assertThat(f.balance(f.other)).isEqualTo(coins(12, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_928, 0));
        assertThat(f.toldAfter(before))
                .containsExactly(
                        EventContract.Told.ofMoney(Kind.EPOCH_SETTLED, f.requester, 72),
                        EventContract.Told.ofMoney(Kind.EPOCH_CLAIMED, f.worker, 30),
                        EventContract.Told.ofMoney(Kind.EPOCH_CLAIMED, f.other, 12),
                        EventContract.Told.ofMoney(Kind.EPOCH_CLAIMED, f.worker, 30));
    }

    @Test
    default void linesThatAreNotTheEpochsAreRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        List<EpochLine> lines = List.of(line(f.worker, 30), line(f.other, 12));
        List<EpochLine> changed = List.of(line(f.worker, 31), line(f.other, 12));
        Epoch epoch = settle(f, lines, 42);

        f.assertRefused(ErrorCode.PROOF_INVALID, () -> claim(f, epoch, changed, 0));
        f.assertRefused(
                ErrorCode.PROOF_INVALID,
                () -> f.channels()
                        .claim(f.worker, epoch.id(), lines.get(0), tree(lines).proof(1), key()));
        f.assertRefused(
                ErrorCode.PROOF_INVALID,
                () -> f.channels().claim(f.worker, epoch.id(), lines.get(0), new MerkleProof(0, 1, List.of()), key()));
        f.assertRefused(
                ErrorCode.CHANNEL_NOT_FOUND,
                () -> f.channels()
                        .claim(
                                f.worker,
                                new EpochId("nowhere"),
                                lines.get(0),
                                tree(lines).proof(0),
                                key()));
    }

    @Test
    default void anEpochThatCannotBeIsRefused() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Bytes root = SampleStyles.digest("root");

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> settle(f, List.of(line(f.worker, 1)), 10_001));
        for (long size : new long[] {0, -1}) {
            f.assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> f.channels()
                            .settle(f.requester, root, size, Amount.of(1), LedgerFixture.cid("lines"), key()));
        }
        f.assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> f.channels()
                        .settle(
                                f.requester,
                                Bytes.of(new byte[31]),
                                1,
                                Amount.of(1),
                                LedgerFixture.cid("lines"),
                                key()));
    }

    @Test
    default void anEpochWithTooLittleMoneyPaysAsFarAsItGoes() {
        LedgerFixture f = fixture();
        f.fundRequester();
        List<EpochLine> lines = List.of(line(f.worker, 30), line(f.other, 12), line(f.worker, 0));
        Epoch epoch = settle(f, lines, 41);
        claim(f, epoch, lines, 0);

        f.assertRefused(ErrorCode.INSUFFICIENT_FUNDS, () -> claim(f, epoch, lines, 1));
        f.assertRefused(ErrorCode.INVALID_AMOUNT, () -> claim(f, epoch, lines, 2));
    }

    @Test
    default void moneyOnAChannelIsPaidByVoucherOrByLineButNotTwice() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = open(f, 100);
        List<EpochLine> lines = List.of(
                onChannel(f.worker, 80, channel), onChannel(f.worker, 60, channel), onChannel(f.other, 90, channel));
        Epoch epoch = settle(f, lines, 0);
        redeem(f, voucher(f, channel, 30));
        assertThat(claim(f, epoch, lines, 0).paid()).isEqualTo(Amount.of(50));

        assertThat(f.balance(f.worker)).isEqualTo(coins(80, 0));
        assertThat(f.channels().find(channel.id()).orElseThrow().paid()).isEqualTo(Amount.of(80));
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, epoch, lines, 1));
        f.assertRefused(ErrorCode.NOT_PERMITTED, () -> claim(f, epoch, lines, 2));
        f.assertRefused(ErrorCode.VOUCHER_INVALID, () -> redeem(f, voucher(f, channel, 80)));
    }

    @Test
    default void everyWriteOfChannelsHappensOnceUnderItsKey() {
        LedgerFixture f = fixture();
        f.fundRequester();
        Channel channel = f.twice(key -> f.channels().open(f.requester, f.worker.account(), Amount.of(100), key));
        f.twice(key -> f.channels().raise(f.requester, channel.id(), Amount.of(5), key));
        SignedVoucher voucher = voucher(f, channel, 40);
        f.twice(key -> f.channels().redeem(f.worker, voucher, key));
        f.twice(key -> f.channels().close(f.worker, channel.id(), key));
        List<EpochLine> lines = List.of(line(f.worker, 30));
        Epoch epoch = f.twice(key -> f.channels()
                .settle(f.requester, tree(lines).root(), 1, Amount.of(30), LedgerFixture.cid("lines"), key));
        f.twice(key -> f.channels()
                .claim(f.other, epoch.id(), lines.get(0), tree(lines).proof(0), key));

        assertThat(f.balance(f.worker)).isEqualTo(coins(70, 0));
        assertThat(f.balance(f.requester)).isEqualTo(coins(9_930, 0));
    }

    @Test
    default void channelsAndEpochsSurviveReopening() {
        LedgerFixture f = fixture();
        f.requires(LedgerCapability.REOPENS);
        f.fundRequester();
        Channel channel = redeem(f, voucher(f, open(f, 100), 10));
        List<EpochLine> lines = List.of(line(f.worker, 30), line(f.worker, 5));
        Epoch epoch = settle(f, lines, 35);
        claim(f, epoch, lines, 0);
        f.reopen();

        assertThat(f.channels().find(channel.id())).contains(channel);
        assertThat(f.channels().epoch(epoch.id()).orElseThrow().claimed()).isEqualTo(Amount.of(30));
        f.assertRefused(ErrorCode.NOTHING_TO_CLAIM, () -> claim(f, epoch, lines, 0));
        assertThat(claim(f, epoch, lines, 1).paid()).isEqualTo(Amount.of(5));
    }

    private static Channel open(LedgerFixture f, long deposit) {
        return f.channels().open(f.requester, f.worker.account(), Amount.of(deposit), key());
    }

    private static SignedVoucher voucher(LedgerFixture f, Channel channel, long cumulative) {
        return SignedVoucher.sign(
                new Voucher(f.ledger().info().id(), channel.id(), Amount.of(cumulative)), f.requester);
    }

    private static Channel redeem(LedgerFixture f, SignedVoucher voucher) {
        return f.channels().redeem(f.worker, voucher, key());
    }

    private static EpochLine line(Signer to, long amount) {
        return new EpochLine(to.account(), Amount.of(amount), Optional.empty());
    }

    private static EpochLine onChannel(Signer to, long amount, Channel channel) {
        return new EpochLine(to.account(), Amount.of(amount), Optional.of(channel.id()));
    }

    private static MerkleTree tree(List<EpochLine> lines) {
        MerkleTree.Builder builder = MerkleTree.builder();
        lines.forEach(line -> builder.add(line.encode()));
        return builder.build();
    }

    private static Epoch settle(LedgerFixture f, List<EpochLine> lines, long total) {
        return f.channels()
                .settle(
                        f.requester,
                        tree(lines).root(),
                        lines.size(),
                        Amount.of(total),
                        LedgerFixture.cid("lines"),
                        key());
    }

    private static EpochClaim claim(LedgerFixture f, Epoch epoch, List<EpochLine> lines, int index) {
        return f.channels()
                .claim(f.other, epoch.id(), lines.get(index), tree(lines).proof(index), key());
    }
}
