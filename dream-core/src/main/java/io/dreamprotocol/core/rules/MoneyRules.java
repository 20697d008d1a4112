package io.dreamprotocol.core.rules;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Posting;
import java.math.BigInteger;

/**
 * The rules by which money comes into a ledger and leaves it, as pure functions; what happens in between only moves it.
 *
 * <p>All money of one ledger together is at most {@link Amount#MAX}, so no account's balance can ever overflow and no payment
 * can fail for that.
 */
public final class MoneyRules {
    private MoneyRules() {}

    /**
     * Brings money in.
     *
     * @param account who gets it
     * @param amount how much
     * @param supply all money of the ledger before
     * @return the change of the account's money
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if it is nothing, or more than the ledger can hold
     */
    public static Posting deposit(AccountId account, Amount amount, Amount supply) {
        requireSomething(amount);
        if (supply.units().add(amount.units()).compareTo(Amount.MAX.units()) > 0) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_AMOUNT,
                    "All money of a ledger together is at most 2^128 - 1 smallest units; deposit less");
        }
        return new Posting(account, amount.units(), BigInteger.ZERO);
    }

    /**
     * Takes money out.
     *
     * @param account whose
     * @param amount how much
     * @return the change of the account's money, which fails if less is available
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if it is nothing
     */
    public static Posting withdraw(AccountId account, Amount amount) {
        requireSomething(amount);
        return new Posting(account, amount.units().negate(), BigInteger.ZERO);
    }

    static void requireSomething(Amount amount) {
        if (amount.isZero()) {
            throw new InvalidInputException(ErrorCode.INVALID_AMOUNT, "The amount must not be zero");
        }
    }
}
