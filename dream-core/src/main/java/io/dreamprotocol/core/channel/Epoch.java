package io.dreamprotocol.core.channel;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.Cid;
import java.time.Instant;
import java.util.Objects;

/**
 * What a payer owes for many jobs, settled by one write: a Merkle root over {@link EpochLine}s, of which everyone claims their own.
 *
 * @param id its name
 * @param payer who owes
 * @param root the root over the lines
 * @param lines how many lines there are, at least 1
 * @param total the sum of the lines that are on no channel, which lies in the payer's escrow until it is claimed
 * @param claimed what of it was claimed
 * @param list where the lines lie, from which anyone can make the proofs
 * @param at when it was settled, by the ledger's clock
 */
public record Epoch(
        EpochId id, AccountId payer, Bytes root, long lines, Amount total, Amount claimed, Cid list, Instant at) {
    /** Checks the ranges. */
    public Epoch {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(payer, "payer");
        Objects.requireNonNull(list, "list");
        Objects.requireNonNull(at, "at");
        if (root.length() != 32 || lines < 1 || claimed.compareTo(total) > 0) {
            throw new IllegalArgumentException("Not an epoch: " + lines + " lines");
        }
    }
}
