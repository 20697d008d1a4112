package io.dreamprotocol.chain.testkit;

/** What a ledger may be unable to do in a test. Each is taken as supported unless the backend declines it with a reason. */
public enum LedgerCapability {
    /** It can be closed and opened again with all that it held. */
    REOPENS,
    /** It can be opened twice at a time. */
    SHARED,
    /** Its clock can be made to step back. */
    CLOCK_STEPS_BACK,
    /** An account can be given the largest amount. */
    LARGEST_AMOUNT
}
