package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** Sells, buys, gives, ends and lists the licences of sealed style models. */
final class ModelLicenseCommand implements Command {
    private static final String MAX_PRICE = "--max-price";
    private static final String DAYS = "--days";
    private static final String PUBLIC_KEY = "--public-key";
    private static final String FORM =
            "dream model license NAME buy, withdraw, list, grant [ACCOUNT] or revoke ACCOUNT";
    private static final Set<String> ALONE = Set.of("buy", "withdraw", "list");

    @Override
    public String name() {
        return "license";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Buys, withdraws, grants, revokes and lists licences of a sealed style model.",
                "A worker buys one, which puts the price into escrow; the owner grants it, which hands over the"
                        + " model's key wrapped to the worker's own and pays the price. Until then the worker may"
                        + " withdraw. A revoked licence brings no more jobs; what the worker knows it still knows.",
                "dream model license secret buy --key worker",
                "dream model license secret list",
                "dream model license secret grant",
                "dream model license secret grant second --days 30",
                "dream model license secret revoke second",
                "dream model license secret withdraw --key worker");
        Options.positional(
                spec,
                "2..3",
                "NAME|NUMBER buy|withdraw|grant|revoke|list [ACCOUNT]",
                "the style model, and what to do; grant without an account answers all that wait");
        Options.text(spec, MAX_PRICE, "COINS", "buy: the most that it may cost (default: the price now)");
        Options.text(spec, DAYS, "N", "grant: how long a licence that is given away lasts (default: for ever)");
        Options.text(
                spec, PUBLIC_KEY, "HEX", "grant: the worker's public key, where none waits (default: the local key's)");
        return MarketRun.describe(spec, "worker to buy and withdraw, requester else");
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        String action = words.size() > 1 ? words.get(1) : "";
        boolean fits = words.size() == 2
                ? ALONE.contains(action) || action.equals("grant")
                : words.size() == 3 && (action.equals("grant") || action.equals("revoke"));
        if (!fits) {
            throw arguments.usage("Write '" + FORM + "'");
        }
        return MarketRun.of(arguments, context, run -> {
            StyleModel model = run.style(words.getFirst());
            tell(
                    switch (action) {
                        case "buy" -> List.of(buy(model, run));
                        case "withdraw" ->
                            List.of(run.styles()
                                    .withdrawLicence(
                                            run.signer(DataFolder.WORKER), model.id(), IdempotencyKey.random()));
                        case "revoke" ->
                            List.of(run.styles()
                                    .revokeLicence(
                                            run.requester(),
                                            model.id(),
                                            run.account(words.getLast()),
                                            IdempotencyKey.random()));
                        case "grant" ->
                            words.size() == 3 ? List.of(grant(model, words.getLast(), run)) : grantAll(model, run);
                        default -> run.styles().licences(model.id());
                    },
                    model,
                    run);
        });
    }

    private static Licence buy(StyleModel model, MarketRun run) {
        String key = run.arguments().text(MarketRun.KEY).orElse(DataFolder.WORKER);
        return run.styles()
                .buyLicence(
                        run.signer(DataFolder.WORKER),
                        model.id(),
                        run.workspace().data().sealKey(key).publicKey(),
                        run.amount(MAX_PRICE).orElse(model.terms().licencePrice()),
                        IdempotencyKey.random());
    }

    private static Licence grant(StyleModel model, String holder, MarketRun run) {
        AccountId account = run.account(holder);
        Optional<Licence> waiting =
                run.styles().licence(model.id(), account).filter(licence -> licence.state() == Licence.State.PENDING);
        Bytes publicKey = waiting.map(Licence::publicKey).orElseGet(() -> publicKey(holder, run));
        return grant(model, account, publicKey, modelKey(model, run), run);
    }

    private static List<Licence> grantAll(StyleModel model, MarketRun run) {
        List<Licence> granted = new ArrayList<>();
        ModelKey key = modelKey(model, run);
        for (Licence licence : run.styles().licences(model.id())) {
            if (licence.state() == Licence.State.PENDING) {
                granted.add(grant(model, licence.holder(), licence.publicKey(), key, run));
            }
        }
        return granted;
    }

    private static Licence grant(StyleModel model, AccountId holder, Bytes publicKey, ModelKey key, MarketRun run) {
        return run.styles()
                .grantLicence(
                        run.requester(),
                        model.id(),
                        holder,
                        publicKey,
                        key.wrapFor(publicKey),
                        days(run.arguments()),
                        IdempotencyKey.random());
    }

    private static ModelKey modelKey(StyleModel model, MarketRun run) {
        return run.workspace()
                .data()
                .findModelKey(model.manifest().name())
                .orElseThrow(() -> new NotFoundException(
                        ErrorCode.KEY_UNUSABLE,
                        "The key of " + model.manifest().name()
                                + " is not in this data folder; use the one from which it was registered"));
    }

    private static Bytes publicKey(String holder, MarketRun run) {
        Optional<String> given = run.arguments().text(PUBLIC_KEY);
        if (given.isPresent()) {
            if (!given.get().matches("[0-9a-f]{64}")) {
                throw new InvalidInputException(
                        ErrorCode.KEY_UNUSABLE, PUBLIC_KEY + " needs 64 hexadecimal digits in small letters");
            }
            return Bytes.fromHex(given.get());
        }
        if (holder.indexOf(':') >= 0) {
            throw run.arguments()
                    .usage("No licence waits for " + PrintableText.oneLine(holder, 80)
                            + "; give the worker's public key by " + PUBLIC_KEY);
        }
        return run.workspace().data().sealKey(holder).publicKey();
    }

    private static Optional<Duration> days(Arguments arguments) {
        if (arguments.text(DAYS).isEmpty()) {
            return Optional.empty();
        }
        int days = arguments.integer(DAYS, ErrorCode.INVALID_REQUEST).orElseThrow();
        if (days < 1 || days > StyleTerms.MAX_LICENCE_TIME.toDays()) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    DAYS + " must be between 1 and " + StyleTerms.MAX_LICENCE_TIME.toDays() + ", not " + days);
        }
        return Optional.of(Duration.ofDays(days));
    }

    private static void tell(List<Licence> licences, StyleModel model, MarketRun run) {
        if (run.json()) {
            Json json = new Json()
                    .object()
                    .member("number", model.id().number())
                    .member("name", model.manifest().name())
                    .array("licences");
            for (Licence licence : licences) {
                json.object()
                        .member("holder", licence.holder().value())
                        .member("state", state(licence))
                        .member("stands", licence.allows(Instant.now()))
                        .member("paid", run.plain(licence.paid()))
                        .member("publicKey", licence.publicKey().toHex())
                        .member("since", licence.since().toString());
                licence.time().ifPresent(time -> json.member("seconds", time / 1000.0));
                json.end();
            }
            run.print(json.endArray().end());
            return;
        }
        if (licences.isEmpty()) {
            run.terminal().error("There are no licences of " + model.manifest().name() + " to show.");
            return;
        }
        Table table = new Table("STATE", "PAID", "SINCE", "LASTS", "HOLDER");
        for (Licence licence : licences) {
            boolean over = licence.state() == Licence.State.GRANTED && !licence.allows(Instant.now());
            table.row(
                    over ? "at its end" : state(licence),
                    run.coins(licence.paid()),
                    Times.text(licence.since()),
                    licence.time()
                            .map(Duration::ofMillis)
                            .map(ModelShowCommand::days)
                            .orElse("for ever"),
                    licence.holder().value());
        }
        table.print(run.terminal());
    }

    private static String state(Licence licence) {
        return licence.state().name().toLowerCase(Locale.ROOT);
    }
}
