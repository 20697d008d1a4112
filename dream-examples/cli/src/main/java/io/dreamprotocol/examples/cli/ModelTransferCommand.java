package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.style.StyleModel;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Gives a style model to another owner. */
final class ModelTransferCommand implements Command {
    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Gives a style model to another owner.",
                "The owner's part of what it earns goes to the new owner from then on; co-owners and contributors keep"
                        + " theirs. Only its owner, or whom the owner approved, can do this, and nobody can undo it.",
                "dream model transfer gloss ed25519:3d40...",
                "dream model transfer gloss alice");
        Options.positional(spec, "2", "NAME|NUMBER ACCOUNT", "the style model and its new owner: an account or a key");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            List<String> words = run.words(2, 2, "dream model transfer NAME ACCOUNT");
            StyleModel model = run.style(words.getFirst());
            StyleModel given = run.styles()
                    .transfer(run.requester(), model.id(), run.account(words.getLast()), IdempotencyKey.random());
            if (run.json()) {
                run.print(new Json()
                        .object()
                        .member("number", given.id().number())
                        .member("name", given.manifest().name())
                        .member("owner", given.owner().value())
                        .end());
            } else {
                run.terminal().line("model      " + given.manifest().name() + ", number " + given.id());
                run.terminal().line("owner      " + given.owner());
            }
        });
    }
}
