package io.dreamprotocol.core.ledger;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.money.Amount;
import java.util.Objects;
import java.util.Optional;

/**
 * A worker's standing on a ledger. Every account that ever claimed a job has one, registered or not.
 *
 * @param account the worker
 * @param profile what it says of itself, while it is registered
 * @param stake what it put at stake, which lies in its escrow
 * @param held how many jobs it holds now, or has handed in that are not settled
 * @param completed how many of its jobs were settled
 * @param faulted how many jobs it gave back or lost by silence
 * @param slashed how often it lost stake for wrong work
 */
public record WorkerRecord(
        AccountId account,
        Optional<WorkerProfile> profile,
        Amount stake,
        int held,
        long completed,
        long faulted,
        long slashed) {
    /** Checks the ranges. */
    public WorkerRecord {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(profile, "profile");
        Objects.requireNonNull(stake, "stake");
        if (held < 0 || completed < 0 || faulted < 0 || slashed < 0) {
            throw new IllegalArgumentException("A worker's record out of range: " + account);
        }
    }

    /**
     * Returns the record of an account of which nothing is known.
     *
     * @param account the account
     * @return the empty record
     */
    public static WorkerRecord unknown(AccountId account) {
        return new WorkerRecord(account, Optional.empty(), Amount.ZERO, 0, 0, 0, 0);
    }
}
