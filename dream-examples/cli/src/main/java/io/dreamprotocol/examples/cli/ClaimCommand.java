package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.contributor.ContributionList;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.Contribution;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Claims what a contributor is owed from style models' pools. */
final class ClaimCommand implements Command {
    private static final String ALL = "--all";
    private static final String SHOW = "--show";

    @Override
    public String name() {
        return "claim";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Claims what a contributor is owed by a style model.",
                "Makes the proof from the list of contributors, which the store has or a file gives, and claims all"
                        + " that is due. What comes in later can be claimed later.",
                "dream claim gloss",
                "dream claim gloss --contributors people.csv --key alice",
                "dream claim --all --key alice",
                "dream claim gloss --show");
        Options.positional(spec, "0..1", "NAME|NUMBER", "the style model");
        ContributorsOption.describe(spec, "the list of contributors (default: the list in the store)");
        Options.flag(spec, ALL, "claim from every style model whose list in the store names you");
        Options.flag(spec, SHOW, "only show what is due");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        boolean all = arguments.flag(ALL);
        boolean fits = arguments.positional().size() == (all ? 0 : 1);
        if (!fits || (all && ContributorsOption.isGiven(arguments))) {
            throw arguments.usage("Name one style model, or write " + ALL + " without a list");
        }
        return MarketRun.of(arguments, context, run -> {
            Signer signer = run.requester();
            List<Claim> claims = new ArrayList<>();
            if (all) {
                everywhere(signer, claims, run);
            } else {
                claims.add(one(run.style(arguments.first().orElseThrow()), signer, run));
            }
            report(claims, signer, run);
        });
    }

    /** What one contributor is owed by one style model, after a claim if one was made. */
    private record Claim(StyleModel model, Contribution contribution, Amount entitled, Amount before, Amount after) {}

    private static Claim one(StyleModel model, Signer signer, MarketRun run) {
        ContributorsRoot root = root(model);
        ContributionList list = ContributorsOption.read(run)
                .map(given -> requireSame(given, root, model))
                .orElseGet(() -> ContributionList.fetch(root, run.workspace().blobs()));
        Contribution contribution = list.find(signer.account())
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.NOTHING_TO_CLAIM,
                        "The account " + signer.account() + " is not among the contributors of "
                                + model.manifest().name() + "; choose the key that is by " + MarketRun.KEY));
        return claim(model, contribution, list, signer, run);
    }

    private static ContributorsRoot root(StyleModel model) {
        return model.contributors()
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.NOTHING_TO_CLAIM,
                        "The style model " + model.manifest().name() + " has no contributors who share in it"));
    }

    private static ContributionList requireSame(ContributionList list, ContributorsRoot root, StyleModel model) {
        if (!list.root(Optional.empty()).root().equals(root.root())) {
            throw new InvalidInputException(
                    ErrorCode.PROOF_INVALID,
                    "This is not the list of contributors that "
                            + model.manifest().name() + " was registered with; get that one, or leave "
                            + ContributorsOption.NAME + " out");
        }
        return list;
    }

    private static void everywhere(Signer signer, List<Claim> claims, MarketRun run) {
        StyleQuery query = StyleQuery.ALL;
        while (true) {
            List<StyleModel> page = run.styles().search(query);
            for (StyleModel model : page) {
                if (model.contributors().isPresent()) {
                    ofOne(model, signer, claims, run);
                }
            }
            if (page.size() < query.limit()) {
                return;
            }
            query = new StyleQuery(
                    query.words(),
                    query.kind(),
                    query.architecture(),
                    query.maximumPrice(),
                    query.owner(),
                    query.order(),
                    query.limit(),
                    Optional.of(page.getLast().id()));
        }
    }

    private static void ofOne(StyleModel model, Signer signer, List<Claim> claims, MarketRun run) {
        ContributionList list;
        try {
            list = ContributionList.fetch(root(model), run.workspace().blobs());
        } catch (DreamException e) {
            run.terminal().error("dream: " + model.manifest().name() + " is passed over: " + e.getMessage());
            return;
        }
        list.find(signer.account())
                .ifPresent(contribution -> claims.add(claim(model, contribution, list, signer, run)));
    }

    private static Claim claim(
            StyleModel model, Contribution contribution, ContributionList list, Signer signer, MarketRun run) {
        BigInteger share = model.usage()
                .pooled()
                .units()
                .multiply(BigInteger.valueOf(contribution.weight()))
                .divide(BigInteger.valueOf(list.totalWeight()));
        Amount entitled = new Amount(share);
        Amount before = run.styles().claimed(model.id(), signer.account()).claimed();
        boolean due = entitled.compareTo(before) > 0;
        if (run.arguments().flag(SHOW) || (run.arguments().flag(ALL) && !due)) {
            return new Claim(model, contribution, entitled, before, before);
        }
        Amount after = run.styles()
                .claim(
                        signer,
                        model.id(),
                        contribution.weight(),
                        list.proof(signer.account()).orElseThrow(),
                        IdempotencyKey.random())
                .claimed();
        return new Claim(model, contribution, entitled, before, after);
    }

    private static void report(List<Claim> claims, Signer signer, MarketRun run) {
        if (run.json()) {
            Json json = new Json()
                    .object()
                    .member("account", signer.account().value())
                    .member("currency", run.ledger().info().currency())
                    .array("claims");
            for (Claim claim : claims) {
                json.object()
                        .member("number", claim.model().id().number())
                        .member("name", claim.model().manifest().name())
                        .member("weight", claim.contribution().weight())
                        .member("entitled", run.plain(claim.entitled()))
                        .member("claimed", run.plain(claim.after()))
                        .member("now", run.plain(claim.after().minus(claim.before())))
                        .member("left", run.plain(claim.entitled().minus(least(claim))))
                        .end();
            }
            run.print(json.endArray().end());
            return;
        }
        if (claims.isEmpty()) {
            run.terminal().error("No list in the store names " + signer.account() + ".");
            return;
        }
        Table table = new Table("MODEL", "WEIGHT", "ENTITLED", "CLAIMED NOW", "CLAIMED", "LEFT");
        for (Claim claim : claims) {
            table.row(
                    claim.model().manifest().name(),
                    Long.toString(claim.contribution().weight()),
                    run.coins(claim.entitled()),
                    run.coins(claim.after().minus(claim.before())),
                    run.coins(claim.after()),
                    run.coins(claim.entitled().minus(least(claim))));
        }
        table.print(run.terminal());
    }

    /** What was claimed of what this run saw as due; more may have come in meanwhile. */
    private static Amount least(Claim claim) {
        return claim.after().compareTo(claim.entitled()) < 0 ? claim.after() : claim.entitled();
    }
}
