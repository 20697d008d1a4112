package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.money.Amount;
import java.util.Objects;

/**
 * A line of an epoch that was claimed.
 *
 * @param epoch the epoch
 * @param index the line's place, from 0
 * @param paid what was paid
 */
public record EpochClaim(EpochId epoch, long index, Amount paid) {
    /** Checks that every part is there. */
    public EpochClaim {
        Objects.requireNonNull(epoch, "epoch");
        Objects.requireNonNull(paid, "paid");
    }
}
