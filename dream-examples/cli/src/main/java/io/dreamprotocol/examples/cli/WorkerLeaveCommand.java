package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.WorkerRecord;
import picocli.CommandLine.Model.CommandSpec;

/** Ends a worker's registration. */
final class WorkerLeaveCommand implements Command {
    @Override
    public String name() {
        return "leave";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Ends a worker's registration and gives its stake back.",
                "Only when it holds no jobs and all that it handed in are settled. Its standing stays.",
                "dream worker leave");
        return MarketRun.describe(spec, DataFolder.WORKER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            Signer worker = run.signer(DataFolder.WORKER);
            WorkerRecord record = run.ledger().exchange().leave(worker, IdempotencyKey.random());
            run.ledger().exchange().retire(worker);
            WorkerStatusCommand.tell(record, run);
        });
    }
}
