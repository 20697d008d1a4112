package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.util.List;
import java.util.Optional;

/** What the rules may look up of a ledger, all of it as it is at one moment. */
public interface LedgerView {
    /**
     * Returns what distinguishes the ledger.
     *
     * @return the ledger's facts
     */
    LedgerInfo info();

    /**
     * Looks up a style model.
     *
     * @param id its number
     * @return the model, if there is one
     */
    Optional<StyleModel> style(StyleId id);

    /**
     * Looks up a style model.
     *
     * @param name its name
     * @return the model, if there is one
     */
    Optional<StyleModel> styleNamed(String name);

    /**
     * Looks up the style model that chiefly is a file.
     *
     * @param sha256 the file's digest
     * @return the model, if there is one
     */
    Optional<StyleModel> styleOfFile(Bytes sha256);

    /**
     * Returns the number that the next style model gets.
     *
     * @return the number
     */
    StyleId nextStyle();

    /**
     * Tells whether an account may transfer every style model of another.
     *
     * @param owner whose models
     * @param operator who
     * @return true if it may
     */
    boolean isOperator(AccountId owner, AccountId operator);

    /**
     * Tells whether an account paid for a job with a style model before.
     *
     * @param style the model
     * @param payer the account
     * @return true if it did
     */
    boolean hasPaid(StyleId style, AccountId payer);

    /**
     * Looks up a licence.
     *
     * @param style the model
     * @param holder the worker
     * @return the latest licence, whatever its state
     */
    Optional<Licence> licence(StyleId style, AccountId holder);

    /**
     * Looks up what a contributor claimed.
     *
     * @param style the model
     * @param contributor the contributor
     * @return its claims, if it ever made one
     */
    Optional<PoolClaim> poolClaim(StyleId style, AccountId contributor);

    /**
     * Looks up a payment channel.
     *
     * @param id its name
     * @return the channel, if there is one
     */
    Optional<Channel> channel(ChannelId id);

    /**
     * Looks up a settled epoch.
     *
     * @param id its name
     * @return the epoch, if there is one
     */
    Optional<Epoch> epoch(EpochId id);

    /**
     * Tells whether a line of an epoch was claimed.
     *
     * @param epoch the epoch
     * @param index the line's place
     * @return true if it was
     */
    boolean isClaimed(EpochId epoch, long index);

    /**
     * Looks up a co-creation round.
     *
     * @param id its number
     * @return the round, if there is one
     */
    Optional<Round> round(RoundId id);

    /**
     * Returns the number that the next round gets.
     *
     * @return the number
     */
    RoundId nextRound();

    /**
     * Returns the pledges of a round.
     *
     * @param round the round
     * @return the pledges in the order in which they were first made
     */
    List<Pledge> pledges(RoundId round);

    /**
     * Returns a worker's standing.
     *
     * @param account the worker
     * @return its record; {@link WorkerRecord#unknown} if there is none
     */
    WorkerRecord worker(AccountId account);

    /**
     * Returns the offers that stand.
     *
     * @return the offers, {@linkplain OfferRules#CHEAPEST_FIRST the cheapest first}
     */
    List<WorkerOffer> offers();
}
