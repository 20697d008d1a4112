package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.WorkerProfile;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.style.StyleKind;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** Registers a worker, or adds to what it has at stake. */
final class WorkerRegisterCommand implements Command {
    private static final String STAKE = "--stake";
    private static final String ENDPOINT = "--endpoint";
    private static final Set<StyleKind> KINDS = Set.of(StyleKind.LORA, StyleKind.TEXTUAL_INVERSION);

    @Override
    public String name() {
        return "register";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Registers a worker, or adds to what it has at stake.",
                "'dream worker run' registers by itself where the ledger asks for a stake. The stake comes from the"
                        + " worker's own money, and back when it leaves.",
                "dream worker register --stake 10",
                "dream wallet deposit 20 --key worker");
        Options.text(spec, STAKE, "COINS", "what to add to the stake (default: nothing)");
        Options.text(spec, ENDPOINT, "URL", "where it can be reached directly");
        return MarketRun.describe(spec, DataFolder.WORKER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            WorkerProfile profile =
                    new WorkerProfile(KINDS, Runtime.getRuntime().maxMemory(), arguments.text(ENDPOINT));
            WorkerRecord record = run.ledger()
                    .exchange()
                    .register(
                            run.signer(DataFolder.WORKER),
                            profile,
                            run.amount(STAKE).orElse(Amount.ZERO),
                            IdempotencyKey.random());
            WorkerStatusCommand.tell(record, run);
        });
    }
}
