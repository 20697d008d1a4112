package io.dreamprotocol.chain.embedded;

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
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.PaymentChannels;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.rules.ChannelRules;
import io.dreamprotocol.core.storage.Cid;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The payment channels and epochs of an embedded ledger. */
final class EmbeddedChannels implements PaymentChannels {
    private final LedgerSession session;

    EmbeddedChannels(LedgerSession session) {
        this.session = session;
    }

    @Override
    public Channel open(Signer payer, AccountId payee, Amount deposit, IdempotencyKey key) {
        AccountId account = payer.account();
        return session.changeOnce(
                payer,
                key,
                ResultForm.CHANNEL,
                List.of("open-channel", payee.value(), deposit.toString()),
                (view, now) -> ChannelRules.open(newChannel(account, key), account, payee, deposit, now));
    }

    private ChannelId newChannel(AccountId account, IdempotencyKey key) {
        return new ChannelId(session.newName(account, key, session::isChannel));
    }

    @Override
    public Channel raise(Signer payer, ChannelId channel, Amount amount, IdempotencyKey key) {
        return session.changeOnce(
                payer,
                key,
                ResultForm.CHANNEL,
                List.of("raise-channel", channel.value(), amount.toString()),
                (view, now) -> ChannelRules.raise(payer.account(), channel, amount, view));
    }

    @Override
    public Channel redeem(Signer payee, SignedVoucher voucher, IdempotencyKey key) {
        return session.changeOnce(
                payee,
                key,
                ResultForm.CHANNEL,
                List.of("redeem", Bytes.of(voucher.encode())),
                (view, now) -> ChannelRules.redeem(payee.account(), voucher, view));
    }

    @Override
    public Channel close(Signer by, ChannelId channel, IdempotencyKey key) {
        return session.changeOnce(
                by,
                key,
                ResultForm.CHANNEL,
                List.of("close-channel", channel.value()),
                (view, now) -> ChannelRules.close(by.account(), channel, view, now));
    }

    @Override
    public Optional<Channel> find(ChannelId channel) {
        Objects.requireNonNull(channel, "channel");
        return session.read((tables, now) -> tables.channels().channel(channel));
    }

    @Override
    public List<Channel> channels(AccountId account) {
        Objects.requireNonNull(account, "account");
        return session.read((tables, now) -> tables.channels().channels(account));
    }

    @Override
    public Epoch settle(Signer payer, Bytes root, long lines, Amount total, Cid list, IdempotencyKey key) {
        AccountId account = payer.account();
        return session.changeOnce(
                payer,
                key,
                ResultForm.EPOCH,
                List.of("settle-epoch", root, lines, total.toString(), list),
                (view, now) -> ChannelRules.settle(newEpoch(account, key), account, root, lines, total, list, now));
    }

    private EpochId newEpoch(AccountId account, IdempotencyKey key) {
        return new EpochId(session.newName(account, key, session::isEpoch));
    }

    @Override
    public EpochClaim claim(Signer by, EpochId epoch, EpochLine line, MerkleProof proof, IdempotencyKey key) {
        return session.changeOnce(
                by,
                key,
                ResultForm.EPOCH_CLAIM,
                List.of(
                        "claim-epoch",
                        epoch.value(),
                        Bytes.of(line.encode()),
                        proof.index(),
                        proof.size(),
                        proof.siblings()),
                (view, now) -> ChannelRules.claim(epoch, line, proof, view));
    }

    @Override
    public Optional<Epoch> epoch(EpochId epoch) {
        Objects.requireNonNull(epoch, "epoch");
        return session.read((tables, now) -> tables.channels().epoch(epoch));
    }
}
