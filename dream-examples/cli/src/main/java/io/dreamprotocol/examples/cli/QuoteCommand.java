package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.Quote;
import io.dreamprotocol.core.Waiting;
import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.image.GenerationRequest;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Says what an image would cost and how long it would take, or why nobody can make it. */
final class QuoteCommand implements Command {
    private static final String HERE = "--here";

    /** What {@code dream generate} can and does not change the price of one image. */
    private static final Set<String> NOT_TAKEN =
            Set.of(Options.OUT, Options.JSON, Options.QUIET, "--count", "--preview", Grid.OPTION, "--private");

    @Override
    public String name() {
        return "quote";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Says what an image would cost now and how long it may take, before anything is paid.",
                "Takes the options of 'dream generate'. The price is that of the cheapest worker that can do it; if"
                        + " nobody can, it says why. A job for a quote never costs more.",
                "dream quote \"a red apple, flat style\"",
                "dream quote \"a fox <lora:gloss:0.8>\" --steps 30 --width 512 --height 512",
                "dream quote \"a fox\" --here");
        Options.positional(spec, "0..*", "PROMPT", "what the image should show");
        for (OptionSpec option : new GenerateCommand().spec().options()) {
            if (!NOT_TAKEN.contains(option.longestName())) {
                spec.addOption(OptionSpec.builder(option).build());
            }
        }
        Options.flag(spec, HERE, "the price of doing it on this machine, as 'dream generate' does");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        Optional<LikeImage> like =
                arguments.text(LikeImage.OPTION).map(file -> LikeImage.read(file, arguments, context));
        StyleModels styles = new StyleModels(
                arguments, context, like.map(LikeImage::styleHashes).orElse(List.of()));
        GenerationRequest local = GenerateCommand.seeded(
                styles.withWantedWords(styles.withTagged(GenerateCommand.request(like, styles, arguments, context))),
                arguments);
        return MarketRun.of(arguments, context, run -> {
            GenerationRequest request = styles.withLibrary(local, run.styles());
            styles.provide(request, run.workspace().blobs());
            report(arguments.flag(HERE) ? here(request, run) : elsewhere(request, run), run);
        });
    }

    private static Quote elsewhere(GenerationRequest request, MarketRun run) {
        Optional<String> model = run.arguments().text(Options.MODEL);
        return client(run).quote(model.map(request::withModel).orElse(request));
    }

    private static Quote here(GenerationRequest request, MarketRun run) {
        String model = run.arguments().text(Options.MODEL).or(request::model).orElse(ModelAddress.DEFAULT);
        String address = ModelAddress.of(model, run.arguments(), run.context());
        try (ModelLoading loading = ModelLoading.start(address, run.context())) {
            ImageModel loaded = loading.await(run.context().interrupt());
            Quote quote = client(run).quote(request, loaded.descriptor(), Worker.DEFAULT_ASK);
            loaded.check(quote.request());
            return quote;
        }
    }

    private static DreamClient client(MarketRun run) {
        return DreamClient.of(run.ledger(), run.workspace().blobs(), run.requester());
    }

    private static void report(Quote quote, MarketRun run) {
        if (run.json()) {
            run.print(json(quote, run));
            return;
        }
        Terminal terminal = run.terminal();
        CanonicalRequest request = quote.request();
        terminal.line("image      " + request.width() + "x" + request.height() + ", " + request.steps()
                + " steps, guidance " + Numbers.text(request.guidanceScale()) + ", " + request.scheduler() + ", "
                + request.model().name());
        terminal.line("worker     "
                + quote.worker().map(Object::toString).orElse("this machine") + ", which asks " + run.coins(quote.ask())
                + " per megapixel-step");
        terminal.line("work       " + run.coins(quote.work()));
        for (RoyaltyTerm term : quote.royalties()) {
            terminal.line("royalty    " + run.coins(cost(term, quote)) + " for "
                    + run.nameOf(term.use().style()) + " at "
                    + Shares.text(term.use().parts()) + " of "
                    + run.coins(term.price()) + " per megapixel-step");
        }
        if (!quote.protocolShare().isZero()) {
            terminal.line("protocol   " + run.coins(quote.protocolShare()));
        }
        terminal.line("total      " + run.coins(quote.maximumFee()) + " at most");
        quote.waiting().ifPresent(waiting -> terminal.line("waiting    " + text(waiting)));
    }

    /** What one royalty comes to. */
    private static Amount cost(RoyaltyTerm term, Quote quote) {
        return new Amount(
                term.costOf(quote.request().work(), quote.request().work().steps()));
    }

    static String text(Waiting waiting) {
        String place = waiting.place() == 0 ? "a worker has it" : "place " + waiting.place() + " in the queue";
        return place
                + waiting.time()
                        .map(time -> ", about " + text(time) + " until the image is there")
                        .orElse(", and nobody knows yet how long an image takes");
    }

    private static String text(Duration time) {
        return time.toSeconds() < 120
                ? Numbers.text(Math.round(time.toMillis() / 100.0) / 10.0) + " seconds"
                : time.toMinutes() + " minutes";
    }

    private static Json json(Quote quote, MarketRun run) {
        CanonicalRequest request = quote.request();
        Json json = new Json()
                .object()
                .member("model", request.model().name())
                .member("width", request.width())
                .member("height", request.height())
                .member("steps", request.steps())
                .member("currency", run.ledger().info().currency())
                .member("ask", run.plain(quote.ask()));
        quote.worker().ifPresent(worker -> json.member("worker", worker.value()));
        json.member("work", run.plain(quote.work())).array("royalties");
        for (RoyaltyTerm term : quote.royalties()) {
            json.object()
                    .member("number", term.use().style().number())
                    .member(
                            "name",
                            run.styles()
                                    .find(term.use().style())
                                    .orElseThrow()
                                    .manifest()
                                    .name())
                    .member("parts", term.use().parts())
                    .member("price", run.plain(term.price()))
                    .member("amount", run.plain(cost(term, quote)))
                    .end();
        }
        json.endArray()
                .member("royaltyCost", run.plain(quote.royaltyCost()))
                .member("protocolShare", run.plain(quote.protocolShare()))
                .member("maximumFee", run.plain(quote.maximumFee()));
        quote.waiting().ifPresent(waiting -> {
            json.member("place", waiting.place());
            waiting.time().ifPresent(time -> json.member("seconds", time.toMillis() / 1000.0));
        });
        return json.end();
    }
}
