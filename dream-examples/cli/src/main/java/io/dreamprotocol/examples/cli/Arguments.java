package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.ParseResult;

/** What a user gave to one command; an option of all commands may stand before or behind the command's name. */
final class Arguments {
    private final String command;
    private final ParseResult outer;
    private final ParseResult inner;

    /**
     * Wraps what was parsed.
     *
     * @param outer of {@code dream} itself
     * @param inner of the command
     */
    Arguments(ParseResult outer, ParseResult inner) {
        this.command = inner.commandSpec().qualifiedName();
        this.outer = outer;
        this.inner = inner;
    }

    UsageException usage(String message) {
        return new UsageException(command, message);
    }

    boolean flag(String option) {
        return inner.hasMatchedOption(option) || outer.hasMatchedOption(option);
    }

    Optional<String> text(String option) {
        if (inner.hasMatchedOption(option)) {
            return Optional.ofNullable(inner.matchedOptionValue(option, (String) null));
        }
        return outer.hasMatchedOption(option)
                ? Optional.ofNullable(outer.matchedOptionValue(option, (String) null))
                : Optional.empty();
    }

    /** Returns the values of an option that may be given several times, in order. */
    List<String> texts(String option) {
        return inner.hasMatchedOption(option) ? inner.matchedOptionValue(option, List.<String>of()) : List.of();
    }

    /** Returns the arguments that belong to no option. */
    List<String> positional() {
        return inner.matchedPositionalValue(0, List.of());
    }

    Optional<String> first() {
        return inner.hasMatchedPositional(0) ? Optional.of(positional().getFirst()) : Optional.empty();
    }

    /**
     * Returns an option that is a whole number.
     *
     * @param option its name
     * @param outOfRange the error of a number that is none of 32 bits
     */
    OptionalInt integer(String option, ErrorCode outOfRange) {
        Optional<BigInteger> value = number(option);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.get().bitLength() > 31) {
            throw outOfRange(option, outOfRange);
        }
        return OptionalInt.of(value.get().intValue());
    }

    /** Returns an option that is a whole number of 64 bits. */
    OptionalLong longInteger(String option, ErrorCode outOfRange) {
        Optional<BigInteger> value = number(option);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get().bitLength() > 63) {
            throw outOfRange(option, outOfRange);
        }
        return OptionalLong.of(value.get().longValue());
    }

    /** Returns an option that is a decimal number; the words {@code NaN} and {@code Infinity} are numbers too. */
    OptionalDouble decimal(String option) {
        Optional<String> text = text(option);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text.get()));
        } catch (NumberFormatException e) {
            throw usage(option + " needs a number, not '" + PrintableText.oneLine(text.get(), 40) + "'");
        }
    }

    private Optional<BigInteger> number(String option) {
        Optional<String> text = text(option);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String digits = text.get();
        // Reading a number takes time that grows with the square of its length.
        if (digits.length() <= 100) {
            try {
                return Optional.of(new BigInteger(digits));
            } catch (NumberFormatException e) {
                throw notWhole(option, digits);
            }
        }
        throw notWhole(option, digits);
    }

    private UsageException notWhole(String option, String text) {
        return usage(option + " needs a whole number, not '" + PrintableText.oneLine(text, 40) + "'");
    }

    private InvalidInputException outOfRange(String option, ErrorCode code) {
        return new InvalidInputException(
                code, option + " is out of range: " + text(option).orElse("") + "; choose a smaller number");
    }
}
