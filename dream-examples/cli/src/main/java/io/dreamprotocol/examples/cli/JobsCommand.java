package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.Settlement;
import io.dreamprotocol.core.money.Amount;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Lists the jobs on the ledger. */
final class JobsCommand implements Command {
    private static final String LIMIT = "--limit";
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_PROMPT = 50;

    @Override
    public String name() {
        return "jobs";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(), "Lists the jobs on the ledger, the newest first.", "", "dream jobs", "dream jobs --limit 100");
        Options.text(spec, LIMIT, "N", "the most jobs to list, 1 to 1000 (default: 20)");
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        int limit = arguments.integer(LIMIT, ErrorCode.INVALID_REQUEST).orElse(DEFAULT_LIMIT);
        if (limit < 1 || limit > JobQuery.MAX_LIMIT) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST,
                    "The limit must be between 1 and " + JobQuery.MAX_LIMIT + ", not " + limit);
        }
        Terminal terminal = context.terminal();
        try (Workspace workspace = Workspace.open(arguments, context)) {
            List<Job> jobs = workspace.ledger().jobs(JobQuery.newest(limit));
            if (jobs.isEmpty()) {
                terminal.error("There are no jobs yet; make an image with: dream generate \"a red apple, flat style\"");
                return ExitStatus.OK;
            }
            Table table = new Table("JOB", "STATE", "SUBMITTED", "COST", "PROMPT");
            for (Job job : jobs) {
                table.row(
                        job.id().value(),
                        JobText.state(job.state()),
                        Times.text(job.submittedAt()),
                        cost(job, workspace),
                        prompt(job, workspace));
            }
            table.print(terminal);
        }
        return ExitStatus.OK;
    }

    private static String cost(Job job, Workspace workspace) {
        return job.settlement()
                .map(Settlement::fee)
                .map(fee -> Coins.text(fee, workspace.ledger()))
                .orElseGet(() -> "up to " + Coins.text(maximum(job), workspace.ledger()));
    }

    private static Amount maximum(Job job) {
        return job.submission().maximumFee();
    }

    private static String prompt(Job job, Workspace workspace) {
        try {
            return PrintableText.oneLine(Requests.of(job, workspace).prompt(), MAX_PROMPT);
        } catch (DreamException e) {
            return "(" + e.code().id() + ")";
        }
    }
}
