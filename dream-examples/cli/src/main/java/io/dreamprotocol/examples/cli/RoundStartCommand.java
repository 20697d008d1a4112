package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.StyleModel;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;

/** Starts a co-creation round. */
final class RoundStartCommand implements Command {
    private static final String BASE = "--base";
    private static final String BASE_SHARE = "--base-share";
    private static final String GOAL = "--goal";
    private static final String DAYS = "--days";
    private static final String ORGANISER = "--organiser";
    private static final String MONEY = "--money";
    private static final String IMAGES = "--images";
    private static final String COMPUTE = "--compute";

    @Override
    public String name() {
        return "start";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Starts a round for a new style model.",
                "The four shares say what the organiser and each kind of pledge have of what the new model keeps; they add"
                        + " up to 100 per cent. Shares are per cent, as 12.5, or parts of 10,000, as 1250p.",
                "dream round start \"Fox icons\" --base gloss --goal 50 --days 14",
                "dream round start \"Fox icons\" --base gloss --base-share 5 --goal 50 --days 14 --organiser 40"
                        + " --money 40 --images 20 --compute 0");
        Options.positional(spec, "1..*", "TITLE", "what shall come out");
        Options.text(spec, BASE, "NAME|NUMBER", "the style model that is tuned further");
        Options.text(spec, BASE_SHARE, "SHARE", "what the base takes of all that the new model earns (default: 10)");
        Options.text(spec, GOAL, "COINS", "the least money that must come together");
        Options.text(spec, DAYS, "N", "how many days pledges are taken, 1 to 366 (default: 30)");
        Options.text(spec, ORGANISER, "SHARE", "the organiser's share (default: 30)");
        Options.text(spec, MONEY, "SHARE", "the share of all money together (default: 40)");
        Options.text(spec, IMAGES, "SHARE", "the share of all images together (default: 20)");
        Options.text(spec, COMPUTE, "SHARE", "the share of all compute together (default: 10)");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        if (arguments.text(BASE).isEmpty() || arguments.text(GOAL).isEmpty()) {
            throw arguments.usage("A round needs " + BASE + " and " + GOAL);
        }
        int days = arguments.integer(DAYS, ErrorCode.INVALID_REQUEST).orElse(30);
        if (days < 1 || days > RoundRules.MAX_TIME.toDays()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    DAYS + " must be between 1 and " + RoundRules.MAX_TIME.toDays() + ", not " + days);
        }
        return MarketRun.of(arguments, context, run -> {
            StyleModel base = run.style(arguments.text(BASE).orElseThrow());
            // A minute less, because the ledger's clock may be behind this one.
            Instant deadline = Instant.now().plus(Duration.ofDays(days)).minusSeconds(60);
            RoundTerms terms = new RoundTerms(
                    String.join(" ", arguments.positional()),
                    base.id(),
                    share(BASE_SHARE, "10", arguments),
                    run.amount(GOAL).orElseThrow(),
                    deadline,
                    share(ORGANISER, "30", arguments),
                    share(MONEY, "40", arguments),
                    share(IMAGES, "20", arguments),
                    share(COMPUTE, "10", arguments));
            Round round = run.ledger().rounds().start(run.requester(), terms, IdempotencyKey.random());
            RoundShowCommand.tell(round, run);
        });
    }

    private static int share(String option, String usual, Arguments arguments) {
        return Shares.parts(arguments.text(option).orElse(usual));
    }
}
