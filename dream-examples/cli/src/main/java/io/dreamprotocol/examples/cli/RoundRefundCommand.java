package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.round.Round;
import picocli.CommandLine.Model.CommandSpec;

/** Gives everyone of a co-creation round their money back. */
final class RoundRefundCommand implements Command {
    @Override
    public String name() {
        return "refund";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Ends a round without a model and gives everyone their money back.",
                "The organiser may do so at any time, anyone else once the deadline has passed.",
                "dream round refund 1");
        Options.positional(spec, "1", "ROUND", "the round's number");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            Round round = RoundCommands.find(
                    run.words(1, 1, "dream round refund ROUND").getFirst(), run);
            RoundShowCommand.tell(
                    run.ledger().rounds().refund(run.requester(), round.id(), IdempotencyKey.random()), run);
        });
    }
}
