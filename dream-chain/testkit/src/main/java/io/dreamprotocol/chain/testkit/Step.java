package io.dreamprotocol.chain.testkit;

import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.style.StyleQuery;
import io.dreamprotocol.core.style.StyleTerms;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One step of a random history. Accounts, jobs, style models, channels, epochs and rounds are numbers, taken modulo how many there are
 * when the step is carried out, so that a history stays one when steps are left out.
 */
sealed interface Step {
    /** In place of an account's number: the account that may do it, such as the job's worker or the style model's owner. */
    int FITTING = -1;

    /** A write under a key, which is its number. */
    record Write(int number, int account, Operation operation) implements Step {}

    /** The write of this number once more. */
    record Again(int number) implements Step {}

    /** Another write of the same account under the key of this number. */
    record ReusedKey(int number, Operation operation) implements Step {}

    /** A sign of life, which has no key. */
    record Heartbeat(int account, int job, int stepsDone, Duration lease) implements Step {}

    /** An offer, which has no key. */
    record Announce(int account, Amount ask, Duration time) implements Step {}

    /** An offer taken back. */
    record Retire(int account) implements Step {}

    /** A search of the library. */
    record Search(String words, StyleQuery.Order order, int limit, Optional<Integer> after) implements Step {}

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

    /** A part of a style model: in a job, or as a parent. */
    record Use(int style, int parts) {}

    /** A job of some steps of one megapixel each. */
    record Submit(Amount maximumFee, int steps, Duration time, List<Use> styles, Amount maximumRoyalties)
            implements Operation {}

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

    /** A worker's registration. */
    record RegisterWorker(long memory, Amount stake) implements Operation {}

    /** The end of a worker's registration. */
    record Leave() implements Operation {}

    /** A style model, whose names and files are numbers too and may be taken. */
    record RegisterStyle(
            int name,
            int file,
            boolean sealed,
            StyleTerms terms,
            int coOwners,
            int contributors,
            boolean heavyWeights,
            List<Use> parents,
            Amount maximumCost)
            implements Operation {}

    /** A new owner. */
    record Transfer(int style, int to) implements Operation {}

    /** An approval, or its end. */
    record Approve(int style, Optional<Integer> spender) implements Operation {}

    /** An operator, or its end. */
    record ApproveAll(int operator, boolean approved) implements Operation {}

    /** New terms. */
    record ChangeTerms(int style, StyleTerms terms) implements Operation {}

    /** A licence bought. */
    record BuyLicence(int style, int keyBytes, Amount maximumPrice) implements Operation {}

    /** The money for a licence taken back. */
    record WithdrawLicence(int style) implements Operation {}

    /** A key handed over, perhaps wrapped to another public key. */
    record GrantLicence(int style, int holder, boolean toAnotherKey, Optional<Duration> time) implements Operation {}

    /** A licence ended. */
    record RevokeLicence(int style, int holder) implements Operation {}

    /** A contributor's claim, perhaps with a greater weight or another's proof. */
    record ClaimPool(int style, int contributor, Twist twist) implements Operation {}

    /** A channel opened. */
    record OpenChannel(int payee, Amount deposit) implements Operation {}

    /** A channel's deposit raised. */
    record Raise(int channel, Amount amount) implements Operation {}

    /** A voucher: over so much more than was paid, or over so much in all. */
    record Redeem(int channel, Amount amount, boolean onTop, Twist twist) implements Operation {}

    /** A channel closed. */
    record CloseChannel(int channel) implements Operation {}

    /** What an epoch owes somebody, perhaps on a channel. */
    record Line(int to, Amount amount, Optional<Integer> channel) {}

    /** An epoch, perhaps with less money than its lines need. */
    record SettleEpoch(List<Line> lines, boolean honest) implements Operation {}

    /** A line claimed. */
    record ClaimLine(int epoch, int line, Twist twist) implements Operation {}

    /** A round started. */
    record StartRound(int base, int baseParts, Amount goal, Duration time, int organiser, int images)
            implements Operation {}

    /** Something put into a round. */
    record PledgeTo(int round, Pledge.Kind kind, BigInteger quantity) implements Operation {}

    /** A pledge accepted. */
    record Accept(int round, int pledger, Pledge.Kind kind) implements Operation {}

    /** A round concluded, perhaps with shares that do not follow from the pledges. */
    record Conclude(int round, int name, int file, Twist twist) implements Operation {}

    /** A round refunded. */
    record Refund(int round) implements Operation {}

    /** How a proof, a voucher or a share is wrong. */
    enum Twist {
        /** It is right. */
        NONE,
        /** It says another amount or weight than it proves. */
        CHANGED,
        /** It is another one's. */
        FOREIGN
    }
}
