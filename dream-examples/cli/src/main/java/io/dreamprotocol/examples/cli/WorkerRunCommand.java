package io.dreamprotocol.examples.cli;

import io.dreamprotocol.core.Worker;
import io.dreamprotocol.core.WorkerListener;
import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.image.ImageModel;
import io.dreamprotocol.core.image.Progress;
import io.dreamprotocol.core.ledger.EventCursor;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.JobQuery;
import io.dreamprotocol.core.ledger.JobState;
import io.dreamprotocol.core.ledger.WorkExchange;
import io.dreamprotocol.core.money.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;

/** Does jobs of others until it is told to end. */
final class WorkerRunCommand implements Command {
    private static final String ASK = "--ask";
    private static final String STAKE = "--stake";
    private static final String ONCE = "--once";
    private static final String MAX_JOBS = "--max-jobs";

    /** How long cheaper workers may have the first claim on the last job that waits. */
    private static final Duration TURNS = WorkExchange.TURN.multipliedBy(WorkExchange.MAX_TURNS + 1L);

    private static final Duration POLL = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "run";
    }

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Options.command(
                name(),
                "Does jobs of others for money, until Ctrl-C.",
                "Ctrl-C gives a running job back, so that another worker can do it. Several workers may run on one data"
                        + " folder, each with a key of its own.",
                "dream worker run",
                "dream worker run --ask 0.8 --model dream-mini --model sd15 --provider cuda",
                "dream worker run --key second --ask 0.7",
                "dream worker run --once");
        Options.texts(
                spec,
                Options.MODEL,
                "NAME|DIR",
                "a model that it does; may be repeated (default: " + ModelAddress.DEFAULT + ")");
        Options.text(spec, ASK, "COINS", "its price per megapixel-step (default: 1)");
        Options.text(spec, STAKE, "COINS", "what shall lie at stake (default: what the ledger asks for)");
        Options.flag(spec, ONCE, "do the jobs that wait now, and end");
        Options.text(spec, MAX_JOBS, "N", "end after so many jobs");
        Options.engine(spec);
        return MarketRun.describe(spec, DataFolder.WORKER);
    }

    @Override
    public int run(Arguments arguments, Context context) {
        OptionalInt most = arguments.integer(MAX_JOBS, ErrorCode.INVALID_REQUEST);
        if (most.isPresent() && most.getAsInt() < 1) {
            throw new InvalidInputException(
                    ErrorCode.INVALID_REQUEST, MAX_JOBS + " must be 1 or more, not " + most.getAsInt());
        }
        List<String> wanted = arguments.texts(Options.MODEL);
        List<String> addresses = (wanted.isEmpty() ? List.of(ModelAddress.DEFAULT) : wanted)
                .stream()
                        .map(model -> ModelAddress.of(model, arguments, context))
                        .toList();
        List<ModelLoading> loading = new ArrayList<>();
        try {
            addresses.forEach(address -> loading.add(ModelLoading.start(address, context)));
            return MarketRun.of(arguments, context, run -> {
                String key = arguments.text(MarketRun.KEY).orElse(DataFolder.WORKER);
                try (KeyLock lock = KeyLock.take(run.workspace().data(), key)) {
                    Objects.requireNonNull(lock);
                    work(key, loading, most.orElse(Integer.MAX_VALUE), run);
                }
            });
        } finally {
            loading.forEach(ModelLoading::close);
        }
    }

    private static ImageModel loaded(ModelLoading loading, MarketRun run) {
        run.terminal().status("loading the model");
        ImageModel model = loading.await(run.context().interrupt());
        run.terminal().clearStatus();
        return model;
    }

    private static void work(String key, List<ModelLoading> models, int most, MarketRun run) {
        Amount ask =
                run.amount(ASK).orElse(Amount.ofCoins("1", run.ledger().info().decimals()));
        Diary diary = new Diary(run);
        Worker.Builder builder = Worker.builder(run.ledger(), run.workspace().blobs(), run.signer(DataFolder.WORKER))
                .ask(ask)
                .sealKey(run.workspace().data().sealKey(key))
                .previews(true)
                .listener(diary);
        run.amount(STAKE).ifPresent(builder::stake);
        for (ModelLoading model : models) {
            builder.model(loaded(model, run));
        }
        work(builder.build(), diary, most, ask, run);
    }

    private static void work(Worker worker, Diary diary, int most, Amount ask, MarketRun run) {
        if (!run.json()) {
            run.terminal()
                    .error("Worker " + worker.account() + " asks " + run.coins(ask)
                            + " per megapixel-step. Ctrl-C ends it.");
        }
        try (worker) {
            Cancellation interrupt = run.context().interrupt();
            boolean once = run.arguments().flag(ONCE);
            Instant patience = Instant.now().plus(TURNS);
            while (!interrupt.isStopped() && diary.jobs() < most) {
                EventCursor seen = run.ledger().latest();
                boolean busy = step(worker, interrupt, diary);
                if (busy) {
                    patience = Instant.now().plus(TURNS);
                } else if (once
                        && (!hasOthersTurn(worker.account(), run)
                                || Instant.now().isAfter(patience))) {
                    break;
                } else {
                    pause(seen, interrupt, run);
                }
            }
        }
        run.terminal().clearStatus();
        if (!run.json()) {
            run.terminal().error(diary.summary());
        }
    }

    /** Does one job, if there is one; trouble with the ledger is told, and another try made. */
    private static boolean step(Worker worker, Cancellation interrupt, Diary diary) {
        try {
            return worker.performNext(interrupt);
        } catch (DreamException e) {
            if (!interrupt.isStopped()) {
                diary.onTrouble(e);
            }
            return false;
        }
    }

    /** Tells whether a job waits that this worker could still get, when cheaper ones had their turns. */
    private static boolean hasOthersTurn(AccountId account, MarketRun run) {
        return run.ledger().exchange().offers().stream()
                .filter(offer -> offer.worker().equals(account))
                .flatMap(offer -> offer.models().stream())
                .anyMatch(model -> run.ledger().jobs(JobQuery.oldest(JobState.OPEN, JobQuery.MAX_LIMIT)).stream()
                        .anyMatch(job -> job.submission().model().equals(model.id())
                                && !job.abandonedBy().contains(account)));
    }

    @SuppressWarnings("try") // the registration is held for its closing only
    private static void pause(EventCursor seen, Cancellation interrupt, MarketRun run) {
        Thread waiting = Thread.currentThread();
        try (Cancellation.Registration stop = interrupt.onStop(waiting::interrupt)) {
            List<?> unused = run.ledger().events(seen, 1, POLL);
        } catch (InterruptedException e) {
            // The loop sees why.
            return;
        }
    }

    /** Writes a line for each job. */
    private static final class Diary implements WorkerListener {
        private final MarketRun run;
        private final ProgressBar bar;
        private int done;
        private int failed;
        private Instant claimed = Instant.EPOCH;

        Diary(MarketRun run) {
            this.run = run;
            this.bar = new ProgressBar(run.terminal(), run.json(), false);
        }

        int jobs() {
            return done + failed;
        }

        String summary() {
            return "The worker ended after " + done + (done == 1 ? " job" : " jobs")
                    + (failed == 0 ? "." : ", and gave " + failed + " back.");
        }

        @Override
        public void onClaimed(Job job) {
            claimed = Instant.now();
            bar.wait("job " + job.id());
        }

        @Override
        public void onProgress(Job job, Progress progress) {
            bar.step("job " + job.id(), progress);
        }

        @Override
        public void onDelivered(Job job) {
            done++;
            Amount work = job.submission()
                    .work()
                    .costAt(job.assignment().orElseThrow().ask());
            long millis = Duration.between(claimed, Instant.now()).toMillis();
            bar.close();
            if (run.json()) {
                run.print(new Json()
                        .object()
                        .member("job", job.id().value())
                        .member("state", JobText.state(job.state()))
                        .member("steps", job.submission().work().steps())
                        .member("seconds", millis / 1000.0)
                        .member("work", run.plain(work))
                        .end());
            } else {
                run.terminal()
                        .line(Times.text(Instant.now()) + "  job " + job.id() + "  done  "
                                + job.submission().work().steps() + " steps in " + Numbers.text(millis / 1000.0)
                                + " s for " + run.coins(work));
            }
            run.terminal().flush();
        }

        @Override
        public void onFailed(Job job, DreamException error) {
            failed++;
            bar.close();
            if (run.json()) {
                run.print(new Json()
                        .object()
                        .member("job", job.id().value())
                        .member("state", "given back")
                        .member("code", error.code().id())
                        .member("message", error.getMessage())
                        .end());
            } else {
                run.terminal()
                        .line(Times.text(Instant.now()) + "  job " + job.id() + "  given back  " + error.getMessage());
            }
            run.terminal().flush();
        }

        @Override
        public void onTrouble(DreamException error) {
            run.terminal().error(Dream.NAME + ": " + error.getMessage() + "; trying again");
        }
    }
}
