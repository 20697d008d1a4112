package io.dreamprotocol.core.payment;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.channel.EpochLine;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.JobId;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Amount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one payer owes for jobs that ran off the ledger, added up until it is settled as an epoch.
 *
 * <p>What a worker gets for its work goes onto its channel, as a voucher's sum would; without one, and for everybody else, it
 * goes into the epoch's total. There is one line for each recipient, however many the jobs. It keeps nothing on disk: after a
 * crash it is made anew from the receipts, and a job that is added twice counts once. Not thread-safe.
 */
public final class EpochBook {
    private final Map<AccountId, ChannelId> channels = new HashMap<>();
    private final Map<ChannelId, Amount> deposits = new HashMap<>();
    private final Map<ChannelId, Amount> promised = new HashMap<>();
    private final Set<ChannelId> raised = new HashSet<>();
    private final Map<AccountId, Amount> owed = new TreeMap<>();
    private final Set<JobId> jobs = new HashSet<>();

    /** Starts with nothing owed. */
    public EpochBook() {}

    /**
     * Lets a worker's payments go onto a channel from now on.
     *
     * @param channel the open channel of the payer to the worker
     * @param promised everything that was promised on it so far, by vouchers or by epochs before
     */
    public void use(Channel channel, Amount promised) {
        Amount least = promised.compareTo(channel.paid()) < 0 ? channel.paid() : promised;
        this.promised.merge(channel.id(), least, (before, now) -> before.compareTo(now) < 0 ? now : before);
        deposits.put(channel.id(), channel.deposit());
        channels.put(channel.payee(), channel.id());
    }

    /**
     * Adds what a job owes.
     *
     * @param job the job's name
     * @param payments who gets what, from {@link JobFee#payments}
     * @return false if the job was added before, and nothing was changed
     * @throws ConflictException with {@link ErrorCode#INSUFFICIENT_FUNDS} if a channel's deposit is too small; raise it, call
     *     {@link #use} with the channel, and add the job again
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if a recipient is owed more than any amount
     */
    public boolean add(JobId job, List<Payment> payments) {
        if (jobs.contains(job)) {
            return false;
        }
        // All sums are made before one is kept, so that a refusal changes nothing.
        Map<ChannelId, Amount> onChannels = new HashMap<>();
        Map<AccountId, Amount> onTotal = new HashMap<>();
        for (Payment payment : payments) {
            ChannelId channel = payment.purpose() == Payment.Purpose.WORK ? channels.get(payment.to()) : null;
            if (channel == null) {
                Amount before = onTotal.getOrDefault(payment.to(), owed.getOrDefault(payment.to(), Amount.ZERO));
                onTotal.put(payment.to(), before.plus(payment.amount()));
            } else {
                Amount before = onChannels.getOrDefault(channel, promised(channel));
                onChannels.put(channel, before.plus(payment.amount()));
            }
        }
        onChannels.forEach(this::requireDeposit);
        onTotal.values().removeIf(Amount::isZero);
        promised.putAll(onChannels);
        raised.addAll(onChannels.keySet());
        owed.putAll(onTotal);
        jobs.add(job);
        return true;
    }

    private void requireDeposit(ChannelId channel, Amount sum) {
        Amount deposit = deposits.getOrDefault(channel, Amount.ZERO);
        if (sum.compareTo(deposit) > 0) {
            throw new ConflictException(
                    ErrorCode.INSUFFICIENT_FUNDS,
                    "Channel " + channel + " has a deposit of " + deposit + " smallest units, and " + sum
                            + " would be promised; raise it");
        }
    }

    /**
     * Returns what was promised on a channel since it was opened.
     *
     * @param channel the channel
     * @return the sum, which a voucher may state too
     */
    public Amount promised(ChannelId channel) {
        return promised.getOrDefault(channel, Amount.ZERO);
    }

    /**
     * Returns what an account is owed by this epoch, besides what is on a channel.
     *
     * @param account the account
     * @return the sum
     */
    public Amount owed(AccountId account) {
        return owed.getOrDefault(account, Amount.ZERO);
    }

    /**
     * Tells whether nothing was added since the last epoch.
     *
     * @return true if there is nothing to settle
     */
    public boolean isEmpty() {
        return owed.isEmpty() && raised.isEmpty();
    }

    /**
     * Returns the lines of everything that was added since the last epoch. Nothing is forgotten before {@link #settled} is
     * called.
     *
     * @return the lines
     * @throws InvalidInputException with {@link ErrorCode#INVALID_REQUEST} if there is nothing
     */
    public EpochList list() {
        List<EpochLine> lines = new ArrayList<>();
        owed.forEach((to, amount) -> lines.add(new EpochLine(to, amount, Optional.empty())));
        channels.forEach((to, channel) -> {
            if (raised.contains(channel)) {
                lines.add(new EpochLine(to, promised(channel), Optional.of(channel)));
            }
        });
        return EpochList.of(lines);
    }

    /**
     * Starts the next epoch, once the ledger has the last one. What was promised on channels goes on from there, and the jobs
     * stay known.
     */
    public void settled() {
        owed.clear();
        raised.clear();
    }
}
