package io.dreamprotocol.core.money;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;

/**
 * An amount of money in the ledger's smallest unit: an integer from 0 to 2^128 - 1, the range that every backend has.
 *
 * @param units the number of smallest units
 */
public record Amount(BigInteger units) implements Comparable<Amount> {
    /** Nothing. */
    public static final Amount ZERO = new Amount(BigInteger.ZERO);

    /** The largest amount, 2^128 - 1. */
    public static final Amount MAX = new Amount(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));

    /**
     * Checks the range.
     *
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT}
     */
    public Amount {
        Objects.requireNonNull(units, "units");
        if (units.signum() < 0 || units.bitLength() > 128) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_AMOUNT,
                    "An amount lies between 0 and 2^128 - 1 smallest units; got " + shown(units));
        }
    }

    private static String shown(BigInteger units) {
        return units.bitLength() > 192 ? "a number of " + units.bitLength() + " bits" : units.toString();
    }

    /**
     * Creates an amount.
     *
     * @param units the number of smallest units, not negative
     * @return the amount
     */
    public static Amount of(long units) {
        return new Amount(BigInteger.valueOf(units));
    }

    /**
     * Adds another amount.
     *
     * @param other the other
     * @return the sum
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if it is too large
     */
    public Amount plus(Amount other) {
        return new Amount(units.add(other.units));
    }

    /**
     * Subtracts another amount.
     *
     * @param other the other, not larger
     * @return the difference
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if the other is larger
     */
    public Amount minus(Amount other) {
        return new Amount(units.subtract(other.units));
    }

    /**
     * Multiplies by a fraction and rounds down; the product may be larger than an amount, the result may not.
     *
     * @param numerator the numerator, not negative
     * @param denominator the denominator, positive
     * @return {@code floor(this * numerator / denominator)}
     */
    public Amount times(BigInteger numerator, BigInteger denominator) {
        if (numerator.signum() < 0 || denominator.signum() <= 0) {
            throw new IllegalArgumentException("A share is a fraction that is not negative");
        }
        return new Amount(units.multiply(numerator).divide(denominator));
    }

    /**
     * Tells whether this is nothing.
     *
     * @return true if the amount is zero
     */
    public boolean isZero() {
        return units.signum() == 0;
    }

    /**
     * Returns the amount in whole coins.
     *
     * @param decimals how many decimal digits a coin has
     * @return the amount in plain digits, without trailing zeros
     */
    public String toCoins(int decimals) {
        BigDecimal coins = new BigDecimal(units, decimals).stripTrailingZeros();
        return coins.toPlainString();
    }

    /**
     * Reads an amount in whole coins.
     *
     * @param coins plain decimal digits, for example {@code 12.5}
     * @param decimals how many decimal digits a coin has
     * @return the amount
     * @throws InvalidInputException with {@link ErrorCode#INVALID_AMOUNT} if it is no number, negative, too large or too fine
     */
    public static Amount ofCoins(String coins, int decimals) {
        if (!coins.matches("-?[0-9]{1,60}(\\.[0-9]{1,60})?")) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_AMOUNT, "Not an amount: '" + shortened(coins) + "'; write for example 12.5");
        }
        try {
            return new Amount(new BigDecimal(coins).movePointRight(decimals).toBigIntegerExact());
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_AMOUNT,
                    "Amount " + shortened(coins) + " is finer than " + decimals + " decimals",
                    e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    @Override
    public int compareTo(Amount other) {
        return units.compareTo(other.units);
    }

    /** Returns the number of smallest units. */
    @Override
    public String toString() {
        return units.toString();
    }
}
