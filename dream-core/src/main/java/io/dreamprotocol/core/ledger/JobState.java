package io.dreamprotocol.core.ledger;

/** Where a job stands in its life. The audit's states follow behind {@link #SUBMITTED} once there is one. */
public enum JobState {
    /** Paid for in escrow and waiting for a worker. */
    OPEN,
    /** A worker holds its lease. */
    CLAIMED,
    /** The worker handed in a result, whose payment waits for settlement. */
    SUBMITTED,
    /** The worker is paid, the rest went back to the requester. */
    SETTLED,
    /** The requester took it back; steps already done are paid, the rest went back. */
    CANCELLED,
    /** Its deadline passed before a result; everything went back. */
    EXPIRED,
    /** No worker could do it; everything went back. */
    FAILED;

    /**
     * Tells whether nothing can happen to the job any more.
     *
     * @return true in the last four states
     */
    public boolean isFinal() {
        return compareTo(SETTLED) >= 0;
    }
}
