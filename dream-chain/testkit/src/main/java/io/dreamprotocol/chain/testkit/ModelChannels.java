package io.dreamprotocol.chain.testkit;

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
import java.util.Optional;

/** The model's payment channels. */
final class ModelChannels implements PaymentChannels {
    private final LedgerModel model;

    ModelChannels(LedgerModel model) {
        this.model = model;
    }

    @Override
    public Channel open(Signer payer, AccountId payee, Amount deposit, IdempotencyKey key) {
        return model.write(
                payer,
                key,
                List.of("open-channel", payee, deposit),
                (view, now) -> ChannelRules.open(new ChannelId(model.newName()), payer.account(), payee, deposit, now));
    }

    @Override
    public Channel raise(Signer payer, ChannelId channel, Amount amount, IdempotencyKey key) {
        return model.write(
                payer,
                key,
                List.of("raise", channel, amount),
                (view, now) -> ChannelRules.raise(payer.account(), channel, amount, view));
    }

    @Override
    public Channel redeem(Signer payee, SignedVoucher voucher, IdempotencyKey key) {
        return model.write(
                payee,
                key,
                List.of("redeem", voucher),
                (view, now) -> ChannelRules.redeem(payee.account(), voucher, view));
    }

    @Override
    public Channel close(Signer by, ChannelId channel, IdempotencyKey key) {
        return model.write(
                by,
                key,
                List.of("close-channel", channel),
                (view, now) -> ChannelRules.close(by.account(), channel, view, now));
    }

    @Override
    public Optional<Channel> find(ChannelId channel) {
        return model.read(() -> model.records().channel(channel));
    }

    @Override
    public List<Channel> channels(AccountId account) {
        return model.read(() -> model.records().channels().stream()
                .filter(channel ->
                        channel.payer().equals(account) || channel.payee().equals(account))
                .toList());
    }

    @Override
    public Epoch settle(Signer payer, Bytes root, long lines, Amount total, Cid list, IdempotencyKey key) {
        return model.write(
                payer,
                key,
                List.of("settle-epoch", root, lines, total, list),
                (view, now) -> ChannelRules.settle(
                        new EpochId(model.newName()), payer.account(), root, lines, total, list, now));
    }

    @Override
    public EpochClaim claim(Signer by, EpochId epoch, EpochLine line, MerkleProof proof, IdempotencyKey key) {
        return model.write(
                by,
                key,
                List.of("claim-line", epoch, line, proof),
                (view, now) -> ChannelRules.claim(epoch, line, proof, view));
    }

    @Override
    public Optional<Epoch> epoch(EpochId epoch) {
        return model.read(() -> model.records().epoch(epoch));
    }
}
