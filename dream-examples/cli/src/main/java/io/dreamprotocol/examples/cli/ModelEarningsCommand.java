package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Says who earned what with style models. */
final class ModelEarningsCommand implements Command {
    @Override
    public String name() {
        return "earnings";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Shows who earned what from settled jobs: one style model's people, or everybody.",
                "The lines add up: for a model to what came in for it, for everybody to the sum of all fees.",
                "dream model earnings",
                "dream model earnings gloss",
                "dream model earnings --json");
        Options.positional(spec, "0..1", "NAME|NUMBER", "the style model (default: everybody's earnings)");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            List<String> words = run.words(0, 1, "dream model earnings [NAME]");
            if (words.isEmpty()) {
                all(Earnings.of(run.ledger()), run);
            } else {
                StyleModel model = run.style(words.getFirst());
                one(model, Earnings.of(run.ledger()), run);
            }
        });
    }

    /** One line of the table. */
    private record Row(String who, String as, String id, Optional<StyleId> style, BigInteger amount) {}

    private static void all(Earnings earnings, MarketRun run) {
        List<Row> rows = new ArrayList<>();
        earnings.lines()
                .forEach((line, amount) -> rows.add(new Row(
                        line.account().value(),
                        JobText.purpose(line.purpose()),
                        JobText.purposeId(line.purpose()),
                        line.style(),
                        amount)));
        rows.sort(Comparator.comparing(Row::amount).reversed());
        if (run.json()) {
            Json json = new Json()
                    .object()
                    .member("jobs", earnings.jobs())
                    .member("currency", run.ledger().info().currency())
                    .member("fees", run.plain(new Amount(earnings.fees())));
            json(rows, json, run);
            run.print(json.end());
            return;
        }
        if (rows.isEmpty()) {
            run.terminal().error("Nobody has earned anything yet; make an image with: dream generate \"a red apple\"");
            return;
        }
        print(rows, earnings.fees(), "all fees of " + earnings.jobs() + (earnings.jobs() == 1 ? " job" : " jobs"), run);
    }

    private static void one(StyleModel model, Earnings earnings, MarketRun run) {
        BigInteger income = earnings.income(model.id());
        List<Row> rows = new ArrayList<>();
        BigInteger left = income;
        for (Map.Entry<StyleId, BigInteger> parent :
                earnings.passedOn(model.id()).entrySet()) {
            rows.add(new Row(
                    run.nameOf(parent.getKey()), "parent", "parent", Optional.of(parent.getKey()), parent.getValue()));
            left = left.subtract(parent.getValue());
        }
        for (Map.Entry<Earnings.Line, BigInteger> line : earnings.lines().entrySet()) {
            if (line.getKey().style().equals(Optional.of(model.id()))) {
                Payment.Purpose purpose = line.getKey().purpose();
                rows.add(new Row(
                        line.getKey().account().value(),
                        JobText.purpose(purpose),
                        JobText.purposeId(purpose),
                        Optional.of(model.id()),
                        line.getValue()));
                left = left.subtract(line.getValue());
            }
        }
        if (left.signum() != 0) {
            rows.add(new Row("the jobs' workers", "left over by division", "remainder", Optional.of(model.id()), left));
        }
        Amount other = model.usage().earned().minus(new Amount(income));
        if (run.json()) {
            Json json = new Json()
                    .object()
                    .member("number", model.id().number())
                    .member("name", model.manifest().name())
                    .member("currency", run.ledger().info().currency())
                    .member("earned", run.plain(model.usage().earned()))
                    .member("fromJobs", run.plain(new Amount(income)))
                    .member("fromLicencesAndDerivedModels", run.plain(other));
            json(rows, json, run);
            run.print(json.end());
            return;
        }
        String name = model.manifest().name();
        run.terminal()
                .line(name + " earned " + run.coins(model.usage().earned()) + " in all: "
                        + run.coins(new Amount(income)) + " from jobs, " + run.coins(other)
                        + " from licences and the leave to derive");
        if (income.signum() > 0) {
            print(rows, income, "from jobs", run);
        }
    }

    private static void print(List<Row> rows, BigInteger sum, String what, MarketRun run) {
        Table table = new Table("AMOUNT", "AS", "MODEL", "WHO");
        for (Row row : rows) {
            table.row(
                    run.coins(new Amount(row.amount())),
                    row.as(),
                    row.style().map(run::nameOf).orElse("-"),
                    row.who());
        }
        table.row(run.coins(new Amount(sum)), "sum", "-", what);
        table.print(run.terminal());
    }

    private static void json(List<Row> rows, Json json, MarketRun run) {
        json.array("lines");
        for (Row row : rows) {
            json.object().member("to", row.who()).member("as", row.id());
            row.style().ifPresent(style -> json.member("model", style.number()));
            json.member("amount", run.plain(new Amount(row.amount()))).end();
        }
        json.endArray();
    }
}
