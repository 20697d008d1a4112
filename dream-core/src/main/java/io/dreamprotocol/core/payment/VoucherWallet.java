package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A payee's side of its channels: checks vouchers without the ledger's help and keeps the latest of each channel, which is all
 * that it needs to be paid.
 *
 * <p>What was accepted is on disk before {@link #accept} returns. One at a time uses a folder; thread-safe.
 */
public final class VoucherWallet implements AutoCloseable {
    private final DurableFolder folder;
    private final AccountId payee;
    private final String ledger;

    private VoucherWallet(DurableFolder folder, AccountId payee, String ledger) {
        this.folder = folder;
        this.payee = payee;
        this.ledger = ledger;
    }

    /**
     * Opens the folder in which a payee keeps its vouchers.
     *
     * @param folder the folder, made if there is none
     * @param payee the payee
     * @param ledger the ledger on which the channels are ({@code LedgerInfo.id})
     * @return the wallet, to be closed
     * @throws DreamException {@code store-locked} if another one has the folder open; {@code store-failed}
     */
    public static VoucherWallet open(Path folder, AccountId payee, String ledger) {
        Objects.requireNonNull(payee, "payee");
        Objects.requireNonNull(ledger, "ledger");
        return new VoucherWallet(DurableFolder.open(folder), payee, ledger);
    }

    /**
     * Takes a voucher.
     *
     * @param signed the voucher
     * @param channel the channel as the ledger has it
     * @return how much more it promises than everything before
     * @throws DreamException {@code voucher-invalid} if it is forged, for another ledger or channel, above the deposit, or no
     *     larger than the latest one or than what was paid, so a replay and one that was overtaken too; {@code not-permitted} if
     *     the channel pays someone else, {@code channel-state-conflict} if it is closed; {@code store-failed}
     */
    public synchronized Amount accept(SignedVoucher signed, Channel channel) {
        Voucher voucher = signed.voucher();
        if (!voucher.ledger().equals(ledger)) {
            throw invalid("The voucher is for another ledger");
        }
        if (!voucher.channel().equals(channel.id())) {
            throw invalid("The voucher is for another channel than " + channel.id());
        }
        if (!channel.payee().equals(payee)) {
            throw new ConflictException(
                    ErrorCode.NOT_PERMITTED, "Channel " + channel.id() + " pays someone else; open one to this payee");
        }
        if (!signed.isSignedBy(channel.payer())) {
            throw invalid("The voucher is not signed by the payer of channel " + channel.id());
        }
        if (channel.state() == Channel.State.CLOSED) {
            throw new ConflictException(
                    ErrorCode.CHANNEL_STATE_CONFLICT, "Channel " + channel.id() + " is closed; ask for another one");
        }
        if (voucher.cumulative().compareTo(channel.deposit()) > 0) {
            throw invalid("The voucher promises more than the deposit of channel " + channel.id());
        }
        Amount before = latest(channel.id())
                .map(kept -> kept.voucher().cumulative())
                .filter(kept -> kept.compareTo(channel.paid()) > 0)
                .orElse(channel.paid());
        if (voucher.cumulative().compareTo(before) <= 0) {
            throw invalid("The voucher promises " + voucher.cumulative() + " smallest units, and " + before
                    + " were promised on channel " + channel.id() + " before; ask for a new one");
        }
        folder.write(channel.id().value(), signed.encode());
        return voucher.cumulative().minus(before);
    }

    /**
     * Returns the latest voucher of a channel.
     *
     * @param channel the channel
     * @return the voucher, if one was accepted
     * @throws DreamException {@code store-failed}, {@code store-corrupt}
     */
    public synchronized Optional<SignedVoucher> latest(ChannelId channel) {
        return folder.read(channel.value()).map(SignedVoucher::decode);
    }

    /**
     * Returns the latest voucher of every channel.
     *
     * @return the vouchers, by channel
     * @throws DreamException {@code store-failed}, {@code store-corrupt}
     */
    public synchronized List<SignedVoucher> all() {
        return folder.readAll().stream()
                .map(SignedVoucher::decode)
                .sorted(Comparator.comparing(
                        (SignedVoucher signed) -> signed.voucher().channel().value()))
                .toList();
    }

    private static InvalidInputException invalid(String message) {
        return new InvalidInputException(ErrorCode.VOUCHER_INVALID, message);
    }

    /** Gives the folder free; closing twice does nothing more. */
    @Override
    public void close() {
        folder.close();
    }
}
