package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.Settlement;
import picocli.CommandLine.Model.CommandSpec;

/** Takes a job back. */
final class CancelCommand implements Command {
    @Override
    public String name() {
        return "cancel";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Takes back a job that has no image yet.",
                "Steps already done are paid, the rest of the money comes back.",
                "dream cancel JOB");
        Options.positional(spec, "1", "JOB", "the job's id, as 'dream jobs' lists it");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        try (Workspace workspace = Workspace.open(arguments, context)) {
            Job job = JobArgument.find(arguments.positional().getFirst(), workspace);
            DreamClient client = DreamClient.of(
                    workspace.ledger(), workspace.blobs(), workspace.data().requesterKey());
            Settlement settlement = client.cancel(job.id()).settlement().orElseThrow();
            context.terminal()
                    .line("Job " + job.id() + " was cancelled: " + Coins.text(settlement.fee(), workspace.ledger())
                            + " were paid for steps done, " + Coins.text(settlement.refund(), workspace.ledger())
                            + " came back.");
        }
        return ExitStatus.OK;
    }
}
