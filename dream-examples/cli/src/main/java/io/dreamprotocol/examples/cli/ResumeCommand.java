package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.GeneratedImage;
import io.dreamprotocol.core.error.ConflictException;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.NotFoundException;
import io.dreamprotocol.core.error.StoppedException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.ledger.Assignment;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Finishes jobs of runs that were killed. */
final class ResumeCommand implements Command {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    @Override
    public String name() {
        return "resume";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Finishes jobs that a killed run left behind.",
                "All of yours, or one. A job that another run still works on is left to it.",
                "dream resume",
                "dream resume JOB --out fox.png");
        Options.positional(
                spec, "0..1", "JOB", "the job's id, as 'dream jobs' lists it (default: all unfinished ones)");
        Options.model(spec);
        Options.output(spec);
        return spec;
    }

    @Override
    public int run(Arguments arguments, Context context) {
        ImageReport report = new ImageReport(arguments, context.terminal());
        try (Workspace workspace = Workspace.open(arguments, context);
                Resumption resumption = new Resumption(arguments, context, workspace, report)) {
            resumption.run();
        } catch (DreamException e) {
            report.fail(e);
            throw e;
        }
        report.end();
        return ExitStatus.OK;
    }

    /** One run of the command. */
    private static final class Resumption implements AutoCloseable {
        private final Arguments arguments;
        private final Context context;
        private final Workspace workspace;
        private final ImageReport report;
        private final Production production;
        private final ProgressBar bar;
        private final Map<String, ModelLoading> models = new HashMap<>();

        Resumption(Arguments arguments, Context context, Workspace workspace, ImageReport report) {
            this.arguments = arguments;
            this.context = context;
            this.workspace = workspace;
            this.report = report;
            this.production = new Production(workspace, context);
            this.bar = new ProgressBar(context.terminal(), !report.isForPeople(), false);
        }

        void run() {
            List<Job> jobs = arguments
                    .first()
                    .map(id -> List.of(JobArgument.find(id, workspace)))
                    .orElseGet(this::unfinished);
            if (jobs.isEmpty()) {
                context.terminal().error("There is nothing to resume.");
                return;
            }
            ImageTarget target = ImageTarget.of(arguments.text(Options.OUT), jobs.size() > 1, context);
            target.prepare();
            DreamException first = null;
            for (int number = 1; number <= jobs.size(); number++) {
                try {
                    GeneratedImage image = finish(jobs.get(number - 1));
                    bar.close();
                    report.image(image, target.write(image, number), workspace.ledger());
                } catch (DreamException e) {
                    bar.close();
                    if (jobs.size() == 1 || context.interrupt().isStopped()) {
                        throw e;
                    }
                    context.terminal().error(Dream.NAME + ": " + e.getMessage());
                    first = first == null ? e : first;
                }
            }
            if (first != null) {
                throw summary(first);
            }
        }

        private static DreamException summary(DreamException first) {
            return new ConflictException(first.code(), "Not every job could be finished; the reasons are above", first);
        }

        private List<Job> unfinished() {
            return workspace
                    .ledger()
                    .jobs(new JobQuery(
                            Set.of(JobState.OPEN, JobState.CLAIMED, JobState.SUBMITTED),
                            Optional.of(production.requester().account()),
                            false,
                            JobQuery.MAX_LIMIT,
                            Optional.empty()));
        }

        private GeneratedImage finish(Job job) {
            Job current = job.state() == JobState.CLAIMED ? awaitLease(job) : job;
            if (current.state() != JobState.OPEN) {
                return production.client().image(job.id());
            }
            ImageModel model = model(current);
            return production.perform(current, model, progress -> bar.step("finishing " + job.id(), progress));
        }

        private ImageModel model(Job job) {
            String wanted = arguments
                    .text(Options.MODEL)
                    .orElse(job.submission().model().name());
            bar.wait("loading the model");
            ImageModel model = models.computeIfAbsent(
                            wanted, name -> ModelLoading.start(ModelAddress.of(name, arguments, context), context))
                    .await(context.interrupt());
            if (!model.descriptor().id().equals(job.submission().model())) {
                throw new NotFoundException(
                        ErrorCode.UNKNOWN_MODEL,
                        "Job " + job.id() + " needs the model "
                                + job.submission().model() + ", and this is "
                                + model.descriptor().id() + "; name its folder with " + Options.MODEL);
            }
            return model;
        }

        /** Waits until the lease of a dead run ends. A run that lives renews its lease, which shows within seconds. */
        @SuppressWarnings("try") // the registration is held for its closing only
        private Job awaitLease(Job claimed) {
            @Nullable Instant lease = null;
            Thread waiting = Thread.currentThread();
            try (Cancellation.Registration interrupt = context.interrupt().onStop(waiting::interrupt)) {
                while (true) {
                    Job job = JobArgument.find(claimed.id().value(), workspace);
                    if (job.state() != JobState.CLAIMED) {
                        return job;
                    }
                    Assignment assignment = job.assignment().orElseThrow();
                    if (lease != null && assignment.leaseExpires().isAfter(lease)) {
                        throw new ConflictException(
                                ErrorCode.JOB_STATE_CONFLICT,
                                "Job " + job.id() + " is being worked on by another run; wait for it to end");
                    }
                    if (lease == null) {
                        tell(job, assignment);
                    }
                    lease = assignment.leaseExpires();
                    Thread.sleep(LOOK_INTERVAL);
                }
            } catch (InterruptedException e) {
                throw new StoppedException(
                        ErrorCode.CANCELLED, "Interrupted; job " + claimed.id() + " stays as it is", e);
            }
        }

        private void tell(Job job, Assignment assignment) {
            if (report.isForPeople()) {
                long seconds = Duration.between(Instant.now(), assignment.leaseExpires())
                        .plusMillis(999)
                        .toSeconds();
                context.terminal()
                        .error("Waiting up to " + Math.max(1, seconds) + " s for the lease of job " + job.id()
                                + " to end...");
            }
        }

        @Override
        public void close() {
            bar.close();
            models.values().forEach(ModelLoading::close);
        }
    }
}
