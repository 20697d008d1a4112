package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Lists the style models of the library, all or those that are searched for. */
final class ModelSearchCommand implements Command {
    private static final String KIND = "--kind";
    private static final String BASE = "--base";
    private static final String MAX_PRICE = "--max-price";
    private static final String OWNER = "--owner";
    private static final String SORT = "--sort";
    private static final String PAGE = "--page";
    private static final String LIMIT = "--limit";
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_PAGE = 1000;
    private static final int MAX_SHOWN = 40;

    private final String name;
    private final boolean searches;

    ModelSearchCommand(String name) {
        this.name = name;
        this.searches = name.equals("search");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = searches
                ? Options.command(
                        name,
                        "Finds style models by the words of their name, description, trigger words and tags.",
                        "All words must occur, each by its beginning.",
                        "dream model search fox",
                        "dream model search flat icons --kind lora --sort cheapest --max-price 0.5")
                : Options.command(
                        name,
                        "Lists the style models of the library.",
                        "",
                        "dream model list",
                        "dream model list --sort newest --page 2",
                        "dream model list --owner requester");
        if (searches) {
            Options.positional(spec, "1..*", "WORD", "words to find");
        }
        Options.text(spec, KIND, "KIND", "only lora, textual-inversion, checkpoint or controlnet");
        Options.text(spec, BASE, "NAME", "only models that are of or fit this family of networks");
        Options.text(spec, MAX_PRICE, "COINS", "only models that cost at most this per megapixel-step");
        Options.text(spec, OWNER, "ACCOUNT", "only this account's models; the name of a key stands for its account");
        Options.text(spec, SORT, "ORDER", "popular, newest, cheapest or oldest (default: popular)");
        Options.text(spec, PAGE, "N", "which page, 1 to 1000 (default: 1)");
        Options.text(spec, LIMIT, "N", "how many models a page has, 1 to 100 (default: 20)");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        int limit = within(LIMIT, DEFAULT_LIMIT, StyleQuery.MAX_LIMIT, arguments);
        int page = within(PAGE, 1, MAX_PAGE, arguments);
        return MarketRun.of(arguments, context, run -> {
            List<StyleModel> models = page(query(run, limit), page, run);
            if (run.json()) {
                json(models, page, run);
            } else if (models.isEmpty()) {
                run.terminal()
                        .error(
                                page > 1
                                        ? "There are no style models on page " + page + "."
                                        : "No style model was found; register one with: dream model register FILE");
            } else {
                print(models, run);
            }
        });
    }

    private static int within(String option, int usual, int most, Arguments arguments) {
        int value = arguments.integer(option, ErrorCode.INVALID_REQUEST).orElse(usual);
        if (value < 1 || value > most) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, option + " must be between 1 and " + most + ", not " + value);
        }
        return value;
    }

    private static StyleQuery query(MarketRun run, int limit) {
        Arguments arguments = run.arguments();
        return new StyleQuery(
                String.join(" ", arguments.positional()),
                arguments.text(KIND).map(StyleKind::of),
                arguments.text(BASE),
                run.amount(MAX_PRICE),
                arguments.text(OWNER).map(run::account),
                arguments.text(SORT).map(text -> order(text, arguments)).orElse(StyleQuery.Order.POPULAR),
                limit,
                Optional.empty());
    }

    private static StyleQuery.Order order(String text, Arguments arguments) {
        return Arrays.stream(StyleQuery.Order.values())
                .filter(order -> order.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> arguments.usage(SORT + " cannot be '" + PrintableText.oneLine(text, MAX_SHOWN)
                        + "'; there are "
                        + Arrays.stream(StyleQuery.Order.values())
                                .map(order -> order.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    /** Goes page by page, because the library continues behind a model and not behind a number of models. */
    private static List<StyleModel> page(StyleQuery first, int page, MarketRun run) {
        List<StyleModel> models = run.styles().search(first);
        for (int number = 1; number < page && !models.isEmpty(); number++) {
            StyleId last = models.getLast().id();
            models = models.size() < first.limit()
                    ? List.of()
                    : run.styles()
                            .search(new StyleQuery(
                                    first.words(),
                                    first.kind(),
                                    first.architecture(),
                                    first.maximumPrice(),
                                    first.owner(),
                                    first.order(),
                                    first.limit(),
                                    Optional.of(last)));
        }
        return models;
    }

    private static void print(List<StyleModel> models, MarketRun run) {
        Table table = new Table("NUMBER", "NAME", "KIND", "BASE", "PRICE", "JOBS", "PAYERS", "OWNER", "ABOUT");
        for (StyleModel model : models) {
            table.row(
                    model.id().toString(),
                    model.manifest().name(),
                    model.manifest().kind().id() + (model.manifest().sealed() ? ", sealed" : ""),
                    model.manifest().architecture(),
                    run.coins(model.terms().price()),
                    Long.toString(model.usage().jobs()),
                    Long.toString(model.usage().payers()),
                    model.owner().abbreviated(),
                    PrintableText.oneLine(model.manifest().description(), MAX_SHOWN));
        }
        table.print(run.terminal());
    }

    private static void json(List<StyleModel> models, int page, MarketRun run) {
        Json json = new Json().object().member("page", page).array("models");
        for (StyleModel model : models) {
            json.object()
                    .member("number", model.id().number())
                    .member("name", model.manifest().name())
                    .member("kind", model.manifest().kind().id())
                    .member("base", model.manifest().architecture())
                    .member("sealed", model.manifest().sealed())
                    .member("price", run.plain(model.terms().price()))
                    .member("jobs", model.usage().jobs())
                    .member("payers", model.usage().payers())
                    .member("earned", run.plain(model.usage().earned()))
                    .member("owner", model.owner().value())
                    .member("description", model.manifest().description())
                    .end();
        }
        run.print(json.endArray().end());
    }
}
