package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.round.Round;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Lists the co-creation rounds. */
final class RoundListCommand implements Command {
    private static final String LIMIT = "--limit";
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 1000;

    @Override
    public String name() {
        return "list";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec =
                Options.command(name(), "Lists the rounds, the newest first.", "", "dream round list --limit 5");
        Options.text(spec, LIMIT, "N", "the most rounds to list, 1 to 1000 (default: 20)");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        int limit = arguments.integer(LIMIT, ErrorCode.INVALID_REQUEST).orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, "The limit must be between 1 and " + MAX_LIMIT + ", not " + limit);
        }
        return MarketRun.of(arguments, context, run -> {
            List<Round> rounds = run.ledger().rounds().newest(limit);
            if (run.json()) {
                Json json = new Json().object().array("rounds");
                rounds.forEach(round ->
                        RoundShowCommand.members(round, json.object(), run).end());
                run.print(json.endArray().end());
            } else if (rounds.isEmpty()) {
                run.terminal().error("There are no rounds yet; start one with: dream round start TITLE --base NAME");
            } else {
                print(rounds, run);
            }
        });
    }

    private static void print(List<Round> rounds, MarketRun run) {
        Table table = new Table("ROUND", "STATE", "RAISED", "GOAL", "PLEDGES", "UNTIL", "BASE", "TITLE");
        for (Round round : rounds) {
            table.row(
                    round.id().toString(),
                    RoundCommands.state(round),
                    run.coins(round.raised()),
                    run.coins(round.terms().goal()),
                    Integer.toString(round.pledges()),
                    Times.text(round.terms().deadline()),
                    run.nameOf(round.terms().base()),
                    round.terms().title());
        }
        table.print(run.terminal());
    }
}
