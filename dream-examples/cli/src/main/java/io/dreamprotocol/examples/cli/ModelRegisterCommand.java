package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.contributor.ContributionList;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.storage.BlobStore;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Registers a style model: puts its files into the store and its token on the ledger. */
final class ModelRegisterCommand implements Command {
    private static final String SPLIT = "--split";
    private static final String PARENT = "--parent";

    /** What contributors have together if a list is given and no split: half. */
    private static final int USUAL_CONTRIBUTORS = Share.WHOLE / 2;

    @Override
    public String name() {
        return "register";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Registers a style model: its files go into the store, its token on the ledger.",
                "Kind, networks, trigger words and licence are what the file says, unless told otherwise. Everything"
                        + " but price, licence terms and owner is fixed for ever. Shares are per cent, as 12.5, or parts"
                        + " of 10,000, as 1250p.",
                "dream model register gloss.safetensors --price 0.2",
                "dream model register gloss.safetensors --price 0.2 --split owner=70,contributors=30"
                        + " --contributors people.csv --preview 3",
                "dream model register foxes.safetensors --price 0.3 --parent gloss=10 --derive-price 5",
                "dream model register secret.safetensors --price 0.5 --seal --licence-price 5 --licence-days 30",
                "dream model register ./sd15-onnx --name sd15 --price 0.1");
        Options.positional(spec, "1", "FILE|DIR", "a .safetensors file, or a checkpoint's folder in the ONNX layout");
        StyleDraft.describe(spec);
        Options.text(
                spec,
                SPLIT,
                "WHO=SHARE,...",
                "who has what of its earnings: owner, contributors, accounts, keys (default: all to the owner; with"
                        + " contributors half to them)");
        Options.texts(spec, PARENT, "NAME=SHARE", "a model that it was derived from, and its share; may be repeated");
        ContributorsOption.describe(spec, "whose images it was trained on");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        context.guard().run();
        return MarketRun.of(arguments, context, run -> {
            StyleDraft draft =
                    StyleDraft.of(run.words(1, 1, "dream model register FILE").getFirst(), run);
            Optional<ContributionList> contributors = ContributorsOption.read(run);
            SplitTable split = split(contributors.isPresent(), run);
            List<Parent> parents = arguments.texts(PARENT).stream()
                    .map(text -> Shares.parent(text, run))
                    .toList();
            // Found wrong before anything is stored; the root of the list stays the same in the store.
            StyleRegistration registration = new StyleRegistration(
                    draft.outline(),
                    draft.terms(),
                    split,
                    parents,
                    contributors.map(list -> list.root(Optional.empty())));
            Signer creator = run.requester();
            StyleModel model = run.styles()
                    .register(
                            creator,
                            new StyleRegistration(
                                    draft.publish(),
                                    registration.terms(),
                                    split,
                                    parents,
                                    contributors.map(list -> publish(list, run))),
                            cost(parents, run),
                            IdempotencyKey.random());
            ModelShowCommand.tell(model, run);
        });
    }

    private static SplitTable split(boolean contributors, MarketRun run) {
        return run.arguments()
                .text(SPLIT)
                .map(text -> Shares.split(text, run))
                .orElse(
                        contributors
                                ? new SplitTable(Share.WHOLE - USUAL_CONTRIBUTORS, List.of(), USUAL_CONTRIBUTORS)
                                : SplitTable.OWNER_ONLY);
    }

    /** What the parents ask now for the leave to derive from them; they cannot ask more meanwhile. */
    private static Amount cost(List<Parent> parents, MarketRun run) {
        Amount cost = Amount.ZERO;
        for (Parent parent : parents) {
            cost = cost.plus(run.styles()
                    .find(parent.style())
                    .flatMap(model -> model.terms().derivePrice())
                    .orElse(Amount.ZERO));
        }
        return cost;
    }

    private static ContributorsRoot publish(ContributionList list, MarketRun run) {
        BlobStore blobs = run.workspace().blobs();
        ContributorsRoot root = list.publish(blobs);
        root.list().ifPresent(blobs::keep);
        return root;
    }
}
