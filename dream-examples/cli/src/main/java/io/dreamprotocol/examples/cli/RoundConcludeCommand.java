package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.contributor.ContributionList;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.StyleRegistration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Ends a co-creation round in its new style model. */
final class RoundConcludeCommand implements Command {
    @Override
    public String name() {
        return "conclude";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Ends a round in its new style model, and gives the organiser the money.",
                "For the organiser, once the goal is reached and before the deadline. Parent, split and contributors"
                        + " follow from the round and its pledges; the list of contributors goes into the store, so that"
                        + " each can claim.",
                "dream round conclude 1 foxes.safetensors --price 0.3 --licence CC-BY-4.0");
        Options.positional(spec, "2", "ROUND FILE|DIR", "the round's number, and the new model");
        StyleDraft.describe(spec);
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        context.guard().run();
        return MarketRun.of(arguments, context, run -> {
            List<String> words = run.words(2, 2, "dream round conclude ROUND FILE");
            Round round = RoundCommands.find(words.getFirst(), run);
            StyleDraft draft = StyleDraft.of(words.getLast(), run);
            requireReady(round, run);
            StyleRegistration registration = new StyleRegistration(
                    draft.publish(),
                    draft.terms(),
                    RoundRules.split(round.terms()),
                    List.of(new Parent(round.terms().base(), round.terms().baseParts())),
                    contributors(round, run));
            RoundShowCommand.tell(
                    run.ledger().rounds().conclude(run.requester(), round.id(), registration, IdempotencyKey.random()),
                    run);
        });
    }

    /** Refuses what the ledger would refuse too, before large files are stored. */
    private static void requireReady(Round round, MarketRun run) {
        if (round.state() != Round.State.OPEN
                || round.raised().compareTo(round.terms().goal()) < 0) {
            throw new ConflictException(
                    ErrorCode.ROUND_STATE_CONFLICT,
                    "Round " + round.id() + " is " + RoundCommands.state(round) + " and has raised "
                            + run.coins(round.raised()) + " of "
                            + run.coins(round.terms().goal()) + "; it cannot be concluded");
        }
    }

    private static Optional<ContributorsRoot> contributors(Round round, MarketRun run) {
        if (RoundRules.split(round.terms()).contributors() == 0) {
            return Optional.empty();
        }
        ContributionList.Builder list = ContributionList.builder();
        for (Contribution contribution :
                RoundRules.contributions(round.terms(), run.ledger().rounds().pledges(round.id()))) {
            list.add(contribution.account(), contribution.weight());
        }
        BlobStore blobs = run.workspace().blobs();
        ContributorsRoot root = list.build().publish(blobs);
        root.list().ifPresent(blobs::keep);
        return Optional.of(root);
    }
}
