package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleQuery;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/**
 * One run of a command on the ledger: who acts, and what the user named.
 *
 * @param arguments what the user gave
 * @param context what surrounds the run
 * @param workspace the ledger and the store
 */
record MarketRun(Arguments arguments, Context context, Workspace workspace) {
    static final String KEY = "--key";

    private static final int MAX_SHOWN = 64;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern ED25519 = Pattern.compile("ed25519:[0-9a-f]{64}");

    /** Adds the options of all commands on the ledger. */
    static CommandSpec describe(CommandSpec spec, String usualKey) {
        Options.text(
                spec, KEY, "NAME", "whose key signs: keys/NAME.key in the data folder (default: " + usualKey + ")");
        Options.flag(spec, Options.JSON, "print one JSON object and nothing else");
        return spec;
    }

    /** Opens the ledger and the store, does something with them, and tells programs if it failed. */
    static int of(Arguments arguments, Context context, Consumer<MarketRun> body) {
        try (Workspace workspace = Workspace.open(arguments, context)) {
            body.accept(new MarketRun(arguments, context, workspace));
            return ExitStatus.OK;
        } catch (DreamException e) {
            if (arguments.flag(Options.JSON)) {
                context.terminal()
                        .raw(new Json()
                                        .object()
                                        .object("error")
                                        .member("code", e.code().id())
                                        .member("number", e.code().number())
                                        .member("message", e.getMessage())
                                        .end()
                                        .end()
                                + "\n");
            }
            throw e;
        }
    }

    Ledger ledger() {
        return workspace.ledger();
    }

    StyleRegistry styles() {
        return workspace.ledger().styles();
    }

    Terminal terminal() {
        return context.terminal();
    }

    boolean json() {
        return arguments.flag(Options.JSON);
    }

    /** Prints an object, which is the whole result. */
    void print(Json json) {
        terminal().raw(json + "\n");
    }

    String coins(Amount amount) {
        return Coins.text(amount, ledger());
    }

    /** An amount as programs read it: coins without their name. */
    String plain(Amount amount) {
        return amount.toCoins(ledger().info().decimals());
    }

    /** Returns the key that the options name, made if it is a new one. */
    KeyFile signer(String usual) {
        return key(arguments.text(KEY).orElse(usual));
    }

    KeyFile requester() {
        return signer(DataFolder.REQUESTER);
    }

    private KeyFile key(String name) {
        boolean isNew = !workspace.data().hasKey(name);
        KeyFile key = workspace.data().key(name);
        if (isNew && arguments.text(KEY).isPresent()) {
            terminal().error("The key " + name + " is new; its account is " + key.account());
        }
        return key;
    }

    /** Finds the account that a user means: written out, or the name of a key of the data folder. */
    AccountId account(String text) {
        if (text.indexOf(':') < 0) {
            if (!workspace.data().hasKey(text)) {
                throw arguments.usage("There is no account or key '" + PrintableText.oneLine(text, MAX_SHOWN) + "'");
            }
            return workspace.data().key(text).account();
        }
        boolean isWhole = !text.startsWith("ed25519:") || ED25519.matcher(text).matches();
        try {
            if (isWhole) {
                return new AccountId(text);
            }
        } catch (IllegalArgumentException e) {
            throw noAccount(text);
        }
        throw noAccount(text);
    }

    private static InvalidInputException noAccount(String text) {
        return new InvalidInputException(
                ErrorCode.INVALID_REQUEST,
                "Not an account: '" + PrintableText.oneLine(text, MAX_SHOWN)
                        + "'; write ed25519: and the 64 digits of its key, in small letters");
    }

    Optional<Amount> amount(String option) {
        return arguments.text(option).map(this::amountOf);
    }

    Amount amountOf(String coins) {
        return Amount.ofCoins(coins, ledger().info().decimals());
    }

    /** Finds the style model that a user means by its number or its name. */
    StyleModel style(String text) {
        Optional<StyleModel> found = NUMBER.matcher(text).matches()
                ? styles().find(new StyleId(Long.parseLong(text)))
                : styles().named(text.toLowerCase(Locale.ROOT));
        return found.orElseThrow(() -> new NotFoundException(
                ErrorCode.STYLE_NOT_FOUND,
                "There is no style model '" + PrintableText.oneLine(text, MAX_SHOWN) + "' on this ledger"
                        + Suggestion.of(text, names()) + "; 'dream model search WORDS' finds the ones that there are"));
    }

    private List<String> names() {
        return styles().search(StyleQuery.ALL).stream()
                .map(model -> model.manifest().name())
                .toList();
    }

    /** Returns the words behind the command, of which there must be so many. */
    List<String> words(int least, int most, String form) {
        List<String> words = arguments.positional();
        if (words.size() < least || words.size() > most) {
            throw arguments.usage("Write '" + form + "'");
        }
        return words;
    }

    /** The name of a style model with its number, as people read it. */
    String nameOf(StyleId id) {
        return styles().find(id).map(model -> model.manifest().name()).orElse("?") + " (" + id + ")";
    }
}
