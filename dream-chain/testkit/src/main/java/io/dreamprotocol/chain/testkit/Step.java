package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import java.time.Duration;

/**
 * One step of a random history. Accounts and jobs are numbers, taken modulo how many there are when the step is carried out, so
 * that a history stays one when steps are left out.
 */
sealed interface Step {
    /** In place of an account's number: the account that may do it, which is the job's worker or requester. */
    int FITTING = -1;

    /** A write under a key, which is its number. */
    record Write(int number, int account, Operation operation) implements Step {}

    /** The write of this number once more. */
    record Again(int number) implements Step {}

    /** Another write of the same account under the key of this number. */
    record ReusedKey(int number, Operation operation) implements Step {}

    /** A sign of life, which has no key. */
    record Heartbeat(int account, int job, int stepsDone, Duration lease) implements Step {}

    /** Time passes, or the clock steps back. */
    record Advance(Duration by) implements Step {}

    /** The ledger is closed and opened again. */
    record Reopen() implements Step {}

    /** What a write does. */
    sealed interface Operation {}

    /** A deposit. */
    record Deposit(Amount amount) implements Operation {}

    /** A withdrawal. */
    record Withdraw(Amount amount) implements Operation {}

    /** A job of some steps of one megapixel each. */
    record Submit(Amount maximumFee, int steps, Duration time) implements Operation {}

    /** A claim. */
    record Claim(int job, Amount ask, Duration lease) implements Operation {}

    /** A result. */
    record Deliver(int job) implements Operation {}

    /** A settlement. */
    record Settle(int job) implements Operation {}

    /** A cancellation. */
    record Cancel(int job) implements Operation {}

    /** A job given back. */
    record Abandon(int job, boolean permanent) implements Operation {}
}
