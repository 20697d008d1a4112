package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundId;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** The commands below {@code dream round}: making a style model together. */
final class RoundCommands implements CommandGroup {
    @Override
    public String name() {
        return "round";
    }

    @Override
    public CommandSpec spec() {
        return CommandGroup.describe(
                name(),
                "Makes a style model together: pledges of money, images and compute become shares.",
                "dream round start \"Fox icons\" --base gloss --goal 50 --days 14",
                "dream round pledge 1 --money 20 --key alice",
                "dream round show 1",
                "dream round conclude 1 foxes.safetensors --price 0.3");
    }

    @Override
    public List<Command> actions() {
        return List.of(
                new RoundStartCommand(),
                new RoundPledgeCommand(),
                new RoundAcceptCommand(),
                new RoundListCommand(),
                new RoundShowCommand(),
                new RoundConcludeCommand(),
                new RoundRefundCommand());
    }

    /** Finds the round that a user means by its number. */
    static Round find(String text, MarketRun run) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "Not the number of a round: '" + PrintableText.oneLine(text, 40)
                            + "'; 'dream round list' shows them");
        }
        return run.ledger()
                .rounds()
                .find(new RoundId(Long.parseLong(text)))
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.ROUND_NOT_FOUND,
                        "There is no round " + text
                                + " on this ledger; 'dream round list' shows the ones that there are"));
    }

    static String state(Round round) {
        return round.state().name().toLowerCase(Locale.ROOT);
    }
}
