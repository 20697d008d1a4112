package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleTerms;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Changes what the use of a style model costs. */
final class ModelPriceCommand implements Command {
    @Override
    public String name() {
        return "price";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Changes what a style model of yours costs from now on.",
                "Jobs that were submitted before keep the price of then, and licences the terms under which they were"
                        + " bought. What is not named stays.",
                "dream model price gloss 0.3",
                "dream model price gloss --derive-price 10",
                "dream model price secret --licence-price 5 --licence-days 30");
        Options.positional(spec, "1..2", "NAME|NUMBER [COINS]", "the style model, and its price per megapixel-step");
        StyleTermsOptions.describe(spec);
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            List<String> words = run.words(1, 2, "dream model price NAME COINS");
            StyleModel model = run.style(words.getFirst());
            Optional<Amount> price = words.size() > 1 ? Optional.of(run.amountOf(words.getLast())) : Optional.empty();
            StyleTerms terms = StyleTermsOptions.apply(model.terms(), price, run);
            if (terms.equals(model.terms()) && price.isEmpty()) {
                throw arguments.usage("Say what shall change: a price or other terms");
            }
            StyleModel changed = run.styles().changeTerms(run.requester(), model.id(), terms, IdempotencyKey.random());
            if (run.json()) {
                Json json = new Json()
                        .object()
                        .member("number", changed.id().number())
                        .member("name", changed.manifest().name())
                        .member("price", run.plain(changed.terms().price()))
                        .member("licencePrice", run.plain(changed.terms().licencePrice()));
                changed.terms().derivePrice().ifPresent(derive -> json.member("derivePrice", run.plain(derive)));
                run.print(json.end());
            } else {
                ModelShowCommand.terms(changed, run);
            }
        });
    }
}
