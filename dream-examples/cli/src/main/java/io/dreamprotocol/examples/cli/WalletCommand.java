package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.util.List;
import java.util.Optional;
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
                "dream wallet deposit 100",
                "dream wallet deposit 20 --key worker",
                "dream wallet --key alice");
        Options.positional(spec, "0..2", "deposit AMOUNT", "bring in coins, for example 12.5");
        Options.text(spec, MarketRun.KEY, "NAME", "only the account of this key, which is made if it is new");
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
            Optional<String> key = arguments.text(MarketRun.KEY);
            if (deposit) {
                Amount amount = Amount.ofCoins(words.getLast(), ledger.info().decimals());
                KeyFile to = workspace.data().key(key.orElse(DataFolder.REQUESTER));
                ledger.deposit(to, amount, IdempotencyKey.random());
            }
            show(workspace, key, context.terminal());
        }
        return ExitStatus.OK;
    }

    private static void show(Workspace workspace, Optional<String> only, Terminal terminal) {
        Ledger ledger = workspace.ledger();
        terminal.line("ledger     " + ledger.info().id()
                + (workspace.local() ? " (on this machine; its coins are worth nothing elsewhere)" : ""));
        DataFolder data = workspace.data();
        if (only.isPresent()) {
            account(only.get(), data.key(only.get()).account(), ledger, terminal);
            return;
        }
        account(DataFolder.REQUESTER, data.requesterKey().account(), ledger, terminal);
        account(DataFolder.WORKER, data.workerKey().account(), ledger, terminal);
        for (String name : data.keyNames()) {
            if (!name.equals(DataFolder.REQUESTER) && !name.equals(DataFolder.WORKER)) {
                account(name, data.key(name).account(), ledger, terminal);
            }
        }
    }

    private static void account(String role, AccountId account, Ledger ledger, Terminal terminal) {
        Balance balance = ledger.balance(account);
        String escrow =
                balance.escrowed().isZero() ? "" : ", and " + Coins.text(balance.escrowed(), ledger) + " in escrow";
        terminal.line(
                role + " ".repeat(Math.max(1, 11 - role.length())) + Coins.text(balance.available(), ledger) + escrow);
        terminal.line("           " + account);
    }
}
