package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import java.time.Instant;
import java.util.Objects;

/**
 * A deposit from which one account pays another by vouchers. The deposit lies in the payer's escrow, and only the payee can take of
 * it until the channel is closed.
 *
 * @param id its name
 * @param payer who pays
 * @param payee who is paid
 * @param deposit everything that was ever put in
 * @param paid what the payee took so far
 * @param state where it stands
 * @param since when it came into that state, by the ledger's clock
 */
public record Channel(
        ChannelId id, AccountId payer, AccountId payee, Amount deposit, Amount paid, State state, Instant since) {
    /** Where a channel stands. */
    public enum State {
        /** The payer may add to it, and the payee redeem vouchers. */
        OPEN,
        /** The payer wants it back; the payee may still redeem vouchers until the settlement window has passed. */
        CLOSING,
        /** What was left went back to the payer. */
        CLOSED
    }

    /** Checks that every part is there. */
    public Channel {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(payer, "payer");
        Objects.requireNonNull(payee, "payee");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        if (paid.compareTo(deposit) > 0) {
            throw new IllegalArgumentException("A channel paid more than its deposit");
        }
    }

    /**
     * Returns what is still in it.
     *
     * @return the deposit less what was paid
     */
    public Amount left() {
        return deposit.minus(paid);
    }
}
