package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.channel.SignedVoucher;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.LedgerEvent;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.PaymentChannels;
import io.dreamprotocol.core.merkle.MerkleProof;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules of payment channels, vouchers and epochs. */
public final class ChannelRules {
    private ChannelRules() {}

    /**
     * Opens a channel.
     *
     * @param id its name
     * @param payer who pays
     * @param payee who is paid
     * @param deposit how much at most
     * @param now the ledger's time
     * @return the change, whose posting fails if the payer has too little
     * @throws DreamException as {@link PaymentChannels#open} says
     */
    public static Change<Channel> open(ChannelId id, AccountId payer, AccountId payee, Amount deposit, Instant now) {
        MoneyRules.requireSomething(deposit);
        Refusals.requirePerson(payee);
        if (payer.equals(payee)) {
            throw Refusals.invalid("A channel pays another account, not its own");
        }
        Channel channel = new Channel(id, payer, payee, deposit, Amount.ZERO, Channel.State.OPEN, now);
        return new Change<>(
                channel,
                new Payments().putIntoEscrow(payer, deposit.units()).postings(),
                List.of(channel),
                List.of(Notice.of(LedgerEvent.Kind.CHANNEL_OPENED, payer, deposit)));
    }

    /**
     * Adds to a channel's deposit.
     *
     * @param payer who adds
     * @param id the channel
     * @param amount how much
     * @param view the ledger
     * @return the change, whose posting fails if the payer has too little
     * @throws DreamException as {@link PaymentChannels#raise} says
     */
    public static Change<Channel> raise(AccountId payer, ChannelId id, Amount amount, LedgerView view) {
        Channel channel = channel(view, id);
        MoneyRules.requireSomething(amount);
        if (!payer.equals(channel.payer())) {
            throw Refusals.notPermitted("Only its payer may add to channel " + id);
        }
        requireState(channel, channel.state() == Channel.State.OPEN, "takes no more money");
        Channel raised = new Channel(
                id,
                payer,
                channel.payee(),
                channel.deposit().plus(amount),
                channel.paid(),
                channel.state(),
                channel.since());
        return new Change<>(
                raised,
                new Payments().putIntoEscrow(payer, amount.units()).postings(),
                List.of(raised),
                List.of(Notice.of(LedgerEvent.Kind.CHANNEL_RAISED, payer, amount)));
    }

    /**
     * Pays what a voucher promises and was not paid before.
     *
     * @param payee who redeems it
     * @param signed the voucher
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link PaymentChannels#redeem} says
     */
    public static Change<Channel> redeem(AccountId payee, SignedVoucher signed, LedgerView view) {
        if (!signed.voucher().ledger().equals(view.info().id())) {
            throw invalidVoucher("The voucher is for another ledger, "
                    + shortened(signed.voucher().ledger()));
        }
        Channel channel = channel(view, signed.voucher().channel());
        if (!payee.equals(channel.payee())) {
            throw Refusals.notPermitted("Only its payee may redeem vouchers of channel " + channel.id());
        }
        if (!signed.isSignedBy(channel.payer())) {
            throw invalidVoucher("The voucher is not signed by the payer of channel " + channel.id());
        }
        Amount promised = signed.voucher().cumulative();
        if (promised.compareTo(channel.paid()) <= 0) {
            throw invalidVoucher("Channel " + channel.id() + " has paid " + channel.paid()
                    + " smallest units, and the voucher" + " promises no more; redeem the latest one");
        }
        if (promised.compareTo(channel.deposit()) > 0) {
            throw invalidVoucher("The voucher promises more than the deposit of channel " + channel.id());
        }
        return pay(channel, promised);
    }

    private static Change<Channel> pay(Channel channel, Amount upTo) {
        requireState(channel, channel.state() != Channel.State.CLOSED, "pays nothing any more");
        Amount due = upTo.minus(channel.paid());
        Channel paid = new Channel(
                channel.id(),
                channel.payer(),
                channel.payee(),
                channel.deposit(),
                upTo,
                channel.state(),
                channel.since());
        List<Posting> postings = new Payments()
                .takeFromEscrow(channel.payer(), due.units())
                .give(channel.payee(), due.units())
                .postings();
        return new Change<>(
                paid,
                postings,
                List.of(paid),
                List.of(Notice.of(LedgerEvent.Kind.VOUCHER_REDEEMED, channel.payee(), due)));
    }

