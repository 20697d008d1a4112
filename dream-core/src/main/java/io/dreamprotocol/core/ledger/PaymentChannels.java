package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import java.util.List;
import java.util.Optional;

/**
 * Many small payments with few writes: channels, from which a payee takes by vouchers, and epochs, of which everyone claims their own.
 *
 * <p>Every write is one whole and carries an {@link IdempotencyKey}, as the {@link Ledger}'s do; each may throw {@code
 * idempotency-conflict} and, for an unknown channel or epoch, {@code channel-not-found}. Thread-safe.
 */
public interface PaymentChannels {
    /**
     * Opens a channel and puts its deposit into escrow.
     *
     * @param payer who pays
     * @param payee who is paid
     * @param deposit how much at most, not zero
     * @param key names this write
     * @return the open channel
     * @throws DreamException {@code invalid-amount}, {@code insufficient-funds}, {@code invalid-request} for a channel to oneself
     */
    Channel open(Signer payer, AccountId payee, Amount deposit, IdempotencyKey key);

    /**
     * Adds to a channel's deposit.
     *
     * @param payer its payer
     * @param channel the channel
     * @param amount how much, not zero
     * @param key names this write
     * @return the channel
     * @throws DreamException {@code not-permitted} to others, {@code channel-state-conflict} if it is not open, {@code invalid-amount},
     *     {@code insufficient-funds}
     */
    Channel raise(Signer payer, ChannelId channel, Amount amount, IdempotencyKey key);

    /**
     * Pays the payee what a voucher promises and was not paid before.
     *
     * @param payee the payee
     * @param voucher the voucher
     * @param key names this write
     * @return the channel
     * @throws DreamException {@code not-permitted} to others; {@code voucher-invalid} if it is forged, for another ledger, not above what
     *     was paid, or above the deposit; {@code channel-state-conflict} if the channel is closed
     */
    Channel redeem(Signer payee, SignedVoucher voucher, IdempotencyKey key);

    /**
     * Ends a channel. The payee does so at once, and the rest goes back to the payer. The payer announces it first, and does it by a
     * second call after the {@link LedgerInfo#settlementWindow}, in which the payee may redeem what it has.
     *
     * @param by the payer or the payee
     * @param channel the channel
     * @param key names this write
     * @return the channel, which is closing or closed
     * @throws DreamException {@code not-permitted} to others, and to the payer before the window has passed; {@code
     *     channel-state-conflict} if it is closed
     */
    Channel close(Signer by, ChannelId channel, IdempotencyKey key);

    /**
     * Looks up a channel.
     *
     * @param channel its name
     * @return the channel, if there is one
     */
    Optional<Channel> find(ChannelId channel);

    /**
     * Lists the channels in which an account is payer or payee.
     *
     * @param account the account
     * @return the channels in the order in which they were opened
     */
    List<Channel> channels(AccountId account);

    /**
     * Settles what a payer owes for many jobs by one root, and puts the total into escrow.
     *
     * @param payer who owes
     * @param root the Merkle root over the {@link EpochLine}s
     * @param lines how many lines there are, at least 1
     * @param total the sum of the lines that are on no channel; may be nothing
     * @param list where the lines lie
     * @param key names this write
     * @return the epoch
     * @throws DreamException {@code insufficient-funds}, {@code invalid-request}
     */
    Epoch settle(Signer payer, Bytes root, long lines, Amount total, Cid list, IdempotencyKey key);

    /**
     * Claims a line of an epoch, for whom it is owed.
     *
     * @param by anyone
     * @param epoch the epoch
     * @param line the line
     * @param proof that it is one of the epoch's
     * @param key names this write
     * @return what was paid
     * @throws DreamException {@code proof-invalid}, {@code nothing-to-claim} if it was claimed before or its channel paid as much by
     *     vouchers, {@code insufficient-funds} if the epoch's total or the channel's deposit is smaller than it promised, {@code
     *     not-permitted} if the line's channel is not of this payer and to this account, {@code invalid-request} if nobody can sign for
     *     the line's account, unless it is the pool of a style model with contributors, or the treasury
     */
    EpochClaim claim(Signer by, EpochId epoch, EpochLine line, MerkleProof proof, IdempotencyKey key);

    /**
     * Looks up an epoch.
     *
     * @param epoch its name
     * @return the epoch, if there is one
     */
    Optional<Epoch> epoch(EpochId epoch);
}
