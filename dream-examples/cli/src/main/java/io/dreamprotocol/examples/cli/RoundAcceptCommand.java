package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Says that pledged images or compute came. */
final class RoundAcceptCommand implements Command {
    private static final Map<String, Pledge.Kind> KINDS =
            Map.of("images", Pledge.Kind.IMAGES, "compute", Pledge.Kind.COMPUTE);

    @Override
    public String name() {
        return "accept";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Says that pledged images or compute came, so that they count.",
                "For the round's organiser.",
                "dream round accept 1 alice images",
                "dream round accept 1 ed25519:3d40... compute");
        Options.positional(spec, "3", "ROUND ACCOUNT images|compute", "whose pledge of what to accept");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        if (words.size() != 3 || !KINDS.containsKey(words.getLast())) {
            throw arguments.usage("Write 'dream round accept ROUND ACCOUNT images' or '... compute'");
        }
        return MarketRun.of(arguments, context, run -> {
            Round round = RoundCommands.find(words.getFirst(), run);
            Pledge.Kind kind = KINDS.getOrDefault(words.getLast(), Pledge.Kind.IMAGES);
            RoundShowCommand.tell(
                    run.ledger()
                            .rounds()
                            .accept(
                                    run.requester(),
                                    round.id(),
                                    run.account(words.get(1)),
                                    kind,
                                    IdempotencyKey.random()),
                    run);
        });
    }
}
