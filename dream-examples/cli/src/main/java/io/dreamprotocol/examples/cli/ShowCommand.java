package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.DreamClient;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.image.CanonicalRequest;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobFailure;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.Payment;
import io.dreamprotocol.core.ledger.RoyaltyTerm;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Work;
import picocli.CommandLine.Model.CommandSpec;

/** Shows all that is known of one job. */
final class ShowCommand implements Command {
    @Override
    public String name() {
        return "show";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(), "Shows what a job asked for, where it stands, and who was paid.", "", "dream show JOB");
        Options.positional(spec, "1", "JOB", "the job's id, as 'dream jobs' lists it");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        try (Workspace workspace = Workspace.open(arguments, context)) {
            show(JobArgument.find(arguments.positional().getFirst(), workspace), workspace, context.terminal());
        }
        return ExitStatus.OK;
    }

    private static void show(Job job, Workspace workspace, Terminal terminal) {
        terminal.line("job        " + job.id());
        terminal.line("state      " + JobText.state(job.state()) + " since " + Times.text(job.since()));
        terminal.line("submitted  " + Times.text(job.submittedAt()) + ", of use until "
                + Times.text(job.submission().deadline()));
        terminal.line("requester  " + job.requester());
        try {
            request(Requests.of(job, workspace), terminal);
        } catch (DreamException e) {
            terminal.line("request    " + job.submission().request() + " cannot be read: " + e.getMessage());
        }
        job.royalties().forEach(term -> terminal.line("royalty    " + royalty(term, job, workspace.ledger())));
        job.assignment().ifPresent(assignment -> assignment(assignment, job, terminal));
        if (job.state() == JobState.OPEN || job.state() == JobState.CLAIMED) {
            DreamClient client = DreamClient.of(
                    workspace.ledger(), workspace.blobs(), workspace.data().requesterKey());
            terminal.line(
                    "waiting    " + QuoteCommand.text(client.progress(job.id()).waiting()));
        }
        job.failure().ifPresent(failure -> failure(failure, terminal));
        job.delivery().ifPresent(delivery -> {
            terminal.line("image      " + delivery.image());
            terminal.line("receipt    " + delivery.receipt());
        });
        job.settlement()
                .ifPresentOrElse(
                        settlement -> settlement(settlement, workspace, terminal),
                        () -> terminal.line(
                                "escrow     " + Coins.text(job.submission().maximumFee(), workspace.ledger())));
        advise(job, terminal);
    }

    private static void request(CanonicalRequest request, Terminal terminal) {
        terminal.line("prompt     " + request.prompt());
        if (!request.negativePrompt().isEmpty()) {
            terminal.line("negative   " + request.negativePrompt());
        }
        terminal.line("model      " + request.model().name() + ", digest "
                + request.model().digest().toHex());
        request.options().recipient().ifPresent(key -> terminal.line("private    sealed to the key " + key.toHex()));
        terminal.line("settings   " + request.width() + "x" + request.height() + ", " + request.steps()
                + " steps, guidance " + Numbers.text(request.guidanceScale()) + ", seed " + request.seed() + ", "
                + request.scheduler());
    }

    private static String royalty(RoyaltyTerm term, Job job, Ledger ledger) {
        Work work = job.submission().work();
        return "up to " + Coins.text(new Amount(term.costOf(work, work.steps())), ledger) + " for "
                + JobText.style(term.use().style(), ledger);
    }

    private static void assignment(Assignment assignment, Job job, Terminal terminal) {
        String lease = job.state() == JobState.CLAIMED ? ", lease until " + Times.text(assignment.leaseExpires()) : "";
        terminal.line("worker     " + assignment.worker());
        terminal.line("done       " + assignment.stepsDone() + " of "
                + job.submission().work().steps() + " steps" + lease);
    }

    private static void failure(JobFailure failure, Terminal terminal) {
        terminal.line("failure    " + failure.reason() + " (" + failure.code().id() + ")");
    }

    private static void settlement(Settlement settlement, Workspace workspace, Terminal terminal) {
        terminal.line("cost       " + Coins.text(settlement.fee(), workspace.ledger()));
        for (Payment payment : settlement.payments()) {
            terminal.line("paid       " + JobText.payment(payment, workspace.ledger()));
        }
        terminal.line("refund     " + Coins.text(settlement.refund(), workspace.ledger()));
    }

    private static void advise(Job job, Terminal terminal) {
        switch (job.state()) {
            case OPEN, CLAIMED, SUBMITTED ->
                terminal.error("If no run works on it any more, finish it with 'dream resume " + job.id()
                        + "' or take it back with 'dream cancel " + job.id() + "'.");
            case SETTLED ->
                terminal.error("Fetch the image with: dream get "
                        + job.delivery().orElseThrow().image() + " --out FILE");
            case CANCELLED, EXPIRED, FAILED -> {}
        }
    }
}
