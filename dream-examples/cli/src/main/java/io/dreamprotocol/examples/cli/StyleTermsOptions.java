package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** The options that say what the use of a style model costs. */
final class StyleTermsOptions {
    private static final String DERIVE_PRICE = "--derive-price";
    private static final String LICENCE_PRICE = "--licence-price";
    private static final String LICENCE_DAYS = "--licence-days";
    private static final String NOBODY = "none";
    private static final String EVER = "ever";

    private StyleTermsOptions() {}

    static void describe(CommandSpec spec) {
        Options.text(
                spec, DERIVE_PRICE, "COINS", "what others pay to register a model derived from it; none: they may not");
        Options.text(spec, LICENCE_PRICE, "COINS", "what a worker pays for the key of a sealed model");
        Options.text(spec, LICENCE_DAYS, "N", "how many days such a licence lasts; ever: without end");
    }

    /** Changes terms as the options say. */
    static StyleTerms apply(StyleTerms terms, Optional<Amount> price, MarketRun run) {
        Arguments arguments = run.arguments();
        return new StyleTerms(
                price.orElse(terms.price()),
                run.amount(LICENCE_PRICE).orElse(terms.licencePrice()),
                arguments.text(LICENCE_DAYS).isPresent() ? days(arguments) : terms.licenceTime(),
                arguments.text(DERIVE_PRICE).isPresent()
                        ? arguments
                                .text(DERIVE_PRICE)
                                .filter(text -> !text.equals(NOBODY))
                                .map(run::amountOf)
                        : terms.derivePrice());
    }

    private static Optional<Duration> days(Arguments arguments) {
        if (arguments.text(LICENCE_DAYS).equals(Optional.of(EVER))) {
            return Optional.empty();
        }
        int days = arguments.integer(LICENCE_DAYS, ErrorCode.INVALID_REQUEST).orElseThrow();
        if (days < 1 || days > StyleTerms.MAX_LICENCE_TIME.toDays()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    LICENCE_DAYS + " must be between 1 and " + StyleTerms.MAX_LICENCE_TIME.toDays() + ", or " + EVER);
        }
        return Optional.of(Duration.ofDays(days));
    }
}
