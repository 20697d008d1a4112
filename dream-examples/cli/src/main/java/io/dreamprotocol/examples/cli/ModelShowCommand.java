package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.library.TokenMetadata;
import io.dreamprotocol.core.style.ContributorsRoot;
import io.dreamprotocol.core.style.Parent;
import io.dreamprotocol.core.style.Share;
import io.dreamprotocol.core.style.StyleFile;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;

/** Shows all that the ledger knows of one style model. */
final class ModelShowCommand implements Command {
    private static final String METADATA = "--metadata";

    @Override
    public String name() {
        return "show";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Shows a style model: what it is, whose, what it costs, who is paid, where it comes from.",
                "",
                "dream model show gloss",
                "dream model show 1 --json",
                "dream model show gloss --metadata");
        Options.positional(spec, "1", "NAME|NUMBER", "the style model");
        Options.flag(spec, METADATA, "print the token's metadata as marketplaces read it (ERC-721 JSON)");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            StyleModel model =
                    run.style(run.words(1, 1, "dream model show NAME").getFirst());
            if (arguments.flag(METADATA)) {
                run.terminal().raw(TokenMetadata.of(model, run.ledger().info()));
            } else {
                tell(model, run);
            }
        });
    }

    /** Tells all of a style model. */
    static void tell(StyleModel model, MarketRun run) {
        if (run.json()) {
            run.print(json(model, run));
        } else {
            print(model, run);
        }
    }

    private static void print(StyleModel model, MarketRun run) {
        Terminal terminal = run.terminal();
        StyleManifest manifest = model.manifest();
        terminal.line("model      " + manifest.name() + ", number " + model.id());
        terminal.line("kind       " + manifest.kind().id() + " for " + manifest.architecture()
                + (manifest.sealed() ? ", sealed" : ""));
        terminal.line("owner      " + model.owner());
        if (!model.creator().equals(model.owner())) {
            terminal.line("creator    " + model.creator());
        }
        model.approved().ifPresent(account -> terminal.line("approved   " + account + " may transfer it"));
        terminal.line("since      " + Times.text(model.registeredAt()));
        if (!manifest.description().isEmpty()) {
            terminal.line("about      " + manifest.description());
        }
        if (!manifest.triggerWords().isEmpty()) {
            terminal.line("trigger    " + String.join(", ", manifest.triggerWords()));
        }
        if (!manifest.tags().isEmpty()) {
            terminal.line("tags       " + String.join(", ", manifest.tags()));
        }
        terminal.line("licence    " + manifest.licence());
        terms(model, run);
        for (StyleFile file : manifest.files()) {
            terminal.line("file       " + file.file().path() + ", "
                    + ByteSizes.text(file.file().size()) + ", " + file.cid());
        }
        manifest.previews().forEach(preview -> terminal.line("preview    " + preview));
        split(model, run);
        model.contributors().ifPresent(root -> contributors(root, terminal));
        if (!model.parents().isEmpty()) {
            terminal.line("parents    " + manifest.name());
            parents(model, "           ", run);
        }
        terminal.line("used       by " + model.usage().jobs() + " paid jobs of "
                + model.usage().payers() + (model.usage().payers() == 1 ? " account" : " accounts")
                + " other than its owner");
        terminal.line("earned     " + run.coins(model.usage().earned()) + " in all, of which "
                + run.coins(model.usage().pooled()) + " went to the contributors' pool");
        if (manifest.kind() == StyleKind.LORA) {
            terminal.line("use        dream generate \"... <lora:" + manifest.name() + ":1>\"");
        }
    }

    /** Prints what the use of a model costs. */
    static void terms(StyleModel model, MarketRun run) {
        StyleTerms terms = model.terms();
        run.terminal().line("price      " + run.coins(terms.price()) + " per megapixel-step at full weight");
        if (model.manifest().sealed()) {
            run.terminal()
                    .line("licences   " + run.coins(terms.licencePrice()) + " each, for "
                            + terms.licenceTime().map(ModelShowCommand::days).orElse("ever"));
        }
        run.terminal()
                .line("derive     "
                        + terms.derivePrice()
                                .map(price -> "allowed for " + run.coins(price))
                                .orElse("not allowed"));
    }

    /** A time in days, or in seconds if it is none of whole days. */
    static String days(Duration time) {
        return time.toMillis() % Duration.ofDays(1).toMillis() == 0
                ? time.toDays() + (time.toDays() == 1 ? " day" : " days")
                : Numbers.text(time.toMillis() / 1000.0) + " seconds";
    }

    private static void split(StyleModel model, MarketRun run) {
        run.terminal().line("split      " + Shares.text(model.split().owner()) + " owner");
        for (Share share : model.split().coOwners()) {
            run.terminal().line("           " + Shares.text(share.parts()) + " " + share.account());
        }
        if (model.split().contributors() > 0) {
            run.terminal().line("           " + Shares.text(model.split().contributors()) + " contributors");
        }
    }

    private static void contributors(ContributorsRoot root, Terminal terminal) {
        terminal.line("people     " + root.count() + (root.count() == 1 ? " contributor" : " contributors")
                + ", total weight " + root.totalWeight());
        terminal.line("           root " + root.root().toHex());
        root.list().ifPresent(list -> terminal.line("           list " + list));
    }

    /** Draws where a model comes from, each parent below what was derived from it. */
    private static void parents(StyleModel model, String indent, MarketRun run) {
        for (Parent parent : model.parents()) {
            StyleModel found = run.styles().find(parent.style()).orElseThrow();
            boolean isLast = parent.equals(model.parents().getLast());
            run.terminal()
                    .line(indent + "+- " + found.manifest().name() + " (" + found.id() + ") takes "
                            + Shares.text(parent.parts()));
            parents(found, indent + (isLast ? "   " : "|  "), run);
        }
    }

    private static Json json(StyleModel model, MarketRun run) {
        StyleManifest manifest = model.manifest();
        StyleTerms terms = model.terms();
        Json json = new Json()
                .object()
                .member("number", model.id().number())
                .member("name", manifest.name())
                .member("kind", manifest.kind().id())
                .member("base", manifest.architecture())
                .member("sealed", manifest.sealed())
                .member("creator", model.creator().value())
                .member("owner", model.owner().value());
        model.approved().ifPresent(account -> json.member("approved", account.value()));
        json.member("registeredAt", model.registeredAt().toString())
                .member("description", manifest.description())
                .array("triggerWords");
        manifest.triggerWords().forEach(json::element);
        json.endArray().array("tags");
        manifest.tags().forEach(json::element);
        json.endArray()
                .member("licence", manifest.licence())
                .member("manifest", manifest.cid().toString())
                .array("files");
        for (StyleFile file : manifest.files()) {
            json.object()
                    .member("path", file.file().path())
                    .member("bytes", file.file().size())
                    .member("sha256", file.file().sha256().toHex())
                    .member("cid", file.cid().toString())
                    .end();
        }
        json.endArray().array("previews");
        manifest.previews().forEach(preview -> json.element(preview.toString()));
        json.endArray()
                .member("price", run.plain(terms.price()))
                .member("licencePrice", run.plain(terms.licencePrice()));
        terms.licenceTime().ifPresent(time -> json.member("licenceSeconds", time.toMillis() / 1000.0));
        terms.derivePrice().ifPresent(price -> json.member("derivePrice", run.plain(price)));
        json.object("split").member("owner", model.split().owner()).array("coOwners");
        for (Share share : model.split().coOwners()) {
            json.object()
                    .member("account", share.account().value())
                    .member("parts", share.parts())
                    .end();
        }
        json.endArray().member("contributors", model.split().contributors()).end();
        model.contributors().ifPresent(root -> {
            json.object("contributors")
                    .member("root", root.root().toHex())
                    .member("count", root.count())
                    .member("totalWeight", root.totalWeight());
            root.list().ifPresent(list -> json.member("list", list.toString()));
            json.end();
        });
        json.array("parents");
        for (Parent parent : model.parents()) {
            json.object()
                    .member("number", parent.style().number())
                    .member(
                            "name",
                            run.styles()
                                    .find(parent.style())
                                    .orElseThrow()
                                    .manifest()
                                    .name())
                    .member("parts", parent.parts())
                    .end();
        }
        return json.endArray()
                .member("jobs", model.usage().jobs())
                .member("payers", model.usage().payers())
                .member("earned", run.plain(model.usage().earned()))
                .member("pooled", run.plain(model.usage().pooled()))
                .end();
    }
}