    /**
     * Ends a channel, or announces it.
     *
     * @param by who ends it
     * @param id the channel
     * @param view the ledger
     * @param now the ledger's time
     * @return the change
     * @throws DreamException as {@link PaymentChannels#close} says
     */
    public static Change<Channel> close(AccountId by, ChannelId id, LedgerView view, Instant now) {
        Channel channel = channel(view, id);
        if (!by.equals(channel.payer()) && !by.equals(channel.payee())) {
            throw Refusals.notPermitted("Only its payer and its payee may close channel " + id);
        }
        requireState(channel, channel.state() != Channel.State.CLOSED, "is closed already");
        if (by.equals(channel.payee())) {
            return closed(channel, now);
        }
        if (channel.state() == Channel.State.OPEN) {
            Channel closing = with(channel, Channel.State.CLOSING, now);
            return new Change<>(
                    closing,
                    List.of(),
                    List.of(closing),
                    List.of(Notice.of(LedgerEvent.Kind.CHANNEL_CLOSING, by, channel.left())));
        }
        Instant free = channel.since().plus(view.info().settlementWindow());
        if (now.isBefore(free)) {
            throw Refusals.notPermitted(
                    "The payee of channel " + id + " may redeem vouchers until " + free + "; close it then");
        }
        return closed(channel, now);
    }

    private static Change<Channel> closed(Channel channel, Instant now) {
        Channel closed = with(channel, Channel.State.CLOSED, now);
        return new Change<>(
                closed,
                new Payments().putBack(channel.payer(), channel.left().units()).postings(),
                List.of(closed),
                List.of(Notice.of(LedgerEvent.Kind.CHANNEL_CLOSED, channel.payer(), channel.left())));
    }

    private static Channel with(Channel channel, Channel.State state, Instant now) {
        return new Channel(
                channel.id(), channel.payer(), channel.payee(), channel.deposit(), channel.paid(), state, now);
    }

    /**
     * Settles an epoch.
     *
     * @param id its name
     * @param payer who owes
     * @param root the root over its lines
     * @param lines how many lines there are
     * @param total the sum of the lines that are on no channel
     * @param list where the lines lie
     * @param now the ledger's time
     * @return the change, whose posting fails if the payer has too little
     * @throws DreamException as {@link PaymentChannels#settle} says
     */
    public static Change<Epoch> settle(
            EpochId id, AccountId payer, Bytes root, long lines, Amount total, Cid list, Instant now) {
        if (root.length() != 32 || lines < 1) {
            throw Refusals.invalid("An epoch has a root of 32 bytes and one line at least");
        }
        Epoch epoch = new Epoch(id, payer, root, lines, total, Amount.ZERO, list, now);
        return new Change<>(
                epoch,
                new Payments().putIntoEscrow(payer, total.units()).postings(),
                List.of(epoch),
                List.of(Notice.of(LedgerEvent.Kind.EPOCH_SETTLED, payer, total)));
    }

    /**
     * Claims a line of an epoch.
     *
     * @param id the epoch
     * @param line the line
     * @param proof that it is one of the epoch's
     * @param view the ledger
     * @return the change
     * @throws DreamException as {@link PaymentChannels#claim} says
     */
    public static Change<EpochClaim> claim(EpochId id, EpochLine line, MerkleProof proof, LedgerView view) {
        Epoch epoch = view.epoch(id).orElseThrow(() -> notFound("epoch", id.value()));
        if (proof.size() != epoch.lines() || !proof.verify(epoch.root(), line.encode())) {
            throw new InvalidInputException(
                    ErrorCode.PROOF_INVALID, "The proof does not show that this line is one of epoch " + id);
        }
        if (view.isClaimed(id, proof.index())) {
            throw nothing("Line " + proof.index() + " of epoch " + id + " was claimed before");
        }
        return line.channel().isPresent()
                ? claimFromChannel(
                        epoch, line, proof.index(), channel(view, line.channel().get()))
                : claimFromTotal(epoch, line, proof.index(), view);
    }

