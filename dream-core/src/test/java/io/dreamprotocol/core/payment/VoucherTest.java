package io.dreamprotocol.core.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoucherTest {
    private static final String LEDGER = "fake:1";
    private static final AccountId PAYEE = new AccountId("ed25519:" + "0b".repeat(32));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Signer payer;

    @BeforeEach
    void makeAKey() {
        payer = KeyFile.openOrCreate(folder.resolve("payer.key"));
    }

    private Channel channel(String id, long paid, Channel.State state) {
        return new Channel(new ChannelId(id), payer.account(), PAYEE, Amount.of(100), Amount.of(paid), state, NOW);
    }

    private Channel channel() {
        return channel("c1", 0, Channel.State.OPEN);
    }

    private VoucherIssuer issuer() {
        return VoucherIssuer.open(folder.resolve("out"), payer, LEDGER);
    }

    private VoucherWallet wallet() {
        return VoucherWallet.open(folder.resolve("in"), PAYEE, LEDGER);
    }

    private static IdempotencyKey key(int number) {
        return new IdempotencyKey("job-" + number);
    }

    private SignedVoucher voucher(String ledger, String channel, long sum) {
        return SignedVoucher.sign(new Voucher(ledger, new ChannelId(channel), Amount.of(sum)), payer);
    }

    @Test
    void vouchersAddUp() {
        try (VoucherIssuer issuer = issuer()) {
            SignedVoucher first = issuer.pay(channel(), Amount.of(30), key(1));
            SignedVoucher second = issuer.pay(channel(), Amount.of(20), key(2));

            assertThat(first.voucher().cumulative()).isEqualTo(Amount.of(30));
            assertThat(second.voucher().cumulative()).isEqualTo(Amount.of(50));
            assertThat(second.isSignedBy(payer.account())).isTrue();
            assertThat(issuer.promised(channel().id())).isEqualTo(Amount.of(50));
            assertThat(issuer.latest(channel().id())).contains(second);
            assertThat(issuer.latest(new ChannelId("c2"))).isEmpty();
        }
    }

    @Test
    void afterARestartNoVoucherIsSmaller() {
        try (VoucherIssuer issuer = issuer()) {
            issuer.pay(channel(), Amount.of(30), key(1));
        }
        try (VoucherIssuer issuer = issuer()) {
            assertThat(issuer.pay(channel(), Amount.of(5), key(2)).voucher().cumulative())
                    .isEqualTo(Amount.of(35));
        }
    }

    @Test
    void aPaymentThatIsRepeatedIsPaidOnce() {
        try (VoucherIssuer issuer = issuer()) {
            issuer.pay(channel(), Amount.of(30), key(1));
        }
        try (VoucherIssuer issuer = issuer()) {
            assertThat(issuer.pay(channel(), Amount.of(30), key(1)).voucher().cumulative())
                    .isEqualTo(Amount.of(30));
            issuer.pay(channel(), Amount.of(10), key(2));
            assertThat(issuer.pay(channel(), Amount.of(30), key(1)).voucher().cumulative())
                    .isEqualTo(Amount.of(40));
            assertFails(ErrorCode.IDEMPOTENCY_CONFLICT, () -> issuer.pay(channel(), Amount.of(31), key(1)));
        }
    }

    @Test
    void paymentsAreRememberedUpToALimit() {
        Channel rich = new Channel(
                new ChannelId("c1"), payer.account(), PAYEE, Amount.MAX, Amount.ZERO, Channel.State.OPEN, NOW);
        try (VoucherIssuer issuer = issuer()) {
            for (int i = 0; i <= VoucherIssuer.REMEMBERED; i++) {
                issuer.pay(rich, Amount.of(1), key(i));
            }
            long paid = VoucherIssuer.REMEMBERED + 1L;
            issuer.pay(rich, Amount.of(1), key(1));
            assertThat(issuer.promised(rich.id())).isEqualTo(Amount.of(paid));
            issuer.pay(rich, Amount.of(1), key(0));
            assertThat(issuer.promised(rich.id())).isEqualTo(Amount.of(paid + 1));
        }
    }

    /** A crash leaves a draft behind, or the old file; never half a file. */
    @Test
    void whatACrashLeavesBehindDoesNotCount() throws Exception {
        try (VoucherIssuer issuer = issuer()) {
            issuer.pay(channel(), Amount.of(30), key(1));
        }
        Path kept = kept(folder.resolve("out"));
        Files.write(kept.resolveSibling(kept.getFileName() + ".draft"), new byte[] {1, 2, 3});
        try (VoucherIssuer issuer = issuer()) {
            assertThat(issuer.promised(channel().id())).isEqualTo(Amount.of(30));
            assertThat(kept.resolveSibling(kept.getFileName() + ".draft")).doesNotExist();
        }
    }

    private static Path kept(Path in) throws Exception {
        try (var files = Files.list(in)) {
            return files.filter(file -> file.toString().endsWith(".kept"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aDamagedFileIsNamedAndNothingIsSigned() throws Exception {
        try (VoucherIssuer issuer = issuer()) {
            issuer.pay(channel(), Amount.of(30), key(1));
        }
        Path kept = kept(folder.resolve("out"));
        byte[] whole = Files.readAllBytes(kept);
        for (int at = 0; at < whole.length; at += 7) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(kept, damaged);
            try (VoucherIssuer issuer = issuer()) {
                assertFails(ErrorCode.STORE_CORRUPT, () -> issuer.pay(channel(), Amount.of(1), key(2)));
            }
        }
        Files.write(kept, new byte[5]);
        try (VoucherIssuer issuer = issuer()) {
            assertFails(ErrorCode.STORE_CORRUPT, () -> issuer.latest(channel().id()));
        }
    }

    @Test
    void whatMustNotBePromisedIsRefused() {
        try (VoucherIssuer issuer = issuer()) {
            assertFails(ErrorCode.INVALID_AMOUNT, () -> issuer.pay(channel(), Amount.ZERO, key(1)));
            assertFails(ErrorCode.INSUFFICIENT_FUNDS, () -> issuer.pay(channel(), Amount.of(101), key(1)));
            assertFails(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    () -> issuer.pay(channel("c1", 60, Channel.State.OPEN), Amount.of(41), key(1)));
            assertFails(
                    ErrorCode.INVALID_AMOUNT,
                    () -> issuer.pay(channel("c1", 60, Channel.State.OPEN), Amount.MAX, key(1)));
            for (Channel.State state : List.of(Channel.State.CLOSING, Channel.State.CLOSED)) {
                assertFails(
                        ErrorCode.CHANNEL_STATE_CONFLICT,
                        () -> issuer.pay(channel("c1", 0, state), Amount.of(1), key(1)));
            }
            Channel others = new Channel(
                    new ChannelId("c1"), PAYEE, payer.account(), Amount.of(100), Amount.ZERO, Channel.State.OPEN, NOW);
            assertFails(ErrorCode.NOT_PERMITTED, () -> issuer.pay(others, Amount.of(1), key(1)));
            assertThat(issuer.promised(channel().id())).isEqualTo(Amount.ZERO);
        }
    }

    @Test
    void aFolderIsForOneLedgerAndOneUser() {
        try (VoucherIssuer issuer = issuer()) {
            issuer.pay(channel(), Amount.of(1), key(1));
            assertFails(ErrorCode.STORE_LOCKED, this::issuer);
        }
        try (VoucherIssuer other = VoucherIssuer.open(folder.resolve("out"), payer, "fake:2")) {
            assertFails(ErrorCode.STORE_CORRUPT, () -> other.promised(channel().id()));
        }
    }

    @Test
    void aWalletKeepsTheLatest() {
        try (VoucherWallet wallet = wallet()) {
            assertThat(wallet.accept(voucher(LEDGER, "c1", 30), channel())).isEqualTo(Amount.of(30));
            assertThat(wallet.accept(voucher(LEDGER, "c1", 50), channel())).isEqualTo(Amount.of(20));
            wallet.accept(voucher(LEDGER, "C1", 7), channel("C1", 0, Channel.State.OPEN));
        }
        try (VoucherWallet wallet = wallet()) {
            assertThat(wallet.latest(channel().id())).contains(voucher(LEDGER, "c1", 50));
            assertThat(wallet.all()).containsExactly(voucher(LEDGER, "C1", 7), voucher(LEDGER, "c1", 50));
            assertThat(wallet.accept(voucher(LEDGER, "c1", 90), channel("c1", 80, Channel.State.CLOSING)))
                    .isEqualTo(Amount.of(10));
        }
    }

    @Test
    void aWalletRefusesWhatIsWorthless() {
        Signer stranger = KeyFile.openOrCreate(folder.resolve("stranger.key"));
        SignedVoucher forged = SignedVoucher.sign(new Voucher(LEDGER, new ChannelId("c1"), Amount.of(60)), stranger);
        try (VoucherWallet wallet = wallet()) {
            wallet.accept(voucher(LEDGER, "c1", 50), channel());
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher(LEDGER, "c1", 50), channel()));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher(LEDGER, "c1", 49), channel()));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher(LEDGER, "c1", 0), channel()));
            assertFails(
                    ErrorCode.VOUCHER_INVALID,
                    () -> wallet.accept(voucher(LEDGER, "c1", 60), channel("c1", 60, Channel.State.OPEN)));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher("fake:2", "c1", 60), channel()));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher(LEDGER, "c2", 60), channel()));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(voucher(LEDGER, "c1", 101), channel()));
            assertFails(ErrorCode.VOUCHER_INVALID, () -> wallet.accept(forged, channel()));
            assertFails(
                    ErrorCode.CHANNEL_STATE_CONFLICT,
                    () -> wallet.accept(voucher(LEDGER, "c1", 60), channel("c1", 0, Channel.State.CLOSED)));
            Channel others = new Channel(
                    new ChannelId("c1"),
                    payer.account(),
                    stranger.account(),
                    Amount.of(100),
                    Amount.ZERO,
                    Channel.State.OPEN,
                    NOW);
            assertFails(ErrorCode.NOT_PERMITTED, () -> wallet.accept(voucher(LEDGER, "c1", 60), others));
            assertThat(wallet.latest(channel().id())).contains(voucher(LEDGER, "c1", 50));
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
