package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.style.StyleModel;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Says who else may transfer style models. */
final class ModelApproveCommand implements Command {
    private static final String ALL = "--all";
    private static final String REVOKE = "--revoke";

    @Override
    public String name() {
        return "approve";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Lets another account transfer a style model of yours once, or all of yours.",
                "As marketplaces need it (ERC-721 approvals). A transfer ends the approval of that model.",
                "dream model approve gloss ed25519:3d40...",
                "dream model approve gloss --revoke",
                "dream model approve --all ed25519:3d40...",
                "dream model approve --all ed25519:3d40... --revoke");
        Options.positional(spec, "1..2", "[NAME|NUMBER] [ACCOUNT]", "the style model, and who may transfer it");
        Options.flag(spec, ALL, "all your style models, now and later");
        Options.flag(spec, REVOKE, "end the approval");
        return MarketRun.describe(spec, DataFolder.REQUESTER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        boolean all = arguments.flag(ALL);
        boolean revoke = arguments.flag(REVOKE);
        return MarketRun.of(arguments, context, run -> {
            int needed = all || revoke ? 1 : 2;
            List<String> words = run.words(
                    needed, needed, "dream model approve NAME ACCOUNT, NAME --revoke or --all ACCOUNT [--revoke]");
            Signer owner = run.requester();
            if (all) {
                AccountId operator = run.account(words.getFirst());
                run.styles().approveAll(owner, operator, !revoke, IdempotencyKey.random());
                tellAll(owner.account(), operator, run);
            } else {
                StyleModel model = run.style(words.getFirst());
                Optional<AccountId> spender = revoke ? Optional.empty() : Optional.of(run.account(words.getLast()));
                tell(run.styles().approve(owner, model.id(), spender, IdempotencyKey.random()), run);
            }
        });
    }

    private static void tellAll(AccountId owner, AccountId operator, MarketRun run) {
        boolean may = run.styles().isOperator(owner, operator);
        if (run.json()) {
            run.print(new Json()
                    .object()
                    .member("owner", owner.value())
                    .member("operator", operator.value())
                    .member("approved", may)
                    .end());
        } else {
            run.terminal().line(operator + (may ? " may" : " may not") + " transfer the style models of " + owner);
        }
    }

    private static void tell(StyleModel model, MarketRun run) {
        String name = model.manifest().name();
        if (run.json()) {
            Json json =
                    new Json().object().member("number", model.id().number()).member("name", name);
            model.approved().ifPresent(account -> json.member("approved", account.value()));
            run.print(json.end());
        } else {
            run.terminal()
                    .line(model.approved()
                            .map(account -> account + " may transfer " + name + " once")
                            .orElse("Only its owner may transfer " + name));
        }
    }
}
