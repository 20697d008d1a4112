package io.dreamprotocol.core.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import io.dreamprotocol.core.storage.BlobSource;
import io.dreamprotocol.core.storage.UnixFsFile;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EpochListTest {
    private static final AccountId PAYER = new AccountId("evm:00");
    private static final AccountId ANN = new AccountId("evm:aa");
    private static final AccountId BOB = new AccountId("evm:bb");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static EpochLine line(AccountId to, long amount) {
        return new EpochLine(to, Amount.of(amount), Optional.empty());
    }

    private static EpochLine onChannel(AccountId to, long amount, String channel) {
        return new EpochLine(to, Amount.of(amount), Optional.of(new ChannelId(channel)));
    }

    private static EpochList sample() {
        return EpochList.of(List.of(onChannel(ANN, 9, "c1"), line(BOB, 4), line(ANN, 3)));
    }

    private static Epoch epoch(EpochList list) {
        return new Epoch(
                new EpochId("e1"),
                PAYER,
                list.root(),
                list.lines().size(),
                list.total(),
                Amount.ZERO,
                UnixFsFile.cidOf(list.encode()),
                NOW);
    }

    private static Channel channel(long deposit) {
        return new Channel(new ChannelId("c1"), PAYER, ANN, Amount.of(deposit), Amount.ZERO, Channel.State.OPEN, NOW);
    }

    private static Payment payment(AccountId to, long amount, Payment.Purpose purpose) {
        return new Payment(to, Amount.of(amount), purpose);
    }

    @Test
    void linesAreInOneOrderAndTheTotalLeavesChannelsOut() {
        EpochList list = sample();

        assertThat(list.lines()).containsExactly(line(ANN, 3), onChannel(ANN, 9, "c1"), line(BOB, 4));
        assertThat(list.total()).isEqualTo(Amount.of(7));
        assertThat(list.placesOf(ANN)).containsExactly(0, 1);
        assertThat(list.placesOf(PAYER)).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(list.proof(i).verify(list.root(), list.lines().get(i).encode()))
                    .isTrue();
        }
    }

    @Test
    void linesThatNobodyCanClaimAreRefused() {
        assertFails(ErrorCode.INVALID_REQUEST, () -> EpochList.of(List.of()));
        assertFails(ErrorCode.INVALID_REQUEST, () -> EpochList.of(List.of(line(ANN, 0))));
        assertFails(ErrorCode.INVALID_REQUEST, () -> EpochList.of(List.of(line(ANN, 1), line(ANN, 2))));
        assertFails(
                ErrorCode.INVALID_REQUEST,
                () -> EpochList.of(List.of(onChannel(ANN, 1, "c1"), onChannel(ANN, 2, "c1"))));
        EpochLine most = new EpochLine(ANN, Amount.MAX, Optional.empty());
        assertFails(ErrorCode.INVALID_AMOUNT, () -> EpochList.of(List.of(most, line(BOB, 1))));
    }

    @Test
    void theFileFormReadsBackAndEveryChangeIsRefused() {
        EpochList list = sample();
        Epoch epoch = epoch(list);
        byte[] file = list.encode();

        assertThat(EpochList.decode(file, epoch).lines()).isEqualTo(list.lines());
        BlobSource source = cid -> new ByteArrayInputStream(file);
        assertThat(EpochList.fetch(epoch, source).root()).isEqualTo(list.root());
        for (int at = 0; at < file.length; at++) {
            byte[] changed = file.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> EpochList.decode(changed, epoch))
                    .as("byte %s", at)
                    .isInstanceOfSatisfying(
                            DreamException.class,
                            e -> assertThat(e.code()).isIn(ErrorCode.MALFORMED_DATA, ErrorCode.PROOF_INVALID));
            byte[] shorter = Arrays.copyOf(file, at);
            assertFails(ErrorCode.MALFORMED_DATA, () -> EpochList.decode(shorter, epoch));
        }
        byte[] longer = Arrays.copyOf(file, file.length + 1);
        assertFails(ErrorCode.MALFORMED_DATA, () -> EpochList.decode(longer, epoch));
        byte[] other = EpochList.of(List.of(line(ANN, 3))).encode();
        assertFails(ErrorCode.PROOF_INVALID, () -> EpochList.decode(other, epoch));
    }

    @Test
    void aBookMergesWhatOneAccountIsOwed() {
        EpochBook book = new EpochBook();
        book.use(channel(100), Amount.of(20));

        book.add(
                new JobId("j1"),
                List.of(payment(ANN, 5, Payment.Purpose.WORK), payment(BOB, 1, Payment.Purpose.OWNER)));
        book.add(
                new JobId("j2"),
                List.of(payment(ANN, 5, Payment.Purpose.WORK), payment(ANN, 2, Payment.Purpose.OWNER)));

        assertThat(book.list().lines()).containsExactly(line(ANN, 2), onChannel(ANN, 30, "c1"), line(BOB, 1));
        assertThat(book.owed(ANN)).isEqualTo(Amount.of(2));
        assertThat(book.promised(new ChannelId("c1"))).isEqualTo(Amount.of(30));
        book.settled();
        assertThat(book.isEmpty()).isTrue();
        assertFails(ErrorCode.INVALID_REQUEST, book::list);
        assertThat(book.add(new JobId("j2"), List.of(payment(BOB, 1, Payment.Purpose.OWNER))))
                .isFalse();
        book.add(new JobId("j3"), List.of(payment(ANN, 1, Payment.Purpose.WORK)));
        assertThat(book.list().lines()).containsExactly(onChannel(ANN, 31, "c1"));
    }

    @Test
    void aRefusedJobChangesNothing() {
        EpochBook book = new EpochBook();
        book.use(channel(10), Amount.ZERO);
        List<Payment> payments =
                List.of(payment(BOB, 3, Payment.Purpose.OWNER), payment(ANN, 11, Payment.Purpose.WORK));

        assertFails(ErrorCode.INSUFFICIENT_FUNDS, () -> book.add(new JobId("j1"), payments));
        assertThat(book.isEmpty()).isTrue();
        book.use(channel(11), Amount.ZERO);
        assertThat(book.add(new JobId("j1"), payments)).isTrue();
        Payment most = new Payment(BOB, Amount.MAX, Payment.Purpose.OWNER);
        assertFails(ErrorCode.INVALID_AMOUNT, () -> book.add(new JobId("j2"), List.of(most)));
        assertThat(book.owed(BOB)).isEqualTo(Amount.of(3));
    }

    @Test
    void aFeeIsForStepsOfItsWork() {
        Work work = new Work(1_000_000, 4);
        assertThatIllegalArgumentException().isThrownBy(() -> new JobFee(ANN, Amount.of(1), work, 5, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new JobFee(ANN, Amount.of(1), work, -1, List.of()));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