    private static Change<EpochClaim> claimFromChannel(Epoch epoch, EpochLine line, long index, Channel channel) {
        if (!channel.payer().equals(epoch.payer()) || !channel.payee().equals(line.to())) {
            throw Refusals.notPermitted(
                    "Channel " + channel.id() + " is not from this epoch's payer to the account of the line");
        }
        if (line.amount().compareTo(channel.paid()) <= 0) {
            throw nothing("Channel " + channel.id() + " paid as much before");
        }
        requireMoney(line.amount().compareTo(channel.deposit()) <= 0, "The deposit of channel " + channel.id());
        Change<Channel> paid = pay(channel, line.amount());
        Amount due = line.amount().minus(channel.paid());
        EpochClaim claim = new EpochClaim(epoch.id(), index, due);
        return new Change<>(
                claim,
                paid.postings(),
                List.of(claim, paid.result()),
                List.of(Notice.of(LedgerEvent.Kind.EPOCH_CLAIMED, line.to(), due)));
    }

    private static Change<EpochClaim> claimFromTotal(Epoch epoch, EpochLine line, long index, LedgerView view) {
        MoneyRules.requireSomething(line.amount());
        Optional<StyleModel> pooled = styleOfPool(line.to(), view);
        if (pooled.isEmpty() && !line.to().equals(LedgerInfo.TREASURY)) {
            Refusals.requirePerson(line.to());
        }
        boolean enough = epoch.claimed()
                        .units()
                        .add(line.amount().units())
                        .compareTo(epoch.total().units())
                <= 0;
        requireMoney(enough, "The total of epoch " + epoch.id());
        Epoch after = new Epoch(
                epoch.id(),
                epoch.payer(),
                epoch.root(),
                epoch.lines(),
                epoch.total(),
                epoch.claimed().plus(line.amount()),
                epoch.list(),
                epoch.at());
        EpochClaim claim = new EpochClaim(epoch.id(), index, line.amount());
        List<Record> writes = new ArrayList<>(List.of(claim, after));
        // Contributors claim what their model's usage says came into its pool.
        pooled.ifPresent(model -> writes.add(RoyaltyRules.pooled(model, line.amount())));
        List<Posting> postings = new Payments()
                .takeFromEscrow(epoch.payer(), line.amount().units())
                .give(line.to(), line.amount().units())
                .postings();
        return new Change<>(
                claim, postings, writes, List.of(Notice.of(LedgerEvent.Kind.EPOCH_CLAIMED, line.to(), line.amount())));
    }

    /** Finds the style model whose contributors' pool an account is. */
    private static Optional<StyleModel> styleOfPool(AccountId account, LedgerView view) {
        if (!account.scheme().equals("pool") || !account.identifier().matches("[1-9][0-9]{0,17}")) {
            return Optional.empty();
        }
        return view.style(new StyleId(Long.parseLong(account.identifier())))
                .filter(model -> model.contributors().isPresent());
    }

    private static void requireMoney(boolean enough, String what) {
        if (!enough) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS, what + " is smaller than what was promised; ask the payer");
        }
    }

    private static Channel channel(LedgerView view, ChannelId id) {
        return view.channel(id).orElseThrow(() -> notFound("payment channel", id.value()));
    }

    private static void requireState(Channel channel, boolean holds, String otherwise) {
        if (!holds) {
            throw new ConflictException(
                    ErrorCode.CHANNEL_STATE_CONFLICT, "Channel " + channel.id() + " " + otherwise + "; open another");
        }
    }

    private static NotFoundException notFound(String what, String id) {
        return new NotFoundException(
                ErrorCode.CHANNEL_NOT_FOUND, "There is no " + what + " " + id + " on this ledger; check its id");
    }

    private static ConflictException nothing(String message) {
        return new ConflictException(ErrorCode.NOTHING_TO_CLAIM, message);
    }

    private static InvalidInputException invalidVoucher(String message) {
        return new InvalidInputException(ErrorCode.VOUCHER_INVALID, message);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
