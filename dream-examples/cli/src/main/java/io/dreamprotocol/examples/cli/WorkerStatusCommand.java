package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.image.ModelDescriptor;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.WorkerOffer;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.style.StyleKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Shows how a worker stands, the jobs that it holds, and what all workers offer. */
final class WorkerStatusCommand implements Command {
    @Override
    public String name() {
        return "status";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Shows a worker's standing, stake and jobs, and what all workers offer for how much.",
                "",
                "dream worker status",
                "dream worker status --key second",
                "dream worker status ed25519:3d40...");
        Options.positional(spec, "0..1", "ACCOUNT", "another worker: an account or a key");
        return MarketRun.describe(spec, DataFolder.WORKER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        return MarketRun.of(arguments, context, run -> {
            List<String> words = run.words(0, 1, "dream worker status [ACCOUNT]");
            AccountId account =
                    words.isEmpty() ? run.signer(DataFolder.WORKER).account() : run.account(words.getFirst());
            WorkerRecord record = run.ledger().exchange().worker(account);
            List<Job> held = held(account, run);
            List<WorkerOffer> offers = run.ledger().exchange().offers();
            if (run.json()) {
                run.print(json(record, held, offers, run));
            } else {
                tell(record, run);
                table(held, run);
                table(offers, account, run);
            }
        });
    }

    private static List<Job> held(AccountId account, MarketRun run) {
        return run
                .ledger()
                .jobs(new JobQuery(
                        Set.of(JobState.CLAIMED, JobState.SUBMITTED),
                        Optional.empty(),
                        true,
                        JobQuery.MAX_LIMIT,
                        Optional.empty()))
                .stream()
                .filter(job -> job.assignment().map(Assignment::worker).equals(Optional.of(account)))
                .toList();
    }

    /** Prints how a worker stands. */
    static void tell(WorkerRecord record, MarketRun run) {
        if (run.json()) {
            Json json = new Json().object();
            members(record, json, run);
            run.print(json.end());
            return;
        }
        Terminal terminal = run.terminal();
        terminal.line("worker     " + record.account());
        terminal.line("standing   " + record.completed() + " jobs completed, " + record.faulted()
                + " given back or lost, slashed " + record.slashed() + " times");
        terminal.line("registered " + (record.profile().isPresent() ? "yes" : "no"));
        terminal.line("stake      " + run.coins(record.stake()));
        terminal.line(
                "money      " + run.coins(run.ledger().balance(record.account()).available()));
    }

    private static void members(WorkerRecord record, Json json, MarketRun run) {
        json.member("account", record.account().value())
                .member("registered", record.profile().isPresent())
                .member("stake", run.plain(record.stake()))
                .member(
                        "available",
                        run.plain(run.ledger().balance(record.account()).available()))
                .member("held", record.held())
                .member("completed", record.completed())
                .member("faulted", record.faulted())
                .member("slashed", record.slashed());
    }

    private static void table(List<Job> held, MarketRun run) {
        if (held.isEmpty()) {
            run.terminal().line("jobs       none at the moment");
            return;
        }
        Table table = new Table("JOB", "STATE", "STEPS", "MODEL");
        for (Job job : held) {
            table.row(
                    job.id().value(),
                    JobText.state(job.state()),
                    job.assignment().map(Assignment::stepsDone).orElse(0) + "/"
                            + job.submission().work().steps(),
                    job.submission().model().name());
        }
        table.print(run.terminal());
    }

    private static void table(List<WorkerOffer> offers, AccountId own, MarketRun run) {
        if (offers.isEmpty()) {
            run.terminal().line("offers     none; start a worker with: dream worker run");
            return;
        }
        run.terminal().line("");
        Table table = new Table("ASK", "WORKER", "MODELS", "STYLES", "UNTIL");
        for (WorkerOffer offer : offers) {
            table.row(
                    run.coins(offer.ask()),
                    offer.worker().abbreviated() + (offer.worker().equals(own) ? " (this one)" : ""),
                    offer.models().stream().map(model -> model.id().name()).collect(Collectors.joining(", ")),
                    kinds(offer),
                    Times.text(offer.expires()));
        }
        table.print(run.terminal());
    }

    private static String kinds(WorkerOffer offer) {
        return offer.kinds().isEmpty()
                ? "none"
                : offer.kinds().stream().map(StyleKind::id).sorted().collect(Collectors.joining(", "));
    }

    private static Json json(WorkerRecord record, List<Job> held, List<WorkerOffer> offers, MarketRun run) {
        Json json = new Json().object();
        members(record, json, run);
        json.array("jobs");
        for (Job job : held) {
            json.object()
                    .member("job", job.id().value())
                    .member("state", JobText.state(job.state()))
                    .member(
                            "stepsDone",
                            job.assignment().map(Assignment::stepsDone).orElse(0))
                    .member("steps", job.submission().work().steps())
                    .end();
        }
        json.endArray().array("offers");
        for (WorkerOffer offer : offers) {
            json.object()
                    .member("worker", offer.worker().value())
                    .member("ask", run.plain(offer.ask()))
                    .array("models");
            for (ModelDescriptor model : offer.models()) {
                json.element(model.id().name());
            }
            json.endArray().array("kinds");
            offer.kinds().stream().map(StyleKind::id).sorted().forEach(json::element);
            json.endArray().member("expires", offer.expires().toString()).end();
        }
        return json.endArray().end();
    }
}
