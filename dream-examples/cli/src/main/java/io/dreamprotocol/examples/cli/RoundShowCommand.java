package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.round.RoundTerms;
import io.dreamprotocol.core.rules.RoundRules;
import io.dreamprotocol.core.style.Contribution;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** Shows all that is known of one round, and what share of the new model each would have. */
final class RoundShowCommand implements Command {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    @Override
    public String name() {
        return "show";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Shows a round, its pledges, and what share of the new model each would have now.",
                "",
                "dream round show 1",
                "dream round show 1 --json");
        Options.positional(spec, "1", "ROUND", "the round's number");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            Round round =
                    RoundCommands.find(run.words(1, 1, "dream round show ROUND").getFirst(), run);
            List<Pledge> pledges = run.ledger().rounds().pledges(round.id());
            List<Contribution> contributions = RoundRules.contributions(round.terms(), pledges);
            if (run.json()) {
                run.print(json(round, pledges, contributions, run));
            } else {
                tell(round, run);
                table(pledges, run);
                shares(round, contributions, run);
            }
        });
    }

    /** Tells what a round is and where it stands. */
    static void tell(Round round, MarketRun run) {
        if (run.json()) {
            run.print(members(round, new Json().object(), run).end());
            return;
        }
        Terminal terminal = run.terminal();
        RoundTerms terms = round.terms();
        terminal.line(
                "round      " + round.id() + ", " + RoundCommands.state(round) + " since " + Times.text(round.since()));
        terminal.line("title      " + terms.title());
        terminal.line("organiser  " + round.organiser());
        terminal.line("base       " + run.nameOf(terms.base()) + ", which takes " + Shares.text(terms.baseParts()));
        terminal.line("raised     " + run.coins(round.raised()) + " of " + run.coins(terms.goal()) + ", until "
                + Times.text(terms.deadline()));
        terminal.line("shares     " + Shares.text(terms.organiser()) + " organiser, " + Shares.text(terms.money())
                + " money, " + Shares.text(terms.images()) + " images, " + Shares.text(terms.compute()) + " compute");
        round.result().ifPresent(style -> terminal.line("model      " + run.nameOf(style)));
    }

    /** Writes what a round is and where it stands into a JSON object. */
    static Json members(Round round, Json json, MarketRun run) {
        RoundTerms terms = round.terms();
        json.member("round", round.id().number())
                .member("state", RoundCommands.state(round))
                .member("title", terms.title())
                .member("organiser", round.organiser().value())
                .member("base", terms.base().number())
                .member("baseParts", terms.baseParts())
                .member("goal", run.plain(terms.goal()))
                .member("raised", run.plain(round.raised()))
                .member("deadline", terms.deadline().toString())
                .object("parts")
                .member("organiser", terms.organiser())
                .member("money", terms.money())
                .member("images", terms.images())
                .member("compute", terms.compute())
                .end();
        round.result().ifPresent(style -> json.member("model", style.number()));
        return json;
    }

    /** Tells what an account pledged. */
    static void tell(Pledge pledge, MarketRun run) {
        if (run.json()) {
            run.print(members(
                            pledge,
                            new Json().object().member("round", pledge.round().number()),
                            run)
                    .end());
        } else {
            run.terminal()
                    .line(pledge.account() + " pledged " + quantity(pledge, run) + " to round " + pledge.round()
                            + (pledge.accepted() ? "" : ", which count once the organiser accepts them"));
        }
    }

    private static Json members(Pledge pledge, Json json, MarketRun run) {
        return json.member("account", pledge.account().value())
                .member("kind", pledge.kind().name().toLowerCase(Locale.ROOT))
                .member(
                        "quantity",
                        pledge.kind() == Pledge.Kind.MONEY
                                ? run.plain(new Amount(pledge.quantity()))
                                : pledge.quantity().toString())
                .member("accepted", pledge.accepted());
    }

    private static String quantity(Pledge pledge, MarketRun run) {
        return switch (pledge.kind()) {
            case MONEY -> run.coins(new Amount(pledge.quantity()));
            case IMAGES -> pledge.quantity() + " images";
            case COMPUTE -> pledge.quantity() + " megapixel-steps";
        };
    }

    private static void table(List<Pledge> pledges, MarketRun run) {
        if (pledges.isEmpty()) {
            run.terminal().line("pledges    none yet");
            return;
        }
        run.terminal().line("");
        Table table = new Table("PLEDGED", "COUNTS", "WHO");
        for (Pledge pledge : pledges) {
            table.row(
                    quantity(pledge, run),
                    pledge.accepted() ? "yes" : "not accepted yet",
                    pledge.account().value());
        }
        table.print(run.terminal());
    }

    private static void shares(Round round, List<Contribution> contributions, MarketRun run) {
        if (contributions.isEmpty()) {
            return;
        }
        run.terminal().line("");
        Table table = new Table("SHARE OF WHAT THE MODEL KEEPS", "WHO");
        table.row(Shares.text(round.terms().organiser()), round.organiser() + " as its owner");
        for (Contribution contribution : contributions) {
            table.row(
                    share(contribution, contributions, round) + " %",
                    contribution.account().value());
        }
        table.print(run.terminal());
    }

    private static String share(Contribution contribution, List<Contribution> all, Round round) {
        long total = all.stream().mapToLong(Contribution::weight).sum();
        BigDecimal pool = BigDecimal.valueOf(RoundRules.split(round.terms()).contributors(), 4);
        return BigDecimal.valueOf(contribution.weight())
                .multiply(pool)
                .multiply(HUNDRED)
                .divide(BigDecimal.valueOf(total), 2, RoundingMode.DOWN)
                .toPlainString();
    }

    private static Json json(Round round, List<Pledge> pledges, List<Contribution> contributions, MarketRun run) {
        Json json = members(round, new Json().object(), run).array("pledges");
        pledges.forEach(pledge -> members(pledge, json.object(), run).end());
        json.endArray().array("shares");
        for (Contribution contribution : contributions) {
            json.object()
                    .member("account", contribution.account().value())
                    .member("weight", contribution.weight())
                    .member("perCent", share(contribution, contributions, round))
                    .end();
        }
        return json.endArray().end();
    }
}
