package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Shows the accounts of this data folder and their money, and puts money in. */
final class WalletCommand implements Command {
    private static final String DEPOSIT = "deposit";

    @Override
    public String name() {
        return "wallet";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Shows your accounts and their money.",
                "'deposit' brings money in; an embedded ledger makes its own.",
                "dream wallet",
                "dream wallet deposit 100");
        Options.positional(spec, "0..2", "deposit AMOUNT", "bring in coins, for example 12.5");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        List<String> words = arguments.positional();
        boolean deposit = !words.isEmpty();
        if (deposit && (words.size() != 2 || !words.getFirst().equals(DEPOSIT))) {
            throw arguments.usage("Write 'dream wallet' or 'dream wallet deposit AMOUNT'");
        }
        try (Workspace workspace = Workspace.open(arguments, context)) {
            Ledger ledger = workspace.ledger();
            if (deposit) {
                Amount amount = Amount.ofCoins(words.getLast(), ledger.info().decimals());
                ledger.deposit(workspace.data().requesterKey(), amount, IdempotencyKey.random());
            }
            show(workspace, context.terminal());
        }
        return ExitStatus.OK;
    }

    private static void show(Workspace workspace, Terminal terminal) {
        Ledger ledger = workspace.ledger();
        terminal.line("ledger     " + ledger.info().id()
                + (workspace.local() ? " (on this machine; its coins are worth nothing elsewhere)" : ""));
        account("requester", workspace.data().requesterKey().account(), ledger, terminal);
        account("worker", workspace.data().workerKey().account(), ledger, terminal);
    }

    private static void account(String role, AccountId account, Ledger ledger, Terminal terminal) {
        Balance balance = ledger.balance(account);
        String escrow = balance.escrowed().isZero()
                ? ""
                : ", and " + Coins.text(balance.escrowed(), ledger) + " in escrow for jobs";
        terminal.line((role + "           ").substring(0, 11) + Coins.text(balance.available(), ledger) + escrow);
        terminal.line("           " + account);
    }
}
