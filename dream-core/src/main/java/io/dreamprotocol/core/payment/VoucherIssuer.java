package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.channel.Voucher;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.CorruptDataException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A payer's side of its channels: signs vouchers, each for more than the one before, and never forgets one.
 *
 * <p>What was promised is on disk before a voucher is given out, so after a crash at any moment the next voucher is larger than
 * every one that ever left. A payment that is repeated under its key within the next {@value #REMEMBERED} payments of its
 * channel is not paid twice. One at a time uses a folder; thread-safe.
 */
public final class VoucherIssuer implements AutoCloseable {
    /** How many payments of a channel are remembered by their keys. */
    public static final int REMEMBERED = 256;

    private static final long VERSION = 1;

    private final DurableFolder folder;
    private final Signer payer;
    private final String ledger;

    private VoucherIssuer(DurableFolder folder, Signer payer, String ledger) {
        this.folder = folder;
        this.payer = payer;
        this.ledger = ledger;
    }

    /**
     * Opens the folder in which a payer keeps what it promised.
     *
     * @param folder the folder, made if there is none
     * @param payer the payer
     * @param ledger the ledger on which the channels are ({@code LedgerInfo.id})
     * @return the issuer, to be closed
     * @throws DreamException {@code store-locked} if another one has the folder open; {@code store-failed}
     */
    public static VoucherIssuer open(Path folder, Signer payer, String ledger) {
        Objects.requireNonNull(payer, "payer");
        Objects.requireNonNull(ledger, "ledger");
        return new VoucherIssuer(DurableFolder.open(folder), payer, ledger);
    }

    private record Promise(Amount cumulative, Map<String, Amount> recent) {}

    /**
     * Pays by a voucher.
     *
     * @param channel the channel as the ledger has it
     * @param amount how much more is promised, not zero
     * @param key names this payment
     * @return the latest voucher, which stands for this payment and all before it
     * @throws DreamException {@code not-permitted} if the channel is another payer's, {@code channel-state-conflict} if it is
     *     not open, {@code invalid-amount}, {@code insufficient-funds} if the deposit is too small, {@code idempotency-conflict}
     *     if the key stands for another amount, {@code store-failed}, {@code store-corrupt}
     */
    public synchronized SignedVoucher pay(Channel channel, Amount amount, IdempotencyKey key) {
        if (!channel.payer().equals(payer.account())) {
            throw new ConflictException(
                    ErrorCode.NOT_PERMITTED, "Channel " + channel.id() + " is not this payer's; open one");
        }
        Promise before = promise(channel.id());
        Amount paidUnderKey = before.recent().get(key.value());
        if (paidUnderKey != null) {
            if (!paidUnderKey.equals(amount)) {
                throw new ConflictException(
                        ErrorCode.IDEMPOTENCY_CONFLICT,
                        "Key " + key.value() + " stands for another amount on channel " + channel.id()
                                + "; use a new one");
            }
            return sign(channel.id(), before.cumulative());
        }
        if (amount.isZero()) {
            throw new InvalidInputException(ErrorCode.INVALID_AMOUNT, "A voucher pays more than nothing");
        }
        if (channel.state() != Channel.State.OPEN) {
            throw new ConflictException(
                    ErrorCode.CHANNEL_STATE_CONFLICT, "Channel " + channel.id() + " is not open; open another");
        }
        Amount least = before.cumulative().compareTo(channel.paid()) < 0 ? channel.paid() : before.cumulative();
        Amount after = least.plus(amount);
        if (after.compareTo(channel.deposit()) > 0) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "Channel " + channel.id() + " has a deposit of " + channel.deposit() + " smallest units, and "
                            + after + " would be promised; raise it");
        }
        Map<String, Amount> recent = new LinkedHashMap<>(before.recent());
        if (recent.size() == REMEMBERED) {
            recent.remove(recent.keySet().iterator().next());
        }
        recent.put(key.value(), amount);
        folder.write(channel.id().value(), encode(channel.id(), new Promise(after, recent)));
        return sign(channel.id(), after);
    }

    /**
     * Returns what was promised on a channel since it was opened.
     *
     * @param channel the channel
     * @return the sum, nothing if no voucher was given out
     * @throws DreamException {@code store-failed}, {@code store-corrupt}
     */
    public synchronized Amount promised(ChannelId channel) {
        return promise(channel).cumulative();
    }

    /**
     * Signs the latest voucher of a channel again, for a payee that lost it.
     *
     * @param channel the channel
     * @return the voucher, if one was given out
     * @throws DreamException {@code store-failed}, {@code store-corrupt}
     */
    public synchronized Optional<SignedVoucher> latest(ChannelId channel) {
        Amount promised = promise(channel).cumulative();
        return promised.isZero() ? Optional.empty() : Optional.of(sign(channel, promised));
    }

    private SignedVoucher sign(ChannelId channel, Amount cumulative) {
        return SignedVoucher.sign(new Voucher(ledger, channel, cumulative), payer);
    }

    private Promise promise(ChannelId channel) {
        return folder.read(channel.value())
                .map(kept -> decode(channel, kept))
                .orElse(new Promise(Amount.ZERO, Map.of()));
    }

    private byte[] encode(ChannelId channel, Promise promise) {
        List<Object> recent = new ArrayList<>();
        promise.recent().forEach((key, amount) -> recent.add(Map.of("key", key, "amount", amount.toString())));
        return DagCbor.encode(Map.of(
                "version",
                VERSION,
                "ledger",
                ledger,
                "channel",
                channel.value(),
                "cumulative",
                promise.cumulative().toString(),
                "recent",
                recent));
    }

    private Promise decode(ChannelId channel, byte[] kept) {
        Fields fields = Fields.decode(kept, "kept voucher");
        fields.requireVersion(VERSION);
        if (!fields.text("ledger").equals(ledger) || !fields.text("channel").equals(channel.value())) {
            throw new CorruptDataException(
                    ErrorCode.STORE_CORRUPT, "The folder keeps vouchers of another ledger; use one folder for each");
        }
        Map<String, Amount> recent = new LinkedHashMap<>();
        for (Fields payment : fields.maps("recent")) {
            recent.put(payment.text("key"), amount(payment.text("amount")));
        }
        return new Promise(amount(fields.text("cumulative")), recent);
    }

    private static Amount amount(String text) {
        if (!text.matches("[0-9]{1,39}")) {
            throw new CorruptDataException(ErrorCode.STORE_CORRUPT, "A kept voucher has a sum that is no number");
        }
        return new Amount(new BigInteger(text));
    }

    /** Gives the folder free; closing twice does nothing more. */
    @Override
    public void close() {
        folder.close();
    }
}
